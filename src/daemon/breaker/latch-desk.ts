import type { BreakerView, ButtonView } from "../../contract/breaker.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Caller } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";
import { actorOf } from "./actor.ts";
import type { Audit } from "./audit/audit.ts";
import type { ButtonStore } from "./button-store.ts";
import type { LatchRefusal } from "./latch/domain/rack-latch.ts";
import type { Keeper } from "./latch/keeper.ts";

export interface LatchDeskDeps {
  keeper: Keeper;
  audit: Audit;
  button: ButtonStore;
  clock: Clock;
  log: Log;
  view(): BreakerView;
  /** What stands between a stop and its reset, beside the latch's own checks. */
  logWhole(): boolean;
}

const LOOK_MS = 5;
const MOST_LOOKS = 100;

const refused = (code: LatchRefusal, left: number, nodeId = ""): Error => {
  switch (code) {
    case "not-main":
      return fault("breaker.not-main");
    case "not-stopped":
      return fault("breaker.not-stopped");
    case "not-ready":
      return fault("breaker.not-ready");
    case "moved-on":
      return fault("breaker.moved-on");
    case "checks":
      return fault("breaker.reset-blocked", { left });
    case "not-on-disk":
      return fault("breaker.not-on-disk");
    case "not-silent":
      return fault("breaker.node-answers", { nodeId });
    case "unknown-node":
      return fault("rack.node-not-found", { nodeId });
  }
};

/** What people do with the latch: stopping waits for nothing, everything that loosens is in the log before it is done. */
export function createLatchDesk({ keeper, audit, button, clock, log, view, logWhole }: LatchDeskDeps) {
  const record = (caller: Caller, code: string, params: Record<string, string | number> = {}, payload?: Record<string, string>) =>
    audit.append({ ...actorOf(caller), kind: "latch", title: { code, params }, epoch: keeper.view().epoch, ...(payload === undefined ? {} : { payload }) });
  const recordLater = (...what: Parameters<typeof record>) =>
    void record(...what).catch((error: unknown) => log.error("breaker.not-recorded", { code: what[1], error }));
  const by = (caller: Caller) => (caller.person === null ? (caller.device === null ? null : caller.device) : caller.person);
  const left = () => view().checks.filter((check) => !check.ok).length;

  const close = async (caller: Caller, reason: string | undefined) => {
    const ack = await keeper.trip({ cause: caller.role === "kiosk" ? "kiosk" : "person", by: by(caller), via: caller.via, reason: reason ?? null });
    recordLater(caller, "trip", {}, reason === undefined ? undefined : { reason });
    return ack;
  };
  /** The keeper's answer comes before its next drawing: the view that goes out shows what was just done. */
  const shown = async (state: BreakerView["state"]): Promise<BreakerView> => {
    const drawn = () => keeper.view().state === state && keeper.view().onDisk;
    for (let looks = 0; !drawn() && looks < MOST_LOOKS; looks++) await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    return view();
  };
  const stopped = () => {
    if (keeper.view().state !== "stopped") throw fault("breaker.not-stopped");
  };

  return {
    async trip(caller: Caller, reason: string | undefined): Promise<BreakerView> {
      await close(caller, reason);
      return shown("stopped");
    },
    async tripHere(caller: Caller, reason: string | undefined) {
      const { onDisk } = await close(caller, reason);
      return { closed: true as const, onDisk };
    },
    async note(caller: Caller, reason: string): Promise<BreakerView> {
      stopped();
      const done = await keeper.note(reason);
      if (!done.ok) throw refused(done.code, left());
      recordLater(caller, "note", {}, { reason });
      return view();
    },
    async reset(caller: Caller, epoch: number | undefined): Promise<BreakerView> {
      stopped();
      if (!logWhole() || !keeper.view().mayReset) throw fault("breaker.reset-blocked", { left: left() });
      await record(caller, "reset");
      const done = await keeper.reset(epoch);
      if (!done.ok) throw refused(done.code, left());
      return shown("ready");
    },
    async start(caller: Caller, epoch: number | undefined): Promise<BreakerView> {
      const state = audit.state();
      if (state.state === "damaged") throw fault("breaker.log-damaged", { seq: state.bad.seq });
      if (keeper.view().state === "stopped") throw fault("breaker.not-ready");
      await record(caller, "start");
      const done = await keeper.start(epoch);
      if (!done.ok) throw refused(done.code, left());
      return shown("run");
    },
    async exclude(caller: Caller, nodeId: string): Promise<BreakerView> {
      const name = view().nodes.find((node) => node.nodeId === nodeId)?.name ?? nodeId;
      await record(caller, "exclude", { name });
      const done = await keeper.exclude(nodeId);
      if (!done.ok) throw refused(done.code, left(), nodeId);
      return view();
    },
    ports: () => button.ports(),
    async enrol(caller: Caller, source: Parameters<ButtonStore["enrol"]>[0]): Promise<ButtonView> {
      await record(caller, "button-enrol");
      const before = button.load();
      // The port is one reader's at a time. Until the new button has spoken nothing may run, so a reader that hears nothing holds the place.
      await keeper.setButton(button.unheard());
      try {
        await keeper.setButton(await button.enrol(source));
      } catch (error) {
        await keeper.setButton(before);
        throw error;
      }
      return view().button;
    },
    async forget(caller: Caller): Promise<ButtonView> {
      stopped();
      await record(caller, "button-forget");
      button.forget();
      await keeper.setButton(null);
      return view().button;
    },
  };
}
