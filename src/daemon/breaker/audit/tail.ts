import type { Checkpoint } from "../../../contract/breaker.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { sha256 } from "./crypto.ts";
import { hex } from "./domain/bytes.ts";
import { diagnose, isSound, type BadRow } from "./domain/diagnose.ts";
import { appendLeaf, emptyFrontier, perfectParts, rootOf, type Coordinate, type Frontier } from "./domain/merkle.ts";
import { genesisOf, type ChainedRow } from "./domain/row.ts";
import { checkpointOf, entryColumns, identityOf, rowOf, signatureHolds, type LogIdentity } from "./stored.ts";

/** Where a log stands: what the next row follows on. */
export interface Head extends LogIdentity {
  frontier: Frontier;
  /** Hash of the last row, or what the first row follows on. */
  last: Uint8Array;
  /** The signed word on all of it; null while it is empty. */
  checkpoint: Checkpoint | null;
}
export type Tail = { state: "empty" } | { state: "whole"; head: Head } | { state: "damaged"; bad: BadRow };

/** Rows looked at when a log is opened; the whole of it is what the verify command reads. */
export const TAIL_ROWS = 2000;
const PAGE = 500;

/** Hashes of perfect subtrees, in the order asked for; undefined where one is missing. */
export async function readNodes(db: Database, wanted: readonly Coordinate[]): Promise<(Uint8Array | undefined)[]> {
  const found = await Promise.all(
    wanted.map(({ level, pos }) =>
      level === 0 ? db.read("SELECT hash FROM entry WHERE seq = ?", [pos + 1]) : db.read("SELECT hash FROM node WHERE level = ? AND pos = ?", [level, pos]),
    ),
  );
  return found.map(([row]) => (row?.["hash"] instanceof Uint8Array ? row["hash"] : undefined));
}

/**
 * Reads where a log stands and checks its end: the signed head, the last 2,000 rows and their links, and the root that they make. Bounded in time
 * whatever the log's size. `publicKey` is the one expected; another signer is damage.
 */
export async function readTail(db: Database, publicKey: string): Promise<Tail> {
  const identity = identityOf(await db.read("SELECT key, value FROM meta"));
  const [bounds] = await db.read("SELECT min(seq) AS first, max(seq) AS last FROM entry");
  const rows = Number(bounds?.["last"] ?? 0);
  if (identity === undefined) return rows === 0 ? { state: "empty" } : damaged(1, "checkpoint");
  if (identity.publicKey !== publicKey) return damaged(1, "rebuilt");
  const { logId } = identity;
  const [stored] = await db.read("SELECT size, root, at, signature FROM head");
  if (stored === undefined)
    return rows === 0
      ? { state: "whole", head: { ...identity, frontier: emptyFrontier, last: genesisOf(sha256, logId), checkpoint: null } }
      : damaged(1, "checkpoint");
  const head = checkpointOf(stored, logId, publicKey);
  if (!signatureHolds(head)) return damaged(Math.max(1, head.size), "checkpoint");
  if (Number(bounds?.["first"] ?? 1) < 1) return damaged(Number(bounds?.["first"]), "inserted");
  if (rows < head.size) return damaged(rows + 1, "truncated");
  if (rows > head.size) return damaged(head.size + 1, "inserted");

  const start = Math.max(0, rows - TAIL_ROWS);
  const peaks = await readNodes(db, perfectParts({ from: 0, to: start }));
  if (peaks.some((peak) => peak === undefined)) return damaged(1, "checkpoint");
  let frontier: Frontier = { size: start, peaks: peaks as Uint8Array[] };
  const [before] = start === 0 ? [genesisOf(sha256, logId)] : await readNodes(db, [{ level: 0, pos: start - 1 }]);
  if (before === undefined) return damaged(start, "deleted");
  let last = before;
  const checkpoints = new Map((await db.read("SELECT size, root, at, signature FROM checkpoint WHERE size > ?", [start])).map((r) => [Number(r["size"]), r]));
  const tail: ChainedRow[] = [];
  for (let after = start; after < rows;) {
    const page = (await db.read(`SELECT ${entryColumns} FROM entry e WHERE seq > ? ORDER BY seq LIMIT ?`, [after, PAGE])).map(rowOf);
    tail.push(...page);
    const reached = page.at(-1)?.seq;
    if (reached === undefined) break;
    after = reached;
  }
  for (const [index, row] of tail.entries()) {
    const seq = start + index + 1;
    if (!isSound(sha256, row, seq, last)) {
      const hashAt = (sound: number) => (sound > start && sound < seq ? tail[sound - start - 1]?.hash : undefined);
      return { state: "damaged", bad: diagnose(sha256, { seq, before: last, found: row, later: () => tail.slice(index + 1), hashAt }) };
    }
    frontier = appendLeaf(sha256, frontier, row.hash).frontier;
    last = row.hash;
    const checkpoint = checkpoints.get(seq);
    if (checkpoint === undefined) continue;
    const word = checkpointOf(checkpoint, logId, publicKey);
    if (!signatureHolds(word) || word.root !== hex(rootOf(sha256, frontier))) return damaged(seq, "checkpoint");
  }
  if (frontier.size !== head.size) return damaged(frontier.size + 1, "truncated");
  if (hex(rootOf(sha256, frontier)) !== head.root) return damaged(start + 1, "rebuilt");
  // Proofs are made from kept nodes: the largest are looked at here, all of them by the verify command.
  const parts = perfectParts({ from: 0, to: rows });
  const kept = await readNodes(db, parts);
  const wrong = parts.find((_, i) => hex(kept[i] ?? new Uint8Array()) !== hex(frontier.peaks[i] ?? new Uint8Array()));
  if (wrong !== undefined) return damaged(wrong.pos * 2 ** wrong.level + 1, "checkpoint");
  return { state: "whole", head: { ...identity, frontier, last, checkpoint: head } };
}

const damaged = (seq: number, kind: BadRow["kind"]): Tail => ({ state: "damaged", bad: { seq, kind } });
