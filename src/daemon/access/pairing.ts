import { randomInt, X509Certificate } from "node:crypto";
import type { AosdIdentity, PairingWindow } from "../../contract/access.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { dial, type Link, type Target } from "./dial.ts";
import { afterWrong, leftMs, neverOpened, openWindow, takeTry, windowAt, type ClosedReason, type Window } from "./domain/window.ts";
import { nodeIdOf } from "./keys.ts";
import { createVerifier, fromHex, initiate, pairingContext, respond, sameBytes, toHex, type Verifier } from "./spake.ts";

/** What one connection has proved so far; kept in the connection's scratch, never shared. */
interface Attempt {
  windowId: string;
  initiatorId: string;
  expected: Uint8Array;
  proved: boolean;
}
const ATTEMPT = "pairing.attempt";

export interface PairingDeps {
  clock: Clock;
  ids: Ids;
  log: Log;
  ownId: string;
  /** Told whenever the window opens or closes (the announcement says so). */
  onWindow(open: boolean): void;
}

/** The responder's side of pairing: the window, its code, and the proof. The code is random for each window; nothing can set it. */
export function createPairing({ clock, ids, log, ownId, onWindow }: PairingDeps) {
  let window: Window = neverOpened;
  let verifier: { windowId: string; made: Promise<Verifier> } | undefined;
  let previous = -1;

  const set = (next: Window) => {
    const was = window.state;
    window = next;
    if (was !== next.state) {
      log.info(next.state === "open" ? "pairing.window-opened" : "pairing.window-closed", next.state === "closed" ? { reason: next.reason } : {});
      onWindow(next.state === "open");
    }
  };
  const present = () => {
    set(windowAt(window, clock.mono()));
    return window;
  };
  const need = () => {
    const now = present();
    if (now.state === "closed") throw fault("access.window-closed", { reason: now.reason });
    return now;
  };
  const view = (): PairingWindow => {
    const now = present();
    return now.state === "closed" ? now : { state: "open", code: now.code, leftMs: leftMs(now, clock.mono()), triesLeft: now.triesLeft };
  };
  const verifierOf = (open: Extract<Window, { state: "open" }>) => {
    if (verifier?.windowId !== open.id) verifier = { windowId: open.id, made: createVerifier(open.code) };
    return verifier.made;
  };
  /** Takes a try; refuses when none is left. */
  const spend = () => {
    const result = takeTry(need(), clock.mono());
    set(result.window);
    if (!result.taken) throw fault("access.window-closed", { reason: "too-many-tries" });
  };
  const wrong = () => {
    const triesLeft = window.state === "open" ? window.triesLeft : 0;
    log.warn("pairing.proof-wrong", { triesLeft });
    set(afterWrong(window));
    return fault("access.code-wrong", { triesLeft });
  };

  return {
    view,
    open() {
      let code = previous;
      while (code === previous) code = randomInt(0, 100_000_000);
      previous = code;
      set({ state: "closed", reason: "closed" });
      set(openWindow(ids.id(), String(code).padStart(8, "0"), clock.mono()));
      return view();
    },
    close(reason: ClosedReason = "closed") {
      if (window.state === "open") set({ state: "closed", reason });
      return view();
    },
    async parameters() {
      const open = need();
      const { salt, iterations } = await verifierOf(open);
      return { windowId: open.id, salt: toHex(salt), iterations };
    },
    /** One try of an initiator on its connection: our share and our proof. `binding` is the TLS exporter. */
    async begin(input: { windowId: string; initiatorId: string; x: string }, binding: string, scratch: Map<string, unknown>) {
      const open = need();
      if (input.windowId !== open.id) throw fault("access.window-closed", { reason: "closed" });
      spend();
      scratch.delete(ATTEMPT);
      const context = pairingContext({ binding, windowId: open.id, initiatorId: input.initiatorId, responderId: ownId });
      try {
        const { y, own, expected } = await respond(await verifierOf(open), context, fromHex(input.x));
        scratch.set(ATTEMPT, { windowId: open.id, initiatorId: input.initiatorId, expected, proved: false } satisfies Attempt);
        return { y: toHex(y), proof: toHex(own) };
      } catch (error) {
        log.debug("pairing.share-invalid", { error });
        throw wrong();
      }
    },
    /** Checks the initiator's proof; the window is used up by the first right one. Returns the initiator's id. */
    prove(proof: string, scratch: Map<string, unknown>): string {
      const attempt = scratch.get(ATTEMPT) as Attempt | undefined;
      scratch.delete(ATTEMPT);
      const open = need();
      if (!attempt || attempt.proved || attempt.windowId !== open.id || !sameBytes(attempt.expected, fromHex(proof))) throw wrong();
      scratch.set(ATTEMPT, { ...attempt, proved: true });
      set({ state: "closed", reason: "used" });
      log.info("pairing.spake2p-confirmed", { side: "responder", peer: attempt.initiatorId });
      return attempt.initiatorId;
    },
    /** The id that this connection has proved, once. */
    takeProved(scratch: Map<string, unknown>): string {
      const attempt = scratch.get(ATTEMPT) as Attempt | undefined;
      scratch.delete(ATTEMPT);
      if (!attempt?.proved) throw fault("access.window-closed", { reason: window.state === "closed" ? window.reason : "closed" });
      return attempt.initiatorId;
    },
    /** A browser's code, compared in one step; costs a try like a proof. */
    useCode(code: string) {
      const open = need();
      spend();
      if (!sameBytes(Buffer.from(code), Buffer.from(open.code))) throw wrong();
      set({ state: "closed", reason: "used" });
    },
  };
}
export type Pairing = ReturnType<typeof createPairing>;

/**
 * The initiator's side, up to the point where both have proved the code to each other over this very connection.
 * Its own proof is sent only after the far side's was right: a wrong one would let a false responder try codes offline.
 * Throws the faults of dialling, access.window-closed, access.code-wrong, and access.channel-mismatch when the far end's key isn't the one it claims (a relay that ends TLS).
 */
export async function proveTo(
  target: Target,
  code: string,
  ownId: string,
  log: Log,
  signal?: AbortSignal,
): Promise<{ link: Link; identity: AosdIdentity; proof: string }> {
  const link = await dial(target, { kind: "anyone" }, signal);
  try {
    const { windowId, salt, iterations, identity } = await link.client.access.pair.parameters();
    const farKey = new X509Certificate(link.socket.getPeerCertificate().raw).publicKey;
    if (nodeIdOf(farKey) !== identity.id) throw fault("access.channel-mismatch");
    const context = pairingContext({ binding: link.binding, windowId, initiatorId: ownId, responderId: identity.id });
    const side = await initiate(code, fromHex(salt), iterations, context);
    const { y, proof } = await link.client.access.pair.begin({ windowId, initiatorId: ownId, x: toHex(side.x) });
    const { own, expected } = await side.proofs(fromHex(y));
    if (!sameBytes(expected, fromHex(proof))) {
      await link.client.access.pair.finish({ intent: "enrol", proof: "00".repeat(32) });
      throw fault("access.channel-mismatch");
    }
    log.info("pairing.spake2p-confirmed", { side: "initiator", peer: identity.id });
    return { link, identity, proof: toHex(own) };
  } catch (error) {
    link.close();
    throw error;
  }
}
