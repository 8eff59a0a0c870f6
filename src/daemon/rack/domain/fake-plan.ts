import fc from "fast-check";
import type { PlanSettings, PlanStep } from "../../../contract/rack.ts";
import { nodeRoles, type Reading } from "../../../contract/values.ts";
import { defaultPlanSettings, shutdownPlan, type PlanNode } from "./plan.ts";

/** What the tests of the plan and of the outage draw from. */
export const seconds = fc.integer({ min: 0, max: 7200 });
export const settings: fc.Arbitrary<PlanSettings> = fc.oneof(
  fc.constant(defaultPlanSettings),
  fc.record({
    pauseAfterSeconds: seconds,
    llmAfterSeconds: seconds,
    llmRuntimeBelowSeconds: seconds,
    mainRuntimeBelowSeconds: seconds,
    storageRuntimeBelowSeconds: seconds,
    returnChargePercent: fc.integer({ min: 0, max: 100 }),
    onShutdown: fc.constantFrom("power-off", "quiesce"),
  }),
);
export const nodes: fc.Arbitrary<PlanNode[]> = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), roles: fc.subarray([...nodeRoles]) }),
  {
    selector: (node) => node.id,
    maxLength: 7,
  },
);
export const runtime: fc.Arbitrary<Reading> = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 9000 }), weight: 4 },
  { arbitrary: fc.constant("unknown" as const), weight: 1 },
);
export const planOf = (with_: PlanSettings, machines: readonly PlanNode[], left: Reading = 1500) =>
  shutdownPlan(with_, machines, { runtimeSeconds: left, loadPercent: 20 });
export const downs = (steps: readonly PlanStep[]) => steps.filter((step) => step.act === "shut-down");

/** The appliance: four machines of one role each. */
export const rack: PlanNode[] = [
  { id: "a", roles: ["main"] },
  { id: "b", roles: ["pool"] },
  { id: "c", roles: ["llm"] },
  { id: "d", roles: ["storage"] },
];
