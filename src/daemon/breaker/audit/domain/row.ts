import { canonical, type Json } from "./canonical.ts";
import { concat, utf8 } from "./bytes.ts";
import { leafHash, type Sha256 } from "./merkle.ts";

/** Kinds of rows. intent, verdict, approval and outcome of one act share its id; the others stand alone. */
export type RowKind = "intent" | "verdict" | "approval" | "outcome" | "inbound" | "decision" | "latch" | "setting" | "secret" | "grant" | "log";

/** What a row says, in the open: who, what kind, what was decided, and a title without content. The content is the payload, apart. */
export interface RowBody {
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  actor: string;
  via: string;
  class: string | null;
  kind: string;
  decision: string | null;
  reason: string | null;
  /** Ties the rows of one act together. */
  act: string | null;
  /** Canonical JSON `{code, params}`. */
  subject: string;
  epoch: number;
  /** SHA-256(salt || canonical payload), hex: without the salt even a short payload can't be guessed. */
  payloadHash: string | null;
}
export interface ChainedRow extends RowBody {
  /** Hash of the row before. */
  prev: Uint8Array;
  hash: Uint8Array;
}

/** What the first row of a log follows on, so that rows of one log don't fit into another. */
export const genesisOf = (sha256: Sha256, logId: string): Uint8Array => sha256(utf8(`aos-audit-log\n${logId}`));

/** SHA-256(0x00 || canonical row || prev): link of the chain and leaf of the tree at once. */
export const rowHash = (sha256: Sha256, body: RowBody, prev: Uint8Array): Uint8Array => leafHash(sha256, concat(utf8(canonical(plain(body))), prev));

/** Only what is hashed, whatever else the object carries. */
const plain = (body: RowBody): { [key: string]: Json } => ({
  seq: body.seq,
  at: body.at,
  actor: body.actor,
  via: body.via,
  class: body.class,
  kind: body.kind,
  decision: body.decision,
  reason: body.reason,
  act: body.act,
  subject: body.subject,
  epoch: body.epoch,
  payloadHash: body.payloadHash,
});

/** What a checkpoint's signature covers. */
export const checkpointBytes = ({
  logId,
  size,
  root,
  at,
  publicKey,
}: {
  logId: string;
  size: number;
  root: string;
  at: number;
  publicKey: string;
}): Uint8Array => utf8(`aos-audit-checkpoint-v1\n${canonical({ logId, size, root, at, publicKey })}`);

/** Seqs as text for a row's title, `3-5,9`; the row that erases names what it erased. */
export function seqsToText(seqs: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const seq of [...new Set(seqs)].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && seq === last[1] + 1) last[1] = seq;
    else runs.push([seq, seq]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}

/** Runs of seqs from that text; what isn't one is left out. */
export function runsOfText(text: string): [number, number][] {
  return text.split(",").flatMap((run): [number, number][] => {
    const found = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(run);
    return found === null ? [] : [[Number(found[1]), Number(found[2] ?? found[1])]];
  });
}

export const erasedCode = "log.erased";

/** Runs of seqs whose payloads a row erased; none for every other row. */
export function erasedBy(row: { kind: string; subject: string }): [number, number][] {
  if (row.kind !== "log") return [];
  try {
    const subject = JSON.parse(row.subject) as { code?: unknown; params?: { seqs?: unknown } } | null;
    return subject?.code === erasedCode && typeof subject.params?.seqs === "string" ? runsOfText(subject.params.seqs) : [];
  } catch {
    // A title that was tampered with erases nothing.
    return [];
  }
}
