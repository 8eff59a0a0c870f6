import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { SPEND_WINDOW_MS } from "./domain/panic/spend.ts";
import type { Spent } from "./domain/types.ts";

/** What was spent, across restarts: the sums of the last 24 hours don't begin anew because the daemon did. */
export function createSpending({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  return {
    add(kind: "money" | "tokens", act: string, amount: number): void {
      if (amount <= 0) return;
      db.write([
        { sql: "INSERT OR REPLACE INTO gate_spent (act, kind, amount, at) VALUES (?, ?, ?, ?)", params: [`${kind} ${act}`, kind, amount, clock.now()] },
        { sql: "DELETE FROM gate_spent WHERE at < ?", params: [clock.now() - 2 * SPEND_WINDOW_MS] },
      ]).catch((error: unknown) => log.error("gate.spending-not-written", { error }));
    },
    /** Of the last 24 hours by the wall clock; what seems to lie in the future was just now. Rejects when it can't be read. */
    async carried(): Promise<{ spent: Spent[]; tokens: Spent[] }> {
      const rows = await db.read("SELECT kind, amount, at FROM gate_spent WHERE at > ? ORDER BY at LIMIT 2000", [clock.now() - SPEND_WINDOW_MS]);
      const of = (kind: string) =>
        rows.filter((row) => row["kind"] === kind).map((row) => ({ ageMs: Math.max(0, clock.now() - Number(row["at"])), amount: Number(row["amount"]) }));
      return { spent: of("money"), tokens: of("tokens") };
    },
  };
}
export type Spending = ReturnType<typeof createSpending>;
