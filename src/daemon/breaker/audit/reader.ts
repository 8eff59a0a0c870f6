import type { Checkpoint } from "../../../contract/breaker.ts";
import type { Database, SqlRow, SqlValue } from "../../kernel/sqlite/database.ts";
import { openPayload } from "./crypto.ts";
import { fromHex, hex } from "./domain/bytes.ts";
import type { Json } from "./domain/canonical.ts";
import { sha256 } from "./crypto.ts";
import { consistencyRanges, foldPeaks, inclusionRanges, perfectParts, type Range } from "./domain/merkle.ts";
import type { ChainedRow } from "./domain/row.ts";
import { checkpointOf, entryColumns, rowOf, type LogIdentity } from "./stored.ts";
import { readNodes } from "./tail.ts";

/** A row as people and exports see it; hashes in hex. */
export interface AuditRow extends Omit<ChainedRow, "prev" | "hash" | "subject"> {
  title: { code: string; params: Record<string, string | number> };
  prev: string;
  hash: string;
}
/** erased: its key was destroyed. broken: box, key and hash don't belong together. */
export type AuditPayload = { state: "none" } | { state: "present"; value: Json } | { state: "erased" } | { state: "broken" };
export interface AuditEntryRow extends AuditRow {
  payload: AuditPayload;
}

export interface RowFilter {
  from?: number;
  to?: number;
  actor?: string;
  via?: string;
  class?: string;
  kind?: string;
  decision?: string;
  reason?: string;
  act?: string;
  /** Looked for in actor, reason and title. */
  text?: string;
}
export interface ActFilter extends RowFilter {
  /** What became of it; `unknown` are those that nobody saw end. */
  outcome?: string;
}
/** One act, or one row that stands alone: its first row and what its later ones made of it. */
export interface AuditAct {
  first: AuditRow;
  lastSeq: number;
  decision: string | null;
  reason: string | null;
  outcome: string | null;
  /** running: an intent without outcome, in this run. unknown: nobody saw how it ended. */
  open: "no" | "running" | "unknown";
}
/** `next`: where to go on (`before`), null at the end. A page may be empty and still have a next: a search goes through 20,000 rows at a time. */
export interface Page<T> {
  items: T[];
  next: number | null;
}
export interface AuditCounts {
  all: number;
  /** By verdict; rows without one are in `all` only. */
  decisions: Record<string, number>;
  unknown: number;
}
export interface OpenIntent {
  act: string;
  seq: number;
  at: number;
  state: "running" | "unknown";
  title: AuditRow["title"];
  actor: string;
}

/** Rows that one search goes through: reads share the writer's thread, and an intent must not wait long behind them. */
const WINDOW = 20_000;
const MOST = 200;
const openStates = ["no", "running", "unknown"] as const;

/** A row as people see it. */
export function viewOf(row: ChainedRow): AuditRow {
  const { prev, hash, subject, ...body } = row;
  return { ...body, title: JSON.parse(subject) as AuditRow["title"], prev: hex(prev), hash: hex(hash) };
}

