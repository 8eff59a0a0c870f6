import { join } from "node:path";
import type { Level } from "../../src/contract/breaker.ts";
import type { DemoRack } from "../rack.ts";
import { readDay } from "./day.ts";
import { listedHosts, playDay, type Rehearsal } from "./player.ts";
import { startWorld } from "./world.ts";

export interface RehearseOptions {
  name: string;
  level: Level;
  /** Only the ordinary hours, without what makes the day an incident. */
  plain?: boolean;
  signal: AbortSignal;
  say(line: string): void;
}

/** Prepares a demo rack for a day (world, hosts, level, a person's reset and start) and plays it. */
export async function rehearse(
  rack: Pick<DemoRack, "dir" | "main" | "owner">,
  { name, level, plain = false, signal, say }: RehearseOptions,
): Promise<Rehearsal> {
  const world = await startWorld();
  try {
    const { owner } = rack;
    for (const host of listedHosts) {
      await owner.ask((client) => client.breaker.egress.allow({ host }));
      await owner.ask((client) => client.breaker.egress.allow({ host: `${host}:${world.port}` }));
    }
    await owner.ask((client) => client.breaker.autonomy.set({ level }));
    const { state } = await owner.ask((client) => client.breaker.state());
    if (state === "stopped") await untilResettable(rack, signal);
    if (state !== "run") await owner.ask((client) => client.breaker.start());
    const workspace = join(rack.dir, "workspace");
    return await playDay({ day: readDay(name, { plain }), date: today(), owner, loopback: rack.main.loopback, workspace, world, signal, say });
  } finally {
    await world.stop();
  }
}

/** The nodes need a moment to say that they are stopped. */
async function untilResettable({ owner }: Pick<DemoRack, "owner">, signal: AbortSignal): Promise<void> {
  const until = performance.now() + 20_000;
  for (;;) {
    signal.throwIfAborted();
    const view = await owner.ask((client) => client.breaker.state());
    if (view.mayReset) break;
    if (performance.now() > until) throw new Error(`the stop can't be reset: ${JSON.stringify(view.checks.filter((check) => !check.ok))}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await owner.ask((client) => client.breaker.reset());
}

const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Seoul" }).format(Date.now());
