import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { RuntimeView } from "../../contract/breaker.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Database } from "../kernel/sqlite/database.ts";

const tool = z.object({ command: z.string().max(4096), args: z.array(z.string().max(4096)).max(64), network: z.enum(["none", "proxy"]) });
const toolMap = z.record(z.string().max(128), tool);
export type RuntimeTool = z.infer<typeof tool>;

export interface Runtime {
  id: string;
  name: string;
  tools: Readonly<Record<string, RuntimeTool>>;
  /** May say at which instant its events happen. */
  rehearsal: boolean;
  at: number;
}
interface Kept extends Runtime {
  digest: Buffer;
  seenMono: number | null;
}

const digestOf = (token: string) => createHash("sha256").update(token).digest();
const LONGEST_TOKEN = 200;

/** Programs that may ask the gate, each with a token of its own: shown once, kept as a hash, compared in constant time. */
export async function createRuntimes({ db, clock, ids }: { db: Database; clock: Clock; ids: Ids }) {
  const all = new Map<string, Kept>();
  for (const row of await db.read("SELECT id, name, token_hash, tools, rehearsal, at FROM gate_runtime")) {
    const tools = toolMap.safeParse(JSON.parse(String(row["tools"])));
    // One whose tools can't be read has none.
    all.set(String(row["id"]), {
      id: String(row["id"]),
      name: String(row["name"]),
      digest: Buffer.from(String(row["token_hash"]), "hex"),
      tools: tools.success ? tools.data : {},
      rehearsal: row["rehearsal"] === 1,
      at: Number(row["at"]),
      seenMono: null,
    });
  }
  const view = (one: Kept): RuntimeView => ({
    id: one.id,
    name: one.name,
    at: one.at,
    seenAgeMs: one.seenMono === null ? null : Math.max(0, clock.mono() - one.seenMono),
    tools: Object.keys(one.tools),
    rehearsal: one.rehearsal,
  });
  return {
    list: (): RuntimeView[] => [...all.values()].map(view),
    get: (id: string): Runtime | null => all.get(id) ?? null,
    /** The token is in the answer and nowhere else. */
    async add({
      name,
      tools,
      rehearsal,
    }: {
      name: string;
      tools: Readonly<Record<string, RuntimeTool>>;
      rehearsal: boolean;
    }): Promise<{ runtime: RuntimeView; token: string }> {
      const token = ids.token();
      const one: Kept = { id: ids.id(), name, tools: toolMap.parse(tools), rehearsal, at: clock.now(), digest: digestOf(token), seenMono: null };
      await db.write([
        {
          sql: "INSERT INTO gate_runtime (id, name, token_hash, tools, rehearsal, at) VALUES (?, ?, ?, ?, ?, ?)",
          params: [one.id, name, one.digest.toString("hex"), JSON.stringify(one.tools), rehearsal ? 1 : 0, one.at],
        },
      ]);
      all.set(one.id, one);
      return { runtime: view(one), token };
    },
    /** False: there is none. Its token counts no more from the moment it is called. */
    async remove(id: string): Promise<boolean> {
      if (!all.delete(id)) return false;
      await db.write([{ sql: "DELETE FROM gate_runtime WHERE id = ?", params: [id] }]);
      return true;
    },
    /** Whose token it is; null: nobody's. Takes the same time whichever it is. */
    byToken(token: string): Runtime | null {
      const digest = digestOf(token.slice(0, LONGEST_TOKEN));
      let found: Kept | null = null;
      for (const one of all.values())
        if (one.digest.length === digest.length && timingSafeEqual(one.digest, digest) && token.length <= LONGEST_TOKEN) found = one;
      if (found) found.seenMono = clock.mono();
      return found;
    },
  };
}
export type Runtimes = Awaited<ReturnType<typeof createRuntimes>>;
