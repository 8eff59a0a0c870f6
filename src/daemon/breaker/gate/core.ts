import type { PanicBand, PanicSignal } from "../../../contract/breaker.ts";
import { effectiveLevel } from "./domain/level.ts";
import { bandOf, signalsOf } from "./domain/panic/band.ts";
import { freeze, newState } from "./domain/state.ts";
import { isThrottled } from "./domain/act.ts";
import { failClosed } from "./domain/step.ts";
import type { GateEvent, Policy, StepResult } from "./domain/types.ts";
import type { GateDeps } from "./ports.ts";
import { createRecorder, type RowOf } from "./recorder.ts";

const ROOT_EVERY_MS = 1000;
/** How far back a replay has to begin at most. */
const STATE_EVERY_MS = 6 * 3_600_000;
const LONGEST_ROOT = 200_000;
/** What nobody can read counts as more than any cap. */
const UNKNOWN_SPENDING = 1e15;

/** The gate's state, its clock and its rows: every event goes through `feed`, which steps and records it in one order. */
export function createCore(deps: GateDeps) {
  const { fence, clock, log, policy } = deps;
  const recorder = createRecorder({ audit: deps.audit, clock, log, epoch: () => fence.epoch() });
  const state = newState();
  /** Whether the log holds a row from which the rows that follow can be replayed. */
  let rooted = false;
  let rootTriedAt = -Infinity;
  let policyKey = "";
  /** Epoch that this gate stopped by itself: only a later one opens it again. */
  let tripped: number | null = null;

  const time = (): { mono: number; at: number } => {
    const mono = clock.mono();
    const at = clock.now();
    if (!Number.isFinite(mono) || !Number.isFinite(at)) throw new RangeError("the clock gives no time");
    return { mono, at };
  };
  const own = (event: GateEvent): RowOf => ({ actor: "aosd", via: "self", title: { code: `gate-${event.type}`, params: {} } });
  const lost = () => {
    rooted = false;
  };
  const record = (event: GateEvent, result: StepResult): void =>
    void recorder.write(event, result, own(event)).catch((error: unknown) => {
      lost();
      log.error("gate.not-recorded", { error });
    });
  const root = () => {
    const { mono, at } = time();
    if (mono - rootTriedAt < (rooted ? STATE_EVERY_MS : ROOT_EVERY_MS)) return;
    rootTriedAt = mono;
    const frozen = freeze(state);
    rooted = true;
    if (frozen.length > LONGEST_ROOT) return log.warn("gate.state-too-large", { length: frozen.length });
    record({ type: "state", mono, at, state: frozen }, nothing);
  };
  const nothing: StepResult = { verdict: null, outcome: null, effects: [], inert: false };

  const act = (result: StepResult) => {
    for (const effect of result.effects) {
      try {
        if (effect.do === "trip") {
          tripped = fence.epoch();
          deps.trip({ cause: "panic", reason: effect.signals.map((one) => one.code).join(", ") || "internal", signals: effect.signals });
        } else if (effect.do === "stop-task") deps.stopTask?.({ agent: effect.agent, task: effect.task, why: effect.why });
        else deps.tellOwner?.({ why: effect.why, act: effect.act, params: effect.params });
      } catch (error) {
        // This gate's own state is stopped whether or not anybody else hears of it.
        log.error("gate.effect-failed", { effect: effect.do, error });
      }
    }
  };

  /** Steps an event. The row must be written by the caller at once, before anything else is awaited. */
  const feed = (event: GateEvent): StepResult => {
    root();
    const result = failClosed(state, event);
    act(result);
    return result;
  };
  const input = (event: GateEvent): void => {
    const result = feed(event);
    record(event, result);
  };

  const readPolicy = (): Policy | null => {
    try {
      const found = policy.current() as Policy | null | undefined;
      const whole =
        found !== null &&
        found !== undefined &&
        [1, 2, 3, 4, 5].includes(found.level) &&
        [1, 2, 3, 4, 5].includes(found.maxLevel) &&
        Array.isArray(found.grants) &&
        Array.isArray(found.hosts) &&
        Array.isArray(found.known) &&
        typeof found.limits === "object";
      return whole ? found : null;
    } catch (error) {
      log.error("gate.policy-unreadable", { error });
      return null;
    }
  };
  /** Takes over what changed outside, as events: policy, licence, latch. */
  const catchUp = () => {
    const now = readPolicy();
    // Known third parties are taken over once; later ones come from events.
    const key = now === null ? "none" : JSON.stringify({ ...now, known: now.known.length });
    if (key !== policyKey) {
      input({ type: "policy", ...time(), policy: now });
      policyKey = key;
    }
    const epoch = fence.epoch();
    const open = fence.open(epoch);
    if (!open && state.latch === "run") input({ type: "latch", ...time(), state: "stopped", epoch, own: false });
    else if (!open && tripped !== null && state.epoch !== epoch) input({ type: "latch", ...time(), state: "stopped", epoch, own: true });
    else if (open && state.latch !== "run" && (tripped === null || epoch > tripped)) {
      tripped = null;
      // A reset stands before each start; the gate sees both at once.
      if (state.latch === "stopped") input({ type: "latch", ...time(), state: "ready", epoch, own: false });
      input({ type: "latch", ...time(), state: "run", epoch, own: false });
    }
  };

  return {
    state,
    recorder,
    time,
    feed,
    lost,
    catchUp,
    isThrottled: (agent: string) => isThrottled(state, agent, clock.mono()),
    level: () => (state.policy === null ? 1 : effectiveLevel(state.policy)),
    panic(): { band: PanicBand; signals: PanicSignal[] } {
      const signals = signalsOf(state, Math.max(state.mono, clock.mono()));
      return { band: bandOf(signals), signals };
    },
    /** Begins with what was spent before; what can't be read counts as beyond every cap. */
    async start(): Promise<() => void> {
      const carry = await deps.spending.carried().catch((error: unknown) => {
        log.error("gate.spending-unreadable", { error });
        return { spent: [{ ageMs: 0, amount: UNKNOWN_SPENDING }], tokens: [{ ageMs: 0, amount: UNKNOWN_SPENDING }] };
      });
      rooted = true;
      const event: GateEvent = { type: "boot", ...time(), carry };
      rootTriedAt = event.mono;
      const result = feed(event);
      record(event, result);
      catchUp();
      const stop = fence.onClose(() => {
        try {
          catchUp();
        } catch (error) {
          log.error("gate.close-not-noted", { error });
        }
      });
      return () => {
        stop();
        recorder.stop();
      };
    },
  };
}
export type Core = ReturnType<typeof createCore>;
