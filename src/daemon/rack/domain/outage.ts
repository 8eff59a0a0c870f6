import type { PlanStep } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";
import { downAllowanceSeconds, pointOfNoReturn } from "./plan.ts";

/** What is known of the power at one moment. `seconds` counts from the start of the outage; `lb` is the low-battery rule of ups.ts, however it came about. */
export interface PowerObservation {
  onBattery: boolean;
  seconds: number;
  runtimeSeconds: Reading;
  lb: boolean;
  fsd: boolean;
}

/** A plan on its way. `issued[i]` is the second at which step i was given out: the first `issued.length` steps are. */
export interface PlanState {
  steps: readonly PlanStep[];
  issued: readonly number[];
  seconds: number;
  /** Past the point of no return: mains no longer cancel. */
  committed: boolean;
  phase: "waiting" | "running" | "finished";
}

export type PlanEvent = "started" | "cancelled" | "no-return" | "finished";
export interface PlanAdvance {
  state: PlanState;
  /** Steps to carry out now, in this order. */
  due: readonly PlanStep[];
  events: readonly PlanEvent[];
}

/** A plan that waits for an outage. */
export function waitingPlan(steps: readonly PlanStep[]): PlanState {
  return { steps, issued: [], seconds: 0, committed: false, phase: "waiting" };
}

/**
 * One step of time in an outage. What is due is always the next steps in order: a later trigger pulls the earlier ones
 * along, low battery and FSD pull all. No step comes twice in one outage. Mains back cancels until the point of no return.
 */
export function nextSteps(state: PlanState, now: PowerObservation): PlanAdvance {
  if (state.phase === "finished") return { state, due: [], events: [] };
  const last = now.lb || now.fsd;
  if (!now.onBattery && !last && !state.committed) {
    const events: PlanEvent[] = state.phase === "running" ? ["cancelled"] : [];
    return { state: waitingPlan(state.steps), due: [], events };
  }
  const seconds = Math.max(state.seconds, now.seconds);
  // Committed and mains back: nothing to wait for, the rest follows at once.
  const everything = last || (state.committed && !now.onBattery);
  const upTo = everything ? state.steps.length : dueCount(state, seconds, now.runtimeSeconds);
  const due = state.steps.slice(state.issued.length, upTo);
  const issued = [...state.issued, ...due.map(() => seconds)];
  const turning = pointOfNoReturn(state.steps);
  const committed = state.committed || now.fsd || (turning >= 0 && issued.length > turning);
  const phase = issued.length === state.steps.length ? "finished" : "running";
  const events: PlanEvent[] = [];
  if (state.phase === "waiting") events.push("started");
  if (committed && !state.committed) events.push("no-return");
  if (phase === "finished") events.push("finished");
  return { state: { steps: state.steps, issued, seconds, committed, phase }, due, events };
}

/** How many steps are due by now, those given out before included. */
function dueCount(state: PlanState, seconds: number, runtime: Reading): number {
  const at = [...state.issued];
  let count = at.length;
  for (let index = count; index < state.steps.length; index += 1) {
    const step = state.steps[index];
    if (step === undefined || !triggered(step, previousAt(state.steps, at, index), seconds, runtime)) continue;
    while (at.length <= index) at.push(seconds);
    count = index + 1;
  }
  return count;
}

/** When the machines before this step were told to go down; null if they were not. Machines of one turn go together, so they don't wait for each other. */
function previousAt(steps: readonly PlanStep[], at: readonly number[], index: number): number | null {
  let before = index - 1;
  while (before >= 0 && steps[before]?.trigger === "after-previous") before -= 1;
  return at[before] ?? null;
}

function triggered(step: PlanStep, previous: number | null, seconds: number, runtime: Reading): boolean {
  if (step.runtimeBelowSeconds !== null && runtime !== "unknown" && runtime < step.runtimeBelowSeconds) return true;
  if (step.trigger === "after-previous") return previous !== null && seconds >= previous + downAllowanceSeconds;
  return step.atSeconds !== null && seconds >= step.atSeconds;
}
