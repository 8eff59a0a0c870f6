import type { Checkpoint } from "../../contract/breaker.ts";
import { allows } from "../../contract/roles.ts";
import type { Clock } from "./clock.ts";
import type { Client } from "./link/link.ts";
import type { PinStore } from "./pin/keep.ts";
import { checkPin, type PinCrypto } from "./pin/pin.ts";
import type { ConsoleStore, PinState } from "./store.ts";

const againMs = 3_600_000;

interface Ports {
  client: { breaker: { activity: Pick<Client["breaker"]["activity"], "checkpoint" | "consistency"> } };
  store: ConsoleStore;
  clock: Clock;
  pins: PinStore;
  /** Null where this browser has no cryptography to offer. */
  crypto: PinCrypto | null;
}

/**
 * Holds the log of the rack's main node against what this device remembers: when the link comes up, and hourly. A daemon that
 * can't answer leaves the last answer as it was; a log that doesn't fit is refused until a person accepts it.
 */
export function createPinWatch({ client, store, clock, pins, crypto }: Ports) {
  let busy = false;
  const say = (pin: PinState) => store.setState({ pin });

  const judged = async (nodeId: string, checkpoint: Checkpoint, tools: PinCrypto): Promise<PinState> => {
    const kept = pins.read(nodeId);
    if (kept.state === "unreadable") return { kind: "refused", why: "unreadable" };
    const pin = kept.state === "kept" ? kept.pin : null;
    const needsProof = pin !== null && pin.logId === checkpoint.logId && pin.size > 0 && pin.size < checkpoint.size;
    const { proof } = needsProof ? await client.breaker.activity.consistency({ from: pin.size, to: checkpoint.size }) : { proof: [] };
    const answer = await checkPin(pin, checkpoint, proof, tools);
    if (!answer.ok) return { kind: "refused", why: answer.kind };
    pins.write(nodeId, answer.pin);
    return { kind: "ok", size: answer.pin.size };
  };

  const check = async (): Promise<void> => {
    const { me, rack, link } = store.getState();
    const nodeId = rack?.mainId ?? null;
    if (busy || crypto === null || link.kind !== "live" || nodeId === null || !allows(me?.role ?? "public", { role: "viewer", also: [] })) return;
    busy = true;
    try {
      const checkpoint = await client.breaker.activity.checkpoint();
      if (checkpoint !== null) say(await judged(nodeId, checkpoint, crypto));
    } catch (error) {
      console.warn("the log could not be compared with this console's pin", error);
    } finally {
      busy = false;
    }
  };

  return {
    check,
    /** A person has looked, and takes the log as it is now: from here on this one is remembered. */
    async accept(): Promise<void> {
      const nodeId = store.getState().rack?.mainId;
      if (nodeId === null || nodeId === undefined) return;
      pins.forget(nodeId);
      say({ kind: "unknown" });
      await check();
    },
    /** Begins to watch; returns what ends it. */
    start(): () => void {
      const stopHourly = clock.every(againMs, () => void check());
      const stopListening = store.subscribe((now, before) => {
        const came = now.link.kind === "live" && now.rack !== null && (before.link.kind !== "live" || before.rack === null);
        if (came) void check();
      });
      return () => {
        stopHourly();
        stopListening();
      };
    },
  };
}
