import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlanStep } from "../../../contract/rack.ts";
import { numRuns } from "./fake-facts.ts";
import { downs, nodes, planOf, rack, runtime, seconds, settings } from "./fake-plan.ts";
import { nextSteps, waitingPlan, type PlanState, type PowerObservation } from "./outage.ts";
import { defaultPlanSettings, pointOfNoReturn } from "./plan.ts";

const rarely = fc.nat({ max: 11 }).map((n) => n === 0);
const looks = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 600 }), onBattery: fc.nat({ max: 5 }).map((n) => n > 0), runtimeSeconds: runtime, lb: rarely, fsd: rarely }),
  { minLength: 1, maxLength: 30 },
);
type Look = Omit<PowerObservation, "seconds"> & { wait: number };

/** Plays a series of looks and calls back after each. */
function play(
  steps: readonly PlanStep[],
  series: readonly Look[],
  each: (from: PlanState, now: PowerObservation, step: ReturnType<typeof nextSteps>) => void,
): PlanState {
  let state = waitingPlan(steps);
  let at = 0;
  for (const { wait, ...look } of series) {
    at = state.phase === "waiting" ? 0 : at + wait;
    const now = { ...look, seconds: at };
    const step = nextSteps(state, now);
    each(state, now, step);
    state = step.state;
  }
  return state;
}
const everyOutage = (each: Parameters<typeof play>[2]) =>
  fc.assert(
    fc.property(settings, nodes, runtime, looks, (with_, machines, left, series) => {
      play(planOf(with_, machines, left).steps, series, each);
    }),
    { numRuns },
  );
const outage = (at: number, but: Partial<PowerObservation> = {}): PowerObservation => ({
  onBattery: true,
  seconds: at,
  runtimeSeconds: 3000,
  lb: false,
  fsd: false,
  ...but,
});

describe("an outage", () => {
  test("gives its steps out in the plan's order, storage never before another machine", () => {
    everyOutage((from, _now, { state, due }) => {
      if (due.length > 0) expect([...from.steps.slice(0, from.issued.length), ...due]).toEqual(from.steps.slice(0, state.issued.length));
      const given = downs(from.steps.slice(0, state.issued.length));
      if (given.some((step) => step.roles.includes("storage")))
        expect(given.filter((step) => !step.roles.includes("storage"))).toHaveLength(
          downs(from.steps).filter((step) => !step.roles.includes("storage")).length,
        );
    });
  });

  test("never ignores low battery or FSD: all remaining steps are due at once, in order", () => {
    everyOutage((from, now, { state, due }) => {
      if ((!now.lb && !now.fsd) || from.phase === "finished") return;
      expect(due).toEqual(from.steps.slice(from.issued.length));
      expect(state.phase).toBe("finished");
    });
  });

  test("gives no step out twice", () => {
    let given: string[] = [];
    everyOutage((from, _now, { due, events }) => {
      if (from.phase === "waiting") given = [];
      given.push(...due.map((step) => step.id));
      expect(new Set(given).size).toBe(given.length);
      if (events.includes("cancelled")) given = [];
    });
  });

  test("is monotone in time: more seconds or less runtime never make fewer steps due, and steps are stamped in order", () => {
    fc.assert(
      fc.property(
        settings,
        nodes,
        runtime,
        looks,
        seconds,
        seconds,
        fc.nat({ max: 9000 }),
        fc.nat({ max: 9000 }),
        (with_, machines, left, series, at, more, charge, less) => {
          const state = play(planOf(with_, machines, left).steps, series, (_from, _now, step) => {
            expect(step.state.issued).toEqual(step.state.issued.toSorted((a, b) => a - b));
          });
          const count = (elapsed: number, remaining: number) =>
            nextSteps(state, outage(state.seconds + elapsed, { runtimeSeconds: remaining })).state.issued.length;
          expect(count(at + more, charge)).toBeGreaterThanOrEqual(count(at, charge));
          expect(count(at, Math.max(0, charge - less))).toBeGreaterThanOrEqual(count(at, charge));
        },
      ),
      { numRuns },
    );
  });

  test("is cancelled by mains before the point of no return, and by nothing after it", () => {
    everyOutage((from, now, { state, due, events }) => {
      if (now.onBattery || now.lb || now.fsd || from.phase === "finished") return;
      if (from.committed) {
        expect(due).toEqual(from.steps.slice(from.issued.length));
        expect(state.phase).toBe("finished");
        expect(events).not.toContain("cancelled");
      } else {
        expect({ due, state }).toEqual({ due: [], state: waitingPlan(from.steps) });
        expect(events).toEqual(from.phase === "running" ? ["cancelled"] : []);
      }
    });
  });

  test("is past the point of no return as soon as main is told to go, or by FSD", () => {
    everyOutage((from, now, { state }) => {
      const turning = pointOfNoReturn(from.steps);
      if (turning >= 0 && state.issued.length > turning) expect(state.committed).toBe(true);
      if (now.fsd && from.phase !== "finished") expect(state.committed).toBe(true);
      if (from.committed) expect(state.committed).toBe(true);
    });
  });

  test("finishes after FSD, also when mains are back at once", () => {
    const started = nextSteps(waitingPlan(planOf(defaultPlanSettings, rack).steps), outage(0));
    const forced = nextSteps(started.state, outage(5, { fsd: true }));
    expect(forced.due.map((step) => step.nodeId)).toEqual([null, "c", "b", "a", "d"]);
    expect(forced.events).toEqual(["no-return", "finished"]);
    expect(nextSteps(forced.state, outage(6, { onBattery: false })).state.phase).toBe("finished");
  });

  test("pulls earlier steps along when a later one is due first, and gives the pool its 40 s after the llm node", () => {
    const { steps } = planOf(defaultPlanSettings, rack);
    const ids = (due: readonly PlanStep[]) => due.map((step) => step.id);
    const first = nextSteps(waitingPlan(steps), outage(0));
    expect([ids(first.due), first.events]).toEqual([["notify"], ["started"]]);
    const llm = nextSteps(first.state, outage(120));
    expect(ids(llm.due)).toEqual(["pause", "down-c"]);
    expect(ids(nextSteps(llm.state, outage(159)).due)).toEqual([]);
    expect(ids(nextSteps(llm.state, outage(160)).due)).toEqual(["down-b"]);
    expect(ids(nextSteps(first.state, outage(3, { runtimeSeconds: 479 })).due)).toEqual(["pause", "down-c", "down-b", "down-a"]);
  });

  test("without a runtime from the UPS waits for its clock and for low battery, not for a guess", () => {
    const { steps } = planOf(defaultPlanSettings, rack, "unknown");
    const waited = nextSteps(waitingPlan(steps), outage(7200, { runtimeSeconds: "unknown" }));
    expect(downs(waited.due).map((step) => step.nodeId)).toEqual(["c"]);
    const later = nextSteps(waited.state, outage(7300, { runtimeSeconds: "unknown" }));
    expect(downs(later.due).map((step) => step.nodeId)).toEqual(["b"]);
    expect(downs(nextSteps(later.state, outage(7301, { runtimeSeconds: "unknown", lb: true })).due).map((step) => step.nodeId)).toEqual(["a", "d"]);
  });
});
