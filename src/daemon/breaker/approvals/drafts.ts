import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { afterRestart, type Life } from "./domain/approval.ts";
import type { Entry } from "./entry.ts";

const kept = z.object({
  approval: z.looseObject({ id: z.string(), act: z.string(), hash: z.string() }),
  event: z.looseObject({ type: z.literal("act") }),
  batch: z.string(),
  grant: z.object({ scope: z.enum(["recipient", "host"]), value: z.string(), key: z.string() }).nullable(),
});
const states = ["waiting", "approved"] as const;

/** Drafts on disk: they outlive the daemon, as far as it can be said how long they had left. */
export function createDrafts({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  const saved = ({ approval, event, batch, grant }: Entry) => JSON.stringify({ approval, event, batch, grant });
  return {
    async load(): Promise<Entry[]> {
      const rows = await db.read("SELECT id, body, state, hash, left_ms, seen_at FROM gate_draft");
      return rows.flatMap((row) => {
        try {
          const body = kept.parse(JSON.parse(String(row["body"]))) as unknown as Pick<Entry, "approval" | "event" | "batch" | "grant">;
          const state = states.find((one) => one === row["state"]);
          if (state === undefined || body.approval.hash !== row["hash"]) return [];
          const life: Life = { state, mode: "draft", hash: body.approval.hash, until: 0 };
          const away = clock.now() - Number(row["seen_at"]);
          return [{ ...body, life: afterRestart(life, Number(row["left_ms"]), away, clock.mono()) }];
        } catch (error) {
          log.warn("approvals.draft-unreadable", { error });
          return [];
        }
      });
    },
    /** Resolves once it is on disk. */
    save: (entry: Entry) =>
      db.write([
        {
          sql: "INSERT INTO gate_draft (id, body, state, hash, left_ms, seen_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, left_ms = excluded.left_ms, seen_at = excluded.seen_at",
          params: [entry.approval.id, saved(entry), entry.life.state, entry.life.hash, entry.life.until - clock.mono(), clock.now()],
        },
      ]),
    /** Used, denied or over: what is not there can't be used again. */
    drop: (ids: readonly string[]) => db.write(ids.map((id) => ({ sql: "DELETE FROM gate_draft WHERE id = ?", params: [id] }))),
    /** Notes what is left, so that a clock set back while nothing ran gains nobody much. */
    seen: (entries: readonly Entry[]) =>
      db.write(
        entries.map((one) => ({
          sql: "UPDATE gate_draft SET left_ms = ?, seen_at = ? WHERE id = ?",
          params: [one.life.until - clock.mono(), clock.now(), one.approval.id],
        })),
      ),
  };
}
