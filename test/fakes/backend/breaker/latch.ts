import type { BreakerView, ButtonView, NodeLatch, ResetCheck, TripCause } from "../../../../src/contract/breaker.ts";
import type { BackendOptions } from "../options.ts";
import type { FakeRack } from "../rack.ts";

type Stop = Pick<BreakerView, "cause" | "by" | "via" | "reason">;
const closes = [4, 7, 6, 5];
const ends: (number | null)[] = [1200, 800, 400, null];
/** A stop's processes take this long to end. */
const endingMs = 1200;

/** The latch of a rack in memory: stopped, reset and started by its own rules. `silent` is a node that doesn't answer. */
export function createFakeLatch(
  options: BackendOptions,
  rack: FakeRack,
  now: () => number,
  outcomesUnknown: () => readonly { act: string; agent: string; tool: string }[],
  isWhole: () => boolean,
) {
  let state: BreakerView["state"] = options.latch === "run" ? "run" : options.latch === "ready" ? "ready" : "stopped";
  let epoch = state === "run" ? 2 : 3;
  let since = now() - (state === "run" ? 3 * 3_600_000 : 72_000);
  let stop: Stop =
    options.latch === "boot" ? { cause: "boot", by: null, via: "self", reason: null } : { cause: "person", by: "사장님", via: "ws", reason: null };
  let also: BreakerView["also"] = [];
  let held = false;
  const excluded = new Set<string>();
  let button: Pick<ButtonView, "state" | "reason"> = options.nodes === 1 ? { state: "none", reason: "none" } : { state: "run", reason: "released" };
  let interrupted: BreakerView["interrupted"] =
    state === "stopped" && options.latch === "stopped" ? [{ agent: "무펭", tool: "message.send", act: "x1", state: "stopped" }] : [];

  const isSilent = (index: number) => index === 1 && (options.latch === "stopped" || options.scenario === "down");
  const nodes = (): NodeLatch[] =>
    rack.snapshot().nodes.map((node, index): NodeLatch => {
      const base = { nodeId: node.id, name: node.name, epoch, cause: state === "run" ? null : stop.cause };
      if (excluded.has(node.id)) return { ...base, state: "excluded", ackAgeMs: null, closeTookMs: "unknown", processes: "unknown", onDisk: "unknown" };
      if (state === "run") return { ...base, state: "open", ackAgeMs: 120 + index * 60, closeTookMs: "unknown", processes: "unknown", onDisk: true };
      if (isSilent(index))
        return {
          ...base,
          state: "unconfirmed",
          epoch: null,
          ackAgeMs: Math.min(41_000, 41_000 + now() - since - 72_000),
          closeTookMs: "unknown",
          processes: "unknown",
          onDisk: "unknown",
        };
      const took = ends[index % 4] ?? null;
      const ended = now() - since > endingMs;
      return {
        ...base,
        state: state === "ready" ? "held" : "closed",
        ackAgeMs: 90 + index * 40,
        closeTookMs: closes[index % 4] ?? 5,
        processes: { alive: took === null || ended ? 0 : 1, killed: took === null ? 0 : 1, tookMs: took !== null && ended ? took : null },
        onDisk: true,
      };
    });
  const checks = (): ResetCheck[] => {
    const line = { nodeId: null, act: null, ageMs: null, params: {} };
    const waiting = nodes().filter((node) => node.state === "unconfirmed");
    const open = outcomesUnknown();
    return [
      {
        ...line,
        code: "button-released",
        ok: button.state !== "stop" && button.state !== "unknown",
        why: button.state === "stop" ? "held" : button.state === "unknown" ? "silent" : "none",
        ageMs: 100,
      },
      { ...line, code: "on-disk", ok: true, why: "none" },
      ...(waiting.length === 0
        ? [{ ...line, code: "node-acknowledged" as const, ok: true, why: "none" as const }]
        : waiting.map((node) => ({
            ...line,
            code: "node-acknowledged" as const,
            ok: false,
            nodeId: node.nodeId,
            why: "no-answer" as const,
            ageMs: node.ackAgeMs,
            params: { name: node.name },
          }))),
      ...(open.length === 0
        ? [{ ...line, code: "outcome-known" as const, ok: true, why: "none" as const }]
        : open.map((one) => ({
            ...line,
            code: "outcome-known" as const,
            ok: false,
            act: one.act,
            why: "unknown-outcome" as const,
            params: { agent: one.agent, tool: one.tool },
          }))),
      { ...line, code: "log-whole", ok: isWhole(), why: isWhole() ? "none" : "damaged" },
    ];
  };
  const left = () => checks().filter((check) => !check.ok).length;

  return {
    state: () => state,
    left,
    view: () => ({
      state,
      epoch,
      ...(state === "run" ? { cause: null, by: null, via: null, reason: null } : stop),
      since,
      forMs: now() - since,
      also: state === "stopped" ? also : [],
      onDisk: true,
      checks: state === "run" ? [] : checks(),
      mayReset: state === "stopped" && left() === 0,
      mayStart: state === "ready" && isWhole(),
      nodes: nodes(),
      button: { ...button, ageMs: button.state === "none" ? null : 100, simulated: options.demo },
      interrupted: state === "run" ? [] : interrupted,
    }),
    trip(cause: TripCause, by: string | null, via: BreakerView["via"], reason: string | null, working: BreakerView["interrupted"]): void {
      if (state === "stopped") {
        also = [...also, { cause, by, at: now() }];
        return;
      }
      state = "stopped";
      epoch += 1;
      since = now();
      stop = { cause, by, via, reason };
      also = [];
      interrupted = working;
    },
    note(reason: string): void {
      stop = { ...stop, reason };
    },
    reset(): void {
      state = "ready";
      since = now();
    },
    start(): void {
      state = "run";
      since = now();
      excluded.clear();
    },
    exclude(id: string): boolean {
      const node = nodes().find((one) => one.nodeId === id);
      if (node?.state !== "unconfirmed") return false;
      excluded.add(id);
      return true;
    },
    /** A hand on the physical button. Pressed, it stops the rack. */
    press(): void {
      held = true;
      if (button.state === "none") return;
      button = { state: "stop", reason: "pressed" };
      this.trip("button", null, "button", null, []);
    },
    release(): void {
      held = false;
      if (button.state !== "none") button = { state: "run", reason: "released" };
    },
    /** The button's cable comes out: its silence is a stop. */
    silence(): void {
      button = { state: "unknown", reason: "silent" };
      this.trip("button-silent", null, "button", null, []);
    },
    isHeld: () => held || button.state === "none",
    enrol(): ButtonView {
      button = { state: "run", reason: "released" };
      return { ...button, ageMs: 100, simulated: options.demo };
    },
    forget(): ButtonView {
      button = { state: "none", reason: "none" };
      return { ...button, ageMs: null, simulated: options.demo };
    },
  };
}
export type FakeLatch = ReturnType<typeof createFakeLatch>;
