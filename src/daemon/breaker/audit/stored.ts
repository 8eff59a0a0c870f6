import type { Checkpoint } from "../../../contract/breaker.ts";
import type { SqlRow, SqlValue, Statement } from "../../kernel/sqlite/database.ts";
import { verifySignature } from "./crypto.ts";
import { fromHex, hex } from "./domain/bytes.ts";
import type { TreeNode } from "./domain/merkle.ts";
import { checkpointBytes, type ChainedRow } from "./domain/row.ts";

const none = new Uint8Array();
const bytesOf = (value: SqlValue | undefined): Uint8Array => (value instanceof Uint8Array ? value : none);

/**
 * A row of `entry` as it stands in the file. Values keep the type that the file gives them, wrong ones too: a wrong type must fail the hash and not
 * be made right on the way.
 */
export const rowOf = (r: SqlRow): ChainedRow =>
  ({
    seq: r["seq"],
    at: r["at"],
    actor: r["actor"],
    via: r["via"],
    class: r["class"],
    kind: r["kind"],
    decision: r["decision"],
    reason: r["reason"],
    act: r["act"],
    subject: r["subject"],
    epoch: r["epoch"],
    payloadHash: r["payload_hash"] instanceof Uint8Array ? hex(r["payload_hash"]) : r["payload_hash"],
    prev: bytesOf(r["prev"]),
    hash: bytesOf(r["hash"]),
  }) as ChainedRow;

/** Columns that `rowOf` reads. */
export const entryColumns = "e.seq, e.at, e.actor, e.via, e.class, e.kind, e.decision, e.reason, e.act, e.subject, e.epoch, e.payload_hash, e.prev, e.hash";

export const insertRow = (r: ChainedRow): Statement => ({
  sql: `INSERT INTO entry (seq, at, actor, via, class, kind, decision, reason, act, subject, epoch, payload_hash, prev, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    r.seq,
    r.at,
    r.actor,
    r.via,
    r.class,
    r.kind,
    r.decision,
    r.reason,
    r.act,
    r.subject,
    r.epoch,
    r.payloadHash === null ? null : (fromHex(r.payloadHash) ?? none),
    r.prev,
    r.hash,
  ],
});

export const insertBox = (seq: number, box: { iv: Uint8Array; box: Uint8Array }): Statement => ({
  sql: "INSERT INTO payload (seq, iv, box) VALUES (?, ?, ?)",
  params: [seq, box.iv, box.box],
});
export const insertKey = (seq: number, { key, salt }: { key: Uint8Array; salt: Uint8Array }): Statement => ({
  sql: "INSERT INTO payload_key (seq, key, salt) VALUES (?, ?, ?)",
  params: [seq, key, salt],
});
export const insertNode = ({ level, pos, hash }: TreeNode): Statement => ({
  sql: "INSERT INTO node (level, pos, hash) VALUES (?, ?, ?)",
  params: [level, pos, hash],
});
export const insertMeta = (key: string, value: string): Statement => ({ sql: "INSERT INTO meta (key, value) VALUES (?, ?)", params: [key, value] });

const signed = ({ size, root, at, signature }: Checkpoint): SqlValue[] => [size, fromHex(root) ?? none, at, signature];
export const insertCheckpoint = (c: Checkpoint): Statement => ({
  sql: "INSERT OR IGNORE INTO checkpoint (size, root, at, signature) VALUES (?, ?, ?, ?)",
  params: signed(c),
});
export const setHead = (c: Checkpoint): Statement => ({
  sql: "INSERT OR REPLACE INTO head (id, size, root, at, signature) VALUES (1, ?, ?, ?, ?)",
  params: signed(c),
});

/** A row of `checkpoint` or `head`. */
export const checkpointOf = (r: SqlRow, logId: string, publicKey: string): Checkpoint => ({
  logId,
  size: Number(r["size"]),
  root: hex(bytesOf(r["root"])),
  at: Number(r["at"]),
  publicKey,
  signature: String(r["signature"]),
});

/** Whether a checkpoint is signed by the key that it names. */
export const signatureHolds = (checkpoint: Checkpoint): boolean => verifySignature(checkpoint.publicKey, checkpointBytes(checkpoint), checkpoint.signature);

export interface LogIdentity {
  logId: string;
  publicKey: string;
}

/** Which log a file holds; undefined when it holds none. */
export function identityOf(meta: readonly SqlRow[]): LogIdentity | undefined {
  const values = new Map(meta.map((r) => [String(r["key"]), String(r["value"])]));
  const [logId, publicKey] = [values.get("log-id"), values.get("public-key")];
  return logId === undefined || publicKey === undefined ? undefined : { logId, publicKey };
}
