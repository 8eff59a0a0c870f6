import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActivityEntry, Level } from "../../../src/contract/breaker.ts";
import type { Link } from "../../../src/cli/link.ts";
import { startAosd, type Aosd } from "../../../demo/aosd.ts";
import { demoLicence } from "../../../demo/licence.ts";
import { listedHosts } from "../../../demo/rehearsal/player.ts";
import { startWorld, type World } from "../../../demo/rehearsal/world.ts";
import { quiet, until } from "./house.ts";

export interface BreakerHouse {
  dir: string;
  stateDir: string;
  workspace: string;
  world: World;
  /** The local account, which owns this aosd. */
  owner(): Link;
  node(): Aosd;
  /** A person's reset, where one is needed, and start; acts that nobody saw end are settled first. */
  run(): Promise<void>;
  setLevel(level: Level): Promise<void>;
  /** A further link, as the person that a session stands for. */
  signIn(token: string): Promise<Link>;
  /** The same state folder under a new process; `SIGKILL` leaves the old one no time. */
  restart(how: "SIGTERM" | "SIGKILL"): Promise<void>;
  end(): Promise<void>;
}

/** One real aosd with every role and every level, its simulated far servers, and the hosts of these listed. Stopped, as each boot is. */
export async function startBreakerHouse(label: string): Promise<BreakerHouse> {
  const dir = mkdtempSync(join(tmpdir(), `aos-${label}-`));
  const stateDir = join(dir, "state");
  const workspace = join(dir, "work");
  const flags = [...quiet, ...demoLicence(dir, Date.now()), "--demo", "--desktop", "--name", label, "--workspace", workspace];
  const world = await startWorld();
  let node = await startAosd(stateDir, flags);
  const links: Link[] = [];
  const owner = () => node.link;
  for (const host of listedHosts) {
    await owner().ask((client) => client.breaker.egress.allow({ host }));
    await owner().ask((client) => client.breaker.egress.allow({ host: `${host}:${world.port}` }));
  }
  const state = () => owner().ask((client) => client.breaker.state());
  return {
    dir,
    stateDir,
    workspace,
    world,
    owner,
    node: () => node,
    async run() {
      if ((await state()).state === "stopped") {
        for (const { act } of (await state()).interrupted) await owner().ask((client) => client.breaker.settle({ act, outcome: "not-done" }));
        await until("a stop that can be reset", 10_000, async () => (await state()).mayReset);
        await owner().ask((client) => client.breaker.reset());
      }
      if ((await state()).state === "ready") await owner().ask((client) => client.breaker.start());
    },
    async setLevel(level) {
      await owner().ask((client) => client.breaker.autonomy.set({ level }));
    },
    async signIn(token) {
      const link = await node.signIn(token);
      links.push(link);
      return link;
    },
    async restart(how) {
      if (how === "SIGKILL") {
        process.kill(node.pid, "SIGKILL");
        await node.ended;
      }
      await node.stop();
      node = await startAosd(stateDir, flags);
    },
    async end() {
      for (const link of links) link.close();
      await node.stop();
      await world.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Every act in the log by its id, with its verdict and what became of it. */
export async function actsOf(owner: Link): Promise<Map<string, ActivityEntry>> {
  const found = new Map<string, ActivityEntry>();
  for (let before: number | undefined; ;) {
    const page = await owner.ask((client) =>
      client.breaker.activity.list({ filter: { kind: "act" }, limit: 200, ...(before === undefined ? {} : { before }) }),
    );
    for (const entry of page.entries) if (entry.act !== null) found.set(entry.act, entry);
    if (page.next === null) return found;
    before = page.next;
  }
}
