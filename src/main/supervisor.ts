import { backOff, createBudget } from "./budget.ts";
import { heldByAnother, type AosdProcess, type Endpoint } from "./aosd-process.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

export type AosdState =
  | { kind: "stopped" }
  | { kind: "starting"; attempt: number }
  /** `own`: a child of ours. Otherwise an aosd that ran before us on the same state folder; we never stop that one. */
  | { kind: "serving"; endpoint: Endpoint; own: boolean }
  | { kind: "waiting"; attempt: number; forMs: number; reason: string }
  /** The budget is spent. `restart()` begins anew. */
  | { kind: "given-up"; reason: string };

export const supervisorTimes = {
  servingWithinMs: 30_000,
  killAfterMs: 10_000,
  healthyAfterMs: 60_000,
  crashes: 6,
  crashWindowMs: 120_000,
  holderCheckMs: 2_000,
} as const;
export type SupervisorTimes = { readonly [K in keyof typeof supervisorTimes]: number };

/**
 * Keeps one aosd running: starts it, waits until it serves, starts it again with back-off when it ends, and gives up
 * when it ends too often. `onChange` hears every state. `stop()` asks with SIGTERM and, late, insists with SIGKILL.
 */
export function createSupervisor(deps: {
  launch(): AosdProcess;
  /** The aosd that already holds the state folder. */
  holder(): Promise<Endpoint | null>;
  /** True when something answers on the socket. */
  answers(endpoint: Endpoint): Promise<boolean>;
  clock: Clock;
  random: () => number;
  log: Log;
  onChange(state: AosdState): void;
  times?: SupervisorTimes;
}) {
  const times = deps.times ?? supervisorTimes;
  const budget = createBudget({ now: () => deps.clock.now(), tries: times.crashes, withinMs: times.crashWindowMs });
  let state: AosdState = { kind: "stopped" };
  let stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const listeners = new Set<(state: AosdState) => void>();

  const become = (next: AosdState) => {
    state = next;
    deps.log(next.kind === "given-up" ? "error" : "info", `aosd.${next.kind}`, "reason" in next ? { reason: next.reason } : {});
    for (const listener of listeners) listener(next);
    deps.onChange(next);
  };

  /** Runs one child to its end; the reason why it ended. */
  async function runChild(signal: AbortSignal): Promise<{ reason: string; held: boolean; healthy: boolean }> {
    const child = deps.launch();
    const settled = new AbortController();
    const ended = child.exited.finally(() => settled.abort());
    const stop = async () => {
      child.signal("SIGTERM");
      await Promise.race([ended, deps.clock.wait(times.killAfterMs, settled.signal)]);
      if (!settled.signal.aborted) child.signal("SIGKILL");
    };
    const onAbort = () => void stop();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const first = await Promise.race([
        child.serving.then((endpoint) => ({ endpoint })),
        ended,
        deps.clock.wait(times.servingWithinMs, settled.signal).then(() => "late" as const),
      ]);
      let since: number | null = null;
      if (first === "late" && !settled.signal.aborted) {
        deps.log("warn", "aosd.start-late");
        await stop();
      } else if (first !== "late" && "endpoint" in first && !signal.aborted) {
        since = deps.clock.now();
        become({ kind: "serving", endpoint: first.endpoint, own: true });
      }
      const { code, reason } = await ended;
      return { reason, held: code === heldByAnother, healthy: since !== null && deps.clock.now() - since >= times.healthyAfterMs };
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Uses the aosd that runs already, until it answers no more. */
  async function useHolder(signal: AbortSignal): Promise<boolean> {
    const endpoint = await deps.holder();
    if (endpoint === null || !(await deps.answers(endpoint)) || signal.aborted) return false;
    become({ kind: "serving", endpoint, own: false });
    while (!signal.aborted) {
      await deps.clock.wait(times.holderCheckMs * (0.8 + 0.4 * deps.random()), signal);
      if (!signal.aborted && !(await deps.answers(endpoint))) break;
    }
    return true;
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      become({ kind: "starting", attempt });
      const ended = await runChild(signal);
      if (signal.aborted) break;
      if (ended.held && (await useHolder(signal))) {
        attempt = 0;
        continue;
      }
      if (ended.healthy) {
        attempt = 0;
        budget.reset();
      }
      if (!budget.spend()) return become({ kind: "given-up", reason: ended.reason });
      const forMs = backOff(budget.used(), deps.random);
      become({ kind: "waiting", attempt: budget.used(), forMs, reason: ended.reason });
      await deps.clock.wait(forMs, signal);
    }
    become({ kind: "stopped" });
  }

  const start = () => {
    stopping = new AbortController();
    running = run(stopping.signal);
  };
  const stop = async () => {
    stopping.abort();
    await running;
    if (state.kind !== "stopped") become({ kind: "stopped" });
  };

  /** Resolves with the endpoint once an aosd serves. Rejects after `withinMs`, on abort, and when it was given up. */
  async function serving(withinMs: number, signal: AbortSignal): Promise<Endpoint> {
    if (state.kind === "serving") return state.endpoint;
    const done = new AbortController();
    const found = Promise.withResolvers<Endpoint>();
    const listener = (next: AosdState) => {
      if (next.kind === "serving") found.resolve(next.endpoint);
      if (next.kind === "given-up") found.reject(new Error("aosd was given up"));
    };
    listeners.add(listener);
    try {
      if (state.kind === "given-up") throw new Error("aosd was given up");
      const late = deps.clock.wait(withinMs, AbortSignal.any([signal, done.signal])).then(() => Promise.reject<Endpoint>(new Error("aosd does not serve yet")));
      return await Promise.race([found.promise, late]);
    } finally {
      listeners.delete(listener);
      done.abort();
    }
  }

  return {
    start() {
      start();
      return stop;
    },
    stop,
    /** After giving up, or at a person's wish: stops what runs and begins with a fresh budget. */
    async restart() {
      await stop();
      budget.reset();
      start();
    },
    serving,
    state: () => state,
  };
}
export type Supervisor = ReturnType<typeof createSupervisor>;
