import type { PersonRole } from "../../../src/contract/roles.ts";

export type Scenario = "normal" | "quiet" | "outage" | "low" | "flapping" | "late" | "down" | "no-ups";

/** How the stop stands when the backend starts. stopped: as a person left it, with a node that doesn't answer. */
export type LatchStart = "run" | "stopped" | "ready" | "boot" | "damaged";

export interface BackendOptions {
  latch: LatchStart;
  /** The licence's highest level of autonomy. */
  maxLevel: 1 | 2 | 3 | 4 | 5;
  scenario: Scenario;
  /** How many nodes stand in the rack; 1 is a machine alone, 4 the appliance. */
  nodes: number;
  /** The role of a caller without a session; "public" makes people sign in. */
  as: PersonRole | "public";
  standing: "rack" | "new";
  demo: boolean;
  source: "nut" | "simulated";
}

export const defaults: BackendOptions = {
  latch: "run",
  maxLevel: 5,
  scenario: "normal",
  nodes: 4,
  as: "owner",
  standing: "rack",
  demo: true,
  source: "simulated",
};

const scenarios: readonly string[] = ["normal", "quiet", "outage", "low", "flapping", "late", "down", "no-ups"] satisfies Scenario[];

/** Reads a scenario's name; throws with the allowed ones. */
export function readScenario(text: string): Scenario {
  if (!scenarios.includes(text)) throw new Error(`scenario: one of ${scenarios.join(", ")}`);
  return text as Scenario;
}

const latches: readonly string[] = ["run", "stopped", "ready", "boot", "damaged"] satisfies LatchStart[];

/** Reads how the stop stands at first; throws with the allowed words. */
export function readLatch(text: string): LatchStart {
  if (!latches.includes(text)) throw new Error(`latch: one of ${latches.join(", ")}`);
  return text as LatchStart;
}
