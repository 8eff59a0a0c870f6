import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const scenarios = ["normal", "outage", "flapping"] as const;
export type Scenario = (typeof scenarios)[number];

/** A piece of a scenario: variables to set, then so many seconds of standing still. */
export interface Scene {
  vars: Readonly<Record<string, string>>;
  seconds: number;
}

/** Where the `.seq` file of a scenario is: the real dummy-ups and our simulator play the same one. */
export const scenarioFile = (scenario: Scenario): string => fileURLToPath(new URL(`./scenarios/${scenario}.seq`, import.meta.url));

/** Reads a `.seq` file as dummy-ups does: `name: value` lines and `TIMER seconds`; `#` begins a remark. */
export function readScenes(file: string): Scene[] {
  const scenes: Scene[] = [];
  let vars: Record<string, string> = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const timer = /^TIMER\s+(\d+(?:\.\d+)?)/.exec(line)?.[1];
    const [, name, value] = /^([a-z0-9.]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (timer !== undefined) {
      scenes.push({ vars, seconds: Number(timer) });
      vars = {};
    } else if (name !== undefined && value !== undefined) vars[name] = value;
  }
  // What stands after the last timer belongs to the end of the round, without a stay of its own.
  if (Object.keys(vars).length > 0) scenes.push({ vars, seconds: 0 });
  return scenes;
}
