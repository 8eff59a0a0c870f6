import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Database, Migration, SqlValue } from "../../kernel/sqlite/database.ts";
import type { LedgerRow, OpenRow, Totals } from "./domain/row.ts";

/** What left this machine, one row for each connection. Both reject when the row can't be kept; then nothing may leave. */
export interface Ledger {
  open(row: OpenRow): Promise<string>;
  close(id: string, totals: Totals): Promise<void>;
}

export interface LedgerFilter {
  /** Instants in milliseconds since the epoch, from inclusive, to exclusive. */
  from?: number;
  to?: number;
  host?: string;
  agent?: string;
  act?: string;
  /** Newest first; 1 to 1000, 200 if not said. */
  limit?: number;
}

/** For the pool's database of its own, durability "full". */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: "egress",
    sql: `CREATE TABLE egress (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      act TEXT NOT NULL,
      agent TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      host TEXT NOT NULL,
      port INTEGER NOT NULL,
      method TEXT NOT NULL,
      address TEXT NOT NULL,
      class TEXT NOT NULL CHECK (class IN ('8a', '8b')),
      approved_by TEXT NOT NULL,
      opened_at INTEGER NOT NULL,
      closed_at INTEGER,
      bytes_out INTEGER,
      bytes_in INTEGER,
      bytes_unsure INTEGER,
      sha256 TEXT,
      outcome TEXT NOT NULL CHECK (outcome IN ('open', 'done', 'cut', 'failed', 'unknown'))
    ) STRICT;
    CREATE INDEX egress_opened ON egress (opened_at);
    CREATE INDEX egress_host ON egress (host, opened_at);
    CREATE INDEX egress_act ON egress (act);`,
  },
];

const known = z
  .number()
  .nullable()
  .transform((value) => value ?? ("unknown" as const));
const stored = z.object({
  id: z.string(),
  act: z.string(),
  agent: z.string(),
  epoch: z.number(),
  host: z.string(),
  port: z.number(),
  method: z.string(),
  address: z.string(),
  class: z.enum(["8a", "8b"]),
  approved_by: z.string(),
  opened_at: z.number(),
  closed_at: known,
  bytes_out: known,
  bytes_in: known,
  bytes_unsure: known,
  sha256: z
    .string()
    .nullable()
    .transform((value) => value ?? "unknown"),
  outcome: z.enum(["open", "done", "cut", "failed", "unknown"]),
});

/** The ledger in SQLite. */
export function createLedger({ db, clock, ids }: { db: Database; clock: Clock; ids: Ids }) {
  return {
    async open(row: OpenRow): Promise<string> {
      const id = ids.id();
      const changed = await db.write([
        {
          sql: `INSERT INTO egress (id, act, agent, epoch, host, port, method, address, class, approved_by, opened_at, outcome)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')`,
          params: [id, row.act, row.agent, row.epoch, row.host, row.port, row.method, row.address, row.class, row.approvedBy, Math.round(clock.now())],
        },
      ]);
      if (changed !== 1) throw new Error("the ledger did not keep the row");
      return id;
    },
    async close(id: string, totals: Totals): Promise<void> {
      const changed = await db.write([
        {
          sql: "UPDATE egress SET closed_at = ?, bytes_out = ?, bytes_in = ?, bytes_unsure = ?, sha256 = ?, outcome = ? WHERE id = ? AND outcome = 'open'",
          params: [Math.round(clock.now()), totals.bytesOut, totals.bytesIn, totals.bytesUnsure, totals.sha256, totals.outcome, id],
        },
      ]);
      if (changed !== 1) throw new Error("the ledger has no such open row");
    },
    /** At start: what was open when the daemon died stays with an unknown end. Returns how many. */
    settle: (): Promise<number> => db.write([{ sql: "UPDATE egress SET outcome = 'unknown' WHERE outcome = 'open'" }]),
    /** Bytes that left, over all rows whose end is known. */
    async bytesOut(): Promise<number> {
      const [row] = await db.read("SELECT COALESCE(SUM(bytes_out), 0) AS total FROM egress");
      return z.number().parse(row?.["total"]);
    },
    async list(filter: LedgerFilter = {}): Promise<LedgerRow[]> {
      const where: string[] = [];
      const params: SqlValue[] = [];
      const add = (clause: string, value: SqlValue | undefined) => {
        if (value === undefined) return;
        where.push(clause);
        params.push(value);
      };
      add("opened_at >= ?", filter.from);
      add("opened_at < ?", filter.to);
      add("host = ?", filter.host);
      add("agent = ?", filter.agent);
      add("act = ?", filter.act);
      params.push(Math.min(1000, Math.max(1, filter.limit ?? 200)));
      const rows = await db.read(`SELECT * FROM egress ${where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`} ORDER BY seq DESC LIMIT ?`, params);
      return rows.map((row) => {
        const { approved_by, opened_at, closed_at, bytes_out, bytes_in, bytes_unsure, ...rest } = stored.parse(row);
        return {
          ...rest,
          approvedBy: approved_by,
          openedAt: opened_at,
          closedAt: closed_at,
          bytesOut: bytes_out,
          bytesIn: bytes_in,
          bytesUnsure: bytes_unsure,
        };
      });
    },
  };
}
export type SqliteLedger = ReturnType<typeof createLedger>;
