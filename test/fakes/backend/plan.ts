import type { NodeView, PlanSettings, PlanStep, ShutdownPlan } from "../../../src/contract/rack.ts";
import type { NodeRole, Reading } from "../../../src/contract/values.ts";

export const planDefaults: PlanSettings = {
  pauseAfterSeconds: 30,
  llmAfterSeconds: 120,
  llmRuntimeBelowSeconds: 900,
  mainRuntimeBelowSeconds: 480,
  storageRuntimeBelowSeconds: 300,
  returnChargePercent: 30,
  onShutdown: "power-off",
};

const order: NodeRole[] = ["llm", "pool", "main", "storage"];

/** A plan with the shape of the real one; its times assume that turning nodes off makes the battery last 2.4 times as long. */
export function planOf(nodes: readonly NodeView[], settings: PlanSettings, runtimeSeconds: Reading, loadPercent: Reading): ShutdownPlan {
  const total = runtimeSeconds === "unknown" ? null : runtimeSeconds * 2.4;
  const steps: Omit<PlanStep, "expectedAtSeconds">[] = [
    { id: "notify", act: "notify", nodeId: null, roles: [], atSeconds: 0, trigger: "on-battery", runtimeBelowSeconds: null },
    { id: "pause", act: "pause-sub-agents", nodeId: null, roles: ["pool"], atSeconds: settings.pauseAfterSeconds, trigger: "delay", runtimeBelowSeconds: null },
  ];
  let after = settings.llmAfterSeconds;
  for (const role of order) {
    for (const node of nodes.filter((candidate) => order.findLast((r) => candidate.roles.includes(r)) === role)) {
      const below =
        role === "main"
          ? settings.mainRuntimeBelowSeconds
          : role === "storage"
            ? settings.storageRuntimeBelowSeconds
            : role === "llm"
              ? settings.llmRuntimeBelowSeconds
              : null;
      const byRuntime = role === "main" || role === "storage";
      const atSeconds = byRuntime ? (total === null || below === null ? null : Math.max(after, Math.round(total - below))) : after;
      steps.push({
        id: `down-${node.id}`,
        act: "shut-down",
        nodeId: node.id,
        roles: node.roles,
        atSeconds,
        trigger: byRuntime ? "runtime" : role === "llm" ? "delay" : "after-previous",
        runtimeBelowSeconds: below,
      });
      if (!byRuntime) after += 40;
    }
  }
  const expected = (step: Pick<PlanStep, "atSeconds">): Reading => (total === null ? "unknown" : (step.atSeconds ?? "unknown"));
  const timed = steps.map((step) => step.atSeconds).filter((at) => at !== null);
  const main = steps.find((step) => step.act === "shut-down" && step.roles.includes("main"));
  return {
    settings,
    steps: steps.map((step) => ({ ...step, expectedAtSeconds: expected(step) })),
    endsAtSeconds: total === null ? "unknown" : Math.max(...timed),
    carriedOut: false,
    noReturnAtSeconds: main?.atSeconds ?? "unknown",
    returnOrder: ["storage", "main", "llm", "pool"],
    basis: { runtimeSeconds, loadPercent },
  };
}
