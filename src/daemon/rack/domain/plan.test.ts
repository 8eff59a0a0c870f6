import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlanSettings, PlanStep } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";
import { numRuns } from "./fake-facts.ts";
import { downs, nodes, planOf, rack, runtime, settings } from "./fake-plan.ts";
import { defaultPlanSettings, expectedSeconds, turnOf, type PlanNode } from "./plan.ts";

const turnOfStep = (step: PlanStep) => turnOf(step.roles);

const everyPlan = (holds: (steps: readonly PlanStep[], machines: readonly PlanNode[], left: Reading, with_: PlanSettings) => void) =>
  fc.assert(
    fc.property(settings, nodes, runtime, (with_, machines, left) => holds(planOf(with_, machines, left).steps, machines, left, with_)),
    { numRuns },
  );

describe("the shutdown plan", () => {
  test("takes storage down after every other machine, whatever the settings", () => {
    everyPlan((steps) => {
      const first = downs(steps).findIndex((step) => step.roles.includes("storage"));
      if (first >= 0)
        expect(
          downs(steps)
            .slice(first)
            .every((step) => step.roles.includes("storage")),
        ).toBe(true);
    });
  });

  test("goes llm, pool, main, storage, and a machine with several roles goes with its latest", () => {
    const order = ["llm", "pool", "main", "storage"];
    everyPlan((steps) => {
      const turns = downs(steps).map((step) => order.indexOf(turnOfStep(step)));
      expect(turns).toEqual(turns.toSorted((a, b) => a - b));
    });
    expect(turnOf(["main", "pool", "llm", "storage"])).toBe("storage");
    expect(turnOf(["llm", "main"])).toBe("main");
    expect(turnOf(["pool", "llm"])).toBe("pool");
    expect(turnOf([])).toBe("pool");
    expect(downs(planOf(defaultPlanSettings, rack).steps).map((step) => step.nodeId)).toEqual(["c", "b", "a", "d"]);
  });

  test("has each machine once, and each step its own id", () => {
    everyPlan((steps, machines) => {
      expect(downs(steps)).toHaveLength(machines.length);
      expect(new Set(downs(steps).map((step) => step.nodeId))).toEqual(new Set(machines.map((node) => node.id)));
      expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
    });
  });

  test("shows no step after its follower, neither as planned nor as expected", () => {
    everyPlan((steps, _machines, left) => {
      for (const times of [steps.map((step) => step.atSeconds), expectedSeconds(steps, left)]) {
        const known = times.filter((at) => at !== null);
        expect(known).toEqual(known.toSorted((a, b) => a - b));
        expect(known.every((at) => at >= 0)).toBe(true);
      }
    });
  });

  test("follows the table: notify at once, pause at 30 s, llm at 120 s or 15 min left, main at 8 min, storage at 5 min", () => {
    const { steps, noReturnAtSeconds, endsAtSeconds, returnOrder } = planOf(defaultPlanSettings, rack, 1500);
    expect(steps.map(({ act, nodeId, atSeconds, runtimeBelowSeconds }) => [act, nodeId, atSeconds, runtimeBelowSeconds])).toEqual([
      ["notify", null, 0, null],
      ["pause-sub-agents", null, 30, null],
      ["shut-down", "c", 120, 900],
      ["shut-down", "b", 160, null],
      ["shut-down", "a", null, 480],
      ["shut-down", "d", null, 300],
    ]);
    expect(expectedSeconds(steps, 1500)).toEqual([0, 30, 120, 160, 1020, 1200]);
    expect({ noReturnAtSeconds, endsAtSeconds, returnOrder }).toEqual({
      noReturnAtSeconds: 1020,
      endsAtSeconds: 1240,
      returnOrder: ["storage", "main", "llm", "pool"],
    });
  });

  test("says unknown for its end when the UPS tells no runtime, and never 0", () => {
    fc.assert(
      fc.property(settings, nodes, (with_, machines) => {
        const plan = planOf(with_, machines, "unknown");
        expect([plan.endsAtSeconds, plan.noReturnAtSeconds, plan.basis.runtimeSeconds]).toEqual(["unknown", "unknown", "unknown"]);
      }),
      { numRuns },
    );
  });

  test("ends after its point of no return, and is not carried out by this version", () => {
    fc.assert(
      fc.property(settings, nodes, runtime, (with_, machines, left) => {
        const plan = planOf(with_, machines, left);
        expect(plan.carriedOut).toBe(false);
        if (typeof plan.endsAtSeconds === "number" && typeof plan.noReturnAtSeconds === "number")
          expect(plan.endsAtSeconds).toBeGreaterThan(plan.noReturnAtSeconds);
      }),
      { numRuns },
    );
  });
});
