import { join } from "node:path";
import SQLite from "better-sqlite3";
import { createHouse } from "./house.ts";

export interface Kills {
  kills: number;
  /** Kills that landed while at least one write waited for its acknowledgement. */
  inFlight: number;
  acknowledged: number;
  recovered: number;
  /** Starts after a kill in which the databases opened and passed SQLite's whole integrity check. */
  clean: number;
}

const WRITERS = 4;

/**
 * Kills a real main node with -9 again and again while people are invited, each time at another moment, and starts it again on the
 * same folder. `moment` gives the wait before each kill, 0 to 1.
 */
export async function killWhileInviting(count: number, moment: () => number): Promise<Kills> {
  const house = createHouse("kills");
  const acknowledged = new Set<string>();
  const tally: Kills = { kills: 0, inFlight: 0, acknowledged: 0, recovered: 0, clean: 0 };
  try {
    const first = await house.startMain("main");
    await first.node.stop();
    for (let kill = 0; kill < count; kill++) {
      const node = await house.start("main", ["--roles", "main"]);
      if (kill > 0 && isClean(node.stateDir)) tally.clean += 1;
      const owner = await house.signIn(node, first.token);
      let waiting = 0;
      let dead = false;
      const write = async (writer: number) => {
        for (let i = 0; !dead; i++) {
          waiting += 1;
          try {
            const { person } = await owner.client.access.person.invite({ name: `${kill}-${writer}-${i}`, role: "viewer", days: null });
            acknowledged.add(person.id);
          } catch {
            // The answer died with the daemon: nothing was promised.
            return;
          } finally {
            waiting -= 1;
          }
        }
      };
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      await new Promise((resolve) => setTimeout(resolve, 10 + moment() * 150));
      process.kill(node.pid, "SIGKILL");
      tally.kills += 1;
      if (waiting > 0) tally.inFlight += 1;
      dead = true;
      await node.stop();
      owner.close();
      await Promise.all(writers);
    }
    const last = await house.start("main", ["--roles", "main"]);
    if (isClean(last.stateDir)) tally.clean += 1;
    const owner = await house.signIn(last, first.token);
    const found = new Set((await owner.ask((client) => client.access.person.list(), 60_000)).people.map((person) => person.id));
    tally.acknowledged = acknowledged.size;
    tally.recovered = [...acknowledged].filter((id) => found.has(id)).length;
    return tally;
  } finally {
    await house.end();
  }
}

/** Looked at while the daemon that recovered them holds them open: recovering is its work, not ours. */
function isClean(stateDir: string): boolean {
  return ["aos.db", "health.db"].every((name) => {
    const db = new SQLite(join(stateDir, name), { readonly: true });
    try {
      return db.pragma("integrity_check", { simple: true }) === "ok" && (db.pragma("foreign_key_check") as unknown[]).length === 0;
    } finally {
      db.close();
    }
  });
}