/** Everything that is read of an opened log. */
export function createReader(db: () => Database, identity: () => LogIdentity | undefined) {
  const payloadOf = (row: ChainedRow, r: SqlRow): AuditPayload => {
    const hash = row.payloadHash === null ? undefined : fromHex(row.payloadHash);
    if (hash === undefined) return { state: "none" };
    const [iv, box, key, salt] = [r["iv"], r["box"], r["key"], r["salt"]];
    if (!(iv instanceof Uint8Array) || !(box instanceof Uint8Array)) return { state: "broken" };
    if (!(key instanceof Uint8Array) || !(salt instanceof Uint8Array)) return { state: "erased" };
    const text = openPayload(identity()?.logId ?? "", row.seq, { iv, box, key, salt, hash });
    return text === undefined ? { state: "broken" } : { state: "present", value: JSON.parse(text) as Json };
  };
  const withPayloads = async (where: string, params: readonly SqlValue[]): Promise<AuditEntryRow[]> => {
    const rows = await db().read(
      `SELECT ${entryColumns}, p.iv, p.box, k.key, k.salt FROM entry e LEFT JOIN payload p ON p.seq = e.seq LEFT JOIN payload_key k ON k.seq = e.seq WHERE ${where}`,
      params,
    );
    return rows.map((r) => ({ ...viewOf(rowOf(r)), payload: payloadOf(rowOf(r), r) }));
  };
  const proof = async (ranges: readonly Range[]): Promise<string[] | undefined> => {
    const parts: string[] = [];
    for (const range of ranges) {
      const hashes = await readNodes(db(), perfectParts(range));
      if (hashes.some((hash) => hash === undefined)) return undefined;
      parts.push(hex(foldPeaks(sha256, hashes as Uint8Array[])));
    }
    return parts;
  };
  const size = async () => Number((await db().read("SELECT size FROM head"))[0]?.["size"] ?? 0);
  const newest = async () => Number((await db().read("SELECT max(seq) AS last FROM entry"))[0]?.["last"] ?? 0);

  return {
    /** Rows, newest first. `before` is the last page's `next`. */
    async query(filter: RowFilter = {}, before?: number, limit = 50): Promise<Page<AuditRow>> {
      const top = before ?? (await newest()) + 1;
      const { sql, params } = conditions(filter);
      const least = Math.min(limit, MOST);
      const floor = Math.max(0, top - WINDOW);
      const found = await db().read(`SELECT ${entryColumns} FROM entry e WHERE e.seq < ? AND e.seq >= ?${sql} ORDER BY e.seq DESC LIMIT ?`, [
        top,
        floor,
        ...params,
        least,
      ]);
      const items = found.map((r) => viewOf(rowOf(r)));
      return { items, next: nextOf(items.at(-1)?.seq, items.length === least, floor) };
    },
    /** Acts with what became of them, newest first. */
    async acts(filter: ActFilter = {}, before?: number, limit = 50): Promise<Page<AuditAct>> {
      const top = before ?? (await newest()) + 1;
      const { decision, reason, outcome, ...rest } = filter;
      const { sql, params } = conditions(rest);
      const ends = Object.entries({ decision, reason, outcome }).filter((one): one is [string, string] => one[1] !== undefined);
      const least = Math.min(limit, MOST);
      const floor = Math.max(0, top - WINDOW);
      const found = await db().read(
        `SELECT ${entryColumns}, a.last, a.decision AS a_decision, a.reason AS a_reason, a.outcome, a.open FROM act a JOIN entry e ON e.seq = a.first
          WHERE a.first < ? AND a.first >= ?${sql}${ends.map(([name]) => ` AND a.${name} = ?`).join("")} ORDER BY a.first DESC LIMIT ?`,
        [top, floor, ...params, ...ends.map(([, value]) => value), least],
      );
      const items = found.map((r): AuditAct => ({
        first: viewOf(rowOf(r)),
        lastSeq: Number(r["last"]),
        decision: r["a_decision"] as string | null,
        reason: r["a_reason"] as string | null,
        outcome: r["outcome"] as string | null,
        open: openStates[Number(r["open"])] ?? "unknown",
      }));
      return { items, next: nextOf(items.at(-1)?.first.seq, items.length === least, floor) };
    },
    /** All rows of an act, or the one row of a seq with the rest of its act, with their payloads. Empty when there is none. */
    async entry(of: { seq: number } | { act: string }): Promise<AuditEntryRow[]> {
      if ("act" in of) return withPayloads("e.act = ? ORDER BY e.seq LIMIT 200", [of.act]);
      const [row] = await db().read("SELECT act FROM entry WHERE seq = ?", [of.seq]);
      if (row === undefined) return [];
      const { act } = row;
      return typeof act === "string" ? withPayloads("e.act = ? ORDER BY e.seq LIMIT 200", [act]) : withPayloads("e.seq = ?", [of.seq]);
    },
    /** Rows in order with payloads, after `after`; for replays and exports. */
    entries: (after: number, limit = 500, range: { from?: number; to?: number } = {}): Promise<AuditEntryRow[]> => {
      const { sql, params } = conditions(range);
      return withPayloads(`e.seq > ?${sql} ORDER BY e.seq LIMIT ?`, [after, ...params, Math.min(limit, 500)]);
    },
    /** Acts by verdict in each of the given spans (from inclusive, to exclusive); days are cut by the caller, who knows the zone. */
    async counts(spans: readonly { from: number; to: number }[]): Promise<AuditCounts[]> {
      const all: AuditCounts[] = [];
      for (const { from, to } of spans) {
        const rows = await db().read(
          "SELECT decision, count(*) AS n, sum(outcome = 'unknown') AS unknown FROM act WHERE at >= ? AND at < ? GROUP BY decision",
          [from, to],
        );
        const sum = (name: string) => rows.reduce((total, r) => total + Number(r[name] ?? 0), 0);
        const decisions = Object.fromEntries(rows.filter((r) => r["decision"] !== null).map((r) => [String(r["decision"]), Number(r["n"])]));
        all.push({ all: sum("n"), decisions, unknown: sum("unknown") });
      }
      return all;
    },
    /** Who appears in the log's newest 20,000 rows. */
    actors: async () =>
      (await db().read("SELECT DISTINCT actor FROM entry WHERE seq > ? ORDER BY actor LIMIT 200", [(await newest()) - WINDOW])).map((r) => String(r["actor"])),
    /** Intents whose end isn't recorded, oldest first (at most 500): those of this run, and those that a crash cut off until somebody settles them. */
    openIntents: async (): Promise<OpenIntent[]> =>
      (
        await db().read(
          "SELECT a.name, a.first, a.at, a.open, e.subject, e.actor FROM act a JOIN entry e ON e.seq = a.first WHERE a.open > 0 ORDER BY a.first LIMIT 500",
        )
      ).map((r) => ({
        act: String(r["name"]),
        seq: Number(r["first"]),
        at: Number(r["at"]),
        state: r["open"] === 1 ? "running" : "unknown",
        title: JSON.parse(String(r["subject"])) as AuditRow["title"],
        actor: String(r["actor"]),
      })),
    size,
    /** RFC 9162 section 2.1.4 (hex); undefined when the sizes aren't ones of this log. */
    consistency: async (from: number, to: number): Promise<string[] | undefined> =>
      from < 0 || from > to || to > (await size()) ? undefined : proof(consistencyRanges(from, to)),
    /** RFC 9162 section 2.1.3 (hex) for row `seq` in the log of `to` rows; undefined when there is no such row. */
    inclusion: async (seq: number, to: number): Promise<string[] | undefined> =>
      seq < 1 || seq > to || to > (await size()) ? undefined : proof(inclusionRanges(seq - 1, to)),
    /** Kept checkpoints and the head, after `after` and up to `to`, by size. */
    async checkpoints(after: number, to: number): Promise<Checkpoint[]> {
      const log = identity();
      if (log === undefined) return [];
      const rows = await db().read(
        "SELECT size, root, at, signature FROM checkpoint WHERE size > ? AND size <= ? UNION SELECT size, root, at, signature FROM head WHERE size > ? AND size <= ? ORDER BY size LIMIT 64",
        [after, to, after, to],
      );
      return rows.map((r) => checkpointOf(r, log.logId, log.publicKey));
    },
  };
}
export type Reader = ReturnType<typeof createReader>;

