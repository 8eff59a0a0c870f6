import type { PlanSettings, PlanStep, ShutdownPlan } from "../../../contract/rack.ts";
import type { NodeRole, Reading } from "../../../contract/values.ts";

export const defaultPlanSettings: PlanSettings = {
  pauseAfterSeconds: 30,
  llmAfterSeconds: 120,
  llmRuntimeBelowSeconds: 15 * 60,
  mainRuntimeBelowSeconds: 8 * 60,
  storageRuntimeBelowSeconds: 5 * 60,
  returnChargePercent: 30,
  onShutdown: "power-off",
};

/** Time that a machine gets to go down cleanly before the next ones follow it. */
export const downAllowanceSeconds = 40;

/** Down in this order; a machine with several roles goes with its latest. The llm node carries the largest load and no state; storage holds everybody's. */
const downOrder: readonly NodeRole[] = ["llm", "pool", "main", "storage"];
const returnOrder: readonly NodeRole[] = ["storage", "main", "llm", "pool"];

export interface PlanNode {
  id: string;
  roles: readonly NodeRole[];
}

/** The role by which a machine takes its turn. Without any it goes with the pool: never last, so that it can't outlive storage. */
export function turnOf(roles: readonly NodeRole[]): NodeRole {
  return downOrder.findLast((role) => roles.includes(role)) ?? "pool";
}

/** The acts of an ordered shutdown, in order. Runtime of the UPS in seconds with everything on. */
export function shutdownPlan(settings: PlanSettings, nodes: readonly PlanNode[], ups: { runtimeSeconds: Reading; loadPercent: Reading }): ShutdownPlan {
  const steps = planSteps(settings, nodes, ups.runtimeSeconds);
  const { endsAtSeconds, noReturnAtSeconds } = forecast(steps, ups.runtimeSeconds);
  const expected = expectedSeconds(steps, ups.runtimeSeconds);
  const present = new Set(nodes.flatMap((node) => node.roles));
  return {
    settings,
    steps: steps.map((step, index) => ({ ...step, expectedAtSeconds: expected[index] ?? "unknown" })),
    endsAtSeconds,
    carriedOut: false,
    noReturnAtSeconds,
    returnOrder: returnOrder.filter((role) => nodes.length === 0 || present.has(role)),
    basis: { runtimeSeconds: ups.runtimeSeconds, loadPercent: ups.loadPercent },
  };
}

/** A step before anybody asked when it would come. */
export type Act = Omit<PlanStep, "expectedAtSeconds">;

function planSteps(settings: PlanSettings, nodes: readonly PlanNode[], runtime: Reading): readonly Act[] {
  const steps: Act[] = [
    { id: "notify", act: "notify", nodeId: null, roles: [], atSeconds: 0, trigger: "on-battery", runtimeBelowSeconds: null },
    { id: "pause", act: "pause-sub-agents", nodeId: null, roles: [], atSeconds: settings.pauseAfterSeconds, trigger: "delay", runtimeBelowSeconds: null },
  ];
  let early = false;
  for (const turn of downOrder) {
    const going = nodes.filter((node) => turnOf(node.roles) === turn).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (going.length === 0) continue;
    const when = whenDown(turn, settings, runtime, early);
    for (const node of going) steps.push({ id: `down-${node.id}`, act: "shut-down", nodeId: node.id, roles: [...node.roles], ...when });
    early = true;
  }
  return capTimes(steps);
}

type When = Pick<PlanStep, "atSeconds" | "trigger" | "runtimeBelowSeconds">;

function whenDown(turn: NodeRole, settings: PlanSettings, runtime: Reading, afterOthers: boolean): When {
  const late = runtime === "unknown" ? "low-battery" : "runtime";
  if (turn === "storage") return { atSeconds: null, trigger: late, runtimeBelowSeconds: settings.storageRuntimeBelowSeconds };
  if (turn === "main") return { atSeconds: null, trigger: late, runtimeBelowSeconds: settings.mainRuntimeBelowSeconds };
  if (turn === "pool" && afterOthers)
    return { atSeconds: settings.llmAfterSeconds + downAllowanceSeconds, trigger: "after-previous", runtimeBelowSeconds: null };
  // The llm node, or the pool where no llm node goes before it.
  return { atSeconds: settings.llmAfterSeconds, trigger: "delay", runtimeBelowSeconds: settings.llmRuntimeBelowSeconds };
}

/** A later act pulls those before it along, so none is shown after its follower. */
function capTimes(steps: readonly Act[]): readonly Act[] {
  const earliest = (index: number) => Math.min(...steps.slice(index).map((step) => step.atSeconds ?? Infinity));
  return steps.map((step, index) => (step.atSeconds === null ? step : Object.assign(step, { atSeconds: earliest(index) })));
}

/** When each act is expected, in seconds after the outage starts, as if load stayed as it is: going down early only gains time. Null where nothing tells. */
export function expectedSeconds(steps: readonly Act[], runtime: Reading): readonly (number | null)[] {
  let turn = Infinity;
  const own = steps.map((step) => {
    if (step.trigger === "after-previous") return turn + downAllowanceSeconds;
    const byRuntime = runtime === "unknown" || step.runtimeBelowSeconds === null ? Infinity : Math.max(0, runtime - step.runtimeBelowSeconds);
    turn = Math.min(step.atSeconds ?? Infinity, byRuntime);
    return turn;
  });
  return own.map((_, index) => {
    const earliest = Math.min(...own.slice(index));
    return earliest === Infinity ? null : earliest;
  });
}

function forecast(steps: readonly Act[], runtime: Reading): Pick<ShutdownPlan, "endsAtSeconds" | "noReturnAtSeconds"> {
  const expected = expectedSeconds(steps, runtime);
  const known = (at: number | null | undefined): Reading => (runtime === "unknown" || at === null || at === undefined ? "unknown" : at);
  const end = known(steps.some((step) => step.act === "shut-down") ? expected.at(-1) : null);
  return { endsAtSeconds: end === "unknown" ? end : end + downAllowanceSeconds, noReturnAtSeconds: known(expected[pointOfNoReturn(steps)]) };
}

/** Index of the first act that takes the main role down: whoever runs the sequence goes with it, so nobody is left to call it off. -1 where no machine is main. */
export function pointOfNoReturn(steps: readonly Act[]): number {
  return steps.findIndex((step) => step.act === "shut-down" && step.roles.includes("main"));
}
