import type { PersonRole } from "../../../src/contract/roles.ts";

export type Scenario = "normal" | "quiet" | "outage" | "low" | "flapping" | "late" | "down" | "no-ups";

export interface BackendOptions {
  scenario: Scenario;
  /** How many nodes stand in the rack; 1 is a machine alone, 4 the appliance. */
  nodes: number;
  /** The role of a caller without a session; "public" makes people sign in. */
  as: PersonRole | "public";
  standing: "rack" | "new";
  demo: boolean;
  source: "nut" | "simulated";
}

export const defaults: BackendOptions = { scenario: "normal", nodes: 4, as: "owner", standing: "rack", demo: true, source: "simulated" };

const scenarios: readonly string[] = ["normal", "quiet", "outage", "low", "flapping", "late", "down", "no-ups"] satisfies Scenario[];

/** Reads a scenario's name; throws with the allowed ones. */
export function readScenario(text: string): Scenario {
  if (!scenarios.includes(text)) throw new Error(`scenario: one of ${scenarios.join(", ")}`);
  return text as Scenario;
}
