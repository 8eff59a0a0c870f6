import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { breakerView, gateAnswer, type GateAnswer } from "../../../src/contract/breaker.ts";
import type { House } from "./house.ts";

/** How the rack stands, as the CLI reads it. */
export const standing = (house: House) => house.cli.json(breakerView, "breaker");

/** Brings the rack to RUN, whatever came before; only the owner may, and reset and start are two acts for him too. */
export async function letRun(house: House): Promise<void> {
  const { owner } = house.rack;
  if ((await standing(house)).state === "stopped") {
    await expect.poll(async () => (await standing(house)).mayReset, { timeout: 15_000 }).toBe(true);
    await owner.ask((client) => client.breaker.reset());
  }
  if ((await standing(house)).state === "ready") await owner.ask((client) => client.breaker.start());
  // What stopped it again, if anything did, belongs into the failure.
  const view = async () => {
    const { state, cause, by, reason } = await standing(house);
    return { state, cause, by, reason };
  };
  try {
    await expect.poll(view).toEqual({ state: "run", cause: null, by: null, reason: null });
  } catch (error) {
    throw new Error(`the rack does not run; its nodes' latches say:\n${latchLines(house)}`, { cause: error });
  }
}

/** What the nodes' logs hold of their latches. */
const latchLines = (house: House): string =>
  house.rack.nodes
    .flatMap(({ stateDir }) => readFileSync(join(stateDir, "log", "aosd.log"), "utf8").split("\n"))
    .filter((line) => line.includes('"event":"latch.'))
    .toSorted()
    .join("\n");

/** A runtime beside the main node: asks its gate over loopback, as an agent's process does. */
export async function startAgent(house: House) {
  const { token } = await house.rack.owner.ask((client) => client.breaker.runtimes.add({ name: "e2e" }));
  const agent = {
    async act(tool: string, args: Record<string, string | number>, more: { mode?: "live" | "draft" } = {}): Promise<GateAnswer> {
      const response = await fetch(`${house.rack.main.loopback}/v1/gate`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ tool, args, agent: "main", ...more }),
      });
      return gateAnswer.parse(await response.json());
    },
  };
  // Each node's gate opens with its first lease after a start.
  await expect.poll(async () => (await agent.act("fs.read", { path: "README.md" })).reason, { timeout: 10_000 }).not.toMatch(/latched|starting/);
  return agent;
}
