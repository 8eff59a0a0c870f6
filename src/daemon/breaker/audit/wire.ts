import { z } from "zod";
import { checkpoint, type Checkpoint } from "../../../contract/breaker.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { fromHex, hex } from "./domain/bytes.ts";
import type { ChainedRow } from "./domain/row.ts";
import type { Reader } from "./reader.ts";
import { entryColumns, rowOf } from "./stored.ts";

const bytes = z.string().regex(/^[A-Za-z0-9_-]*$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A row on its way to the copy on another node; contents stay sealed. `key` is null once it was erased. Bytes in base64url, hashes in hex. */
export const wireRow = z.object({
  seq: z.number().int().positive(),
  at: z.number().int(),
  actor: z.string(),
  via: z.string(),
  class: z.string().nullable(),
  kind: z.string(),
  decision: z.string().nullable(),
  reason: z.string().nullable(),
  act: z.string().nullable(),
  subject: z.string(),
  epoch: z.number().int(),
  payloadHash: hash.nullable(),
  prev: hash,
  hash,
  payload: z.object({ iv: bytes, box: bytes, key: z.object({ key: bytes, salt: bytes }).nullable() }).nullable(),
});
export type WireRow = z.infer<typeof wireRow>;

/** Rows that follow one another, up to the size of the last checkpoint. Without rows, the last checkpoint says where the source stands. */
export interface RowBatch {
  logId: string;
  rows: WireRow[];
  checkpoints: Checkpoint[];
}
export const rowBatch = z.object({ logId: z.string(), rows: z.array(wireRow).max(500), checkpoints: z.array(checkpoint).min(1).max(64) });

const MOST_BYTES = 4_194_304;
const LEAST_ROWS = 64;
const text = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : "");

/**
 * Rows after `after` up to a checkpoint at most `limit` rows away (64 to 500) and, where a nearer checkpoint allows it, at most 4 MB of contents.
 * null while the log is empty.
 */
export async function batchAfter(db: Database, reader: Reader, after: number, limit: number): Promise<RowBatch | null> {
  const size = await reader.size();
  const from = Math.min(after, size);
  let checkpoints = await reader.checkpoints(from, from + Math.min(500, Math.max(LEAST_ROWS, limit)));
  if (from === size) checkpoints = (await reader.checkpoints(size - 1, size)).slice(-1);
  const [first] = checkpoints;
  if (first === undefined) return null;
  if (from === size) return { logId: first.logId, rows: [], checkpoints };
  const sizes = await db.read("SELECT seq, length(box) AS bytes FROM payload WHERE seq > ? AND seq <= ?", [from, checkpoints.at(-1)?.size ?? from]);
  const heavy = (to: number) => sizes.reduce((sum, r) => (Number(r["seq"]) <= to ? sum + Number(r["bytes"]) : sum), 0) > MOST_BYTES;
  const carried = checkpoints.filter(({ size }) => size === first.size || !heavy(size));
  const found = await db.read(
    `SELECT ${entryColumns}, p.iv, p.box, k.key, k.salt FROM entry e LEFT JOIN payload p ON p.seq = e.seq LEFT JOIN payload_key k ON k.seq = e.seq
      WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq`,
    [from, carried.at(-1)?.size ?? from],
  );
  const rows = found.map((r): WireRow => {
    const { prev, hash, ...body } = rowOf(r);
    const key = r["key"] === null ? null : { key: text(r["key"]), salt: text(r["salt"]) };
    return { ...body, prev: hex(prev), hash: hex(hash), payload: r["box"] === null ? null : { iv: text(r["iv"]), box: text(r["box"]), key } };
  });
  return { logId: first.logId, rows, checkpoints: carried };
}

export const chainedOf = (row: WireRow): ChainedRow => ({
  ...row,
  prev: fromHex(row.prev) ?? new Uint8Array(),
  hash: fromHex(row.hash) ?? new Uint8Array(),
});
export const bytesOf = (text: string): Uint8Array => Buffer.from(text, "base64url");