const nextOf = (lowest: number | undefined, full: boolean, floor: number): number | null => {
  const next = full && lowest !== undefined ? lowest : floor;
  return next > 1 ? next : null;
};

function conditions(filter: RowFilter): { sql: string; params: SqlValue[] } {
  const { from, to, text, ...same } = filter;
  const equal = Object.entries(same).filter((one): one is [string, string] => one[1] !== undefined);
  const sql = equal.map(([name]) => ` AND e.${columnOf(name)} = ?`);
  const params: SqlValue[] = equal.map(([, value]) => value);
  if (from !== undefined) {
    sql.push(" AND e.at >= ?");
    params.push(from);
  }
  if (to !== undefined) {
    sql.push(" AND e.at < ?");
    params.push(to);
  }
  if (text !== undefined && text !== "") {
    sql.push(" AND (instr(lower(e.actor), lower(?)) OR instr(lower(coalesce(e.reason, '')), lower(?)) OR instr(lower(e.subject), lower(?)))");
    params.push(text, text, text);
  }
  return { sql: sql.join(""), params };
}

/** Names come from types, but a filter may come from the wire: only these reach the statement. */
function columnOf(name: string): string {
  if (!["actor", "via", "class", "kind", "decision", "reason", "act"].includes(name)) throw new Error(`no filter ${name}`);
  return name;
}
