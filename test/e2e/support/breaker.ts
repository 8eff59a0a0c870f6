import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Aosd } from "../../../demo/aosd.ts";
import type { Link } from "../../../src/cli/link.ts";
import { breakerView, gateAnswer, type GateAnswer, type GateRequest } from "../../../src/contract/breaker.ts";
import type { House } from "./house.ts";

/** How the rack stands, as the CLI reads it. */
export const standing = (house: House) => house.cli.json(breakerView, "breaker");

/** Brings a rack to RUN, whatever came before; only the owner may, and reset and start are two acts for him too. */
export async function letRackRun(owner: Link, nodes: readonly Pick<Aosd, "stateDir">[]): Promise<void> {
  const now = () => owner.ask((client) => client.breaker.state());
  if ((await now()).state === "stopped") {
    await expect.poll(async () => (await now()).mayReset, { timeout: 15_000 }).toBe(true);
    await owner.ask((client) => client.breaker.reset());
  }
  if ((await now()).state === "ready") await owner.ask((client) => client.breaker.start());
  // What stopped it again, if anything did, belongs into the failure.
  const view = async () => {
    const { nodes: gates, state, cause, by, reason } = await now();
    return { state, cause, by, reason, open: gates.every((node) => node.state === "open") };
  };
  try {
    await expect.poll(view).toEqual({ state: "run", cause: null, by: null, reason: null, open: true });
  } catch (error) {
    throw new Error(`the rack does not run; its nodes' latches say:\n${latchLines(nodes)}`, { cause: error });
  }
}

/** What the nodes' logs hold of their latches. */
const latchLines = (nodes: readonly Pick<Aosd, "stateDir">[]): string =>
  nodes
    .flatMap(({ stateDir }) => readFileSync(join(stateDir, "log", "aosd.log"), "utf8").split("\n"))
    .filter((line) => line.includes('"event":"latch.'))
    .toSorted()
    .join("\n");

/** As `letRackRun`, for the worker's rack, at the level that asks about others and leaves the own folder alone. */
export async function letRun(house: House): Promise<void> {
  await house.rack.owner.ask((client) => client.breaker.autonomy.set({ level: 3 }));
  await letRackRun(house.rack.owner, house.rack.nodes);
}

type Act = Partial<Pick<GateRequest, "mode" | "approval">> & { at?: string };

/** A runtime beside the main node: asks its gate over loopback, as an agent's process does. A rehearsing one brings its own time along (`at`). */
export async function startAgent(house: House, { rehearsal = false } = {}) {
  const { token } = await house.rack.owner.ask((client) => client.breaker.runtimes.add({ name: "e2e", rehearsal }));
  const agent = {
    async act(tool: string, args: Record<string, string | number>, more: Act = {}): Promise<GateAnswer> {
      const response = await fetch(`${house.rack.main.loopback}/v1/gate`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ tool, args, agent: "main", ...more }),
      });
      return gateAnswer.parse(await response.json());
    },
    /** An act that has to be asked for: the approval's id. */
    async ask(tool: string, args: Record<string, string | number>, more: Act = {}): Promise<string> {
      const { decision, reason, params, approval } = await agent.act(tool, args, more);
      if (decision !== "ask") throw new Error(`the gate says ${decision} (${reason}) ${JSON.stringify(params)}`);
      return approval ?? "";
    },
  };
  // Each node's gate opens with its first lease after a start.
  await expect.poll(async () => (await agent.act("fs.read", { path: "README.md" })).reason, { timeout: 10_000 }).not.toMatch(/latched|starting/);
  return agent;
}
