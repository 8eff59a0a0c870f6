import { sameBytes } from "./bytes.ts";
import type { Sha256 } from "./merkle.ts";
import { rowHash, type ChainedRow } from "./row.ts";

export type ProblemKind = "flipped" | "deleted" | "inserted" | "reordered" | "truncated" | "rolled-back" | "rebuilt" | "checkpoint" | "payload" | "unreadable";
/** The first row that can't be believed, and what seems to have been done. */
export interface BadRow {
  seq: number;
  kind: ProblemKind;
}

const FARTHEST = 20_000;
/** Numbers that are tried on a row in each direction: each costs a hash, and most breaks are near. */
const MOST_SHIFTED = 4096;

/** Whether a row's own hash holds with it standing at `seq`. */
export function fitsAt(sha256: Sha256, row: ChainedRow, seq: number): boolean {
  try {
    return sameBytes(rowHash(sha256, { ...row, seq }, row.prev), row.hash);
  } catch {
    // What canonical JSON can't say was never hashed by us.
    return false;
  }
}

/** Whether a row stands where it should: its number, its link to the row before, its own hash. */
export const isSound = (sha256: Sha256, row: ChainedRow, seq: number, before: Uint8Array): boolean =>
  row.seq === seq && sameBytes(row.prev, before) && fitsAt(sha256, row, seq);

export interface Break {
  /** Where a sound row was expected; all before it are sound. */
  seq: number;
  /** Hash of the row before. */
  before: Uint8Array;
  /** The row found instead. */
  found: ChainedRow;
  /** Rows after the found one, in order; read as far as needed. */
  later: () => Iterable<ChainedRow>;
  /** Hash of a sound row. */
  hashAt: (seq: number) => Uint8Array | undefined;
  /** How many rows after the break are looked at; 20,000 unless said. */
  farthest?: number;
}

/** Says what was done at the first break of a chain. A row tells its true number itself: its hash only holds with that one. */
export function diagnose(sha256: Sha256, { seq, before, found, later, hashAt, farthest = FARTHEST }: Break): BadRow {
  if (found.seq > seq) return { seq, kind: "deleted" };
  if (found.seq < seq) return { seq: found.seq, kind: "inserted" };
  const original = originalSeq(sha256, found, Math.min(farthest, MOST_SHIFTED));
  // Sound in itself, but it follows on another row than the one that stands before it: that one was rewritten whole.
  if (original === seq) return seq === 1 ? { seq, kind: "rebuilt" } : { seq: seq - 1, kind: "flipped" };
  if (original !== undefined && original < seq) {
    const known = hashAt(original);
    // A copy of an earlier row; else the earlier row's place was taken by a forged one that links well.
    return { seq: known !== undefined && sameBytes(known, found.hash) ? seq : original, kind: "inserted" };
  }
  const displaced = findTrue(sha256, seq, before, later(), farthest);
  if (displaced !== undefined) return { seq, kind: original === undefined && displaced === seq + 1 ? "inserted" : "reordered" };
  return { seq, kind: original === undefined ? "flipped" : "deleted" };
}

/** The number with which a row's hash holds, nearest first. */
function originalSeq(sha256: Sha256, row: ChainedRow, farthest: number): number | undefined {
  if (fitsAt(sha256, row, row.seq)) return row.seq;
  for (let far = 1; far <= farthest; far++) {
    if (fitsAt(sha256, row, row.seq + far)) return row.seq + far;
    if (row.seq - far > 0 && fitsAt(sha256, row, row.seq - far)) return row.seq - far;
  }
  return undefined;
}

/** Where the row that belongs at `seq` stands now. */
function findTrue(sha256: Sha256, seq: number, before: Uint8Array, rows: Iterable<ChainedRow>, farthest: number): number | undefined {
  let looked = 0;
  for (const row of rows) {
    if (sameBytes(row.prev, before) && fitsAt(sha256, row, seq)) return row.seq;
    if (++looked >= farthest) return undefined;
  }
  return undefined;
}
