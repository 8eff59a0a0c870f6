import type { BadRow } from "./diagnose.ts";

/** What somebody who may be believed said about the log at one size. */
export type Word =
  | { by: "pin"; size: number; rootFits: boolean }
  /** signed: by the key that is trusted, the pinned one where there is a pin. */
  | { by: "checkpoint"; size: number; rootFits: boolean; signed: boolean };

export interface Evidence {
  /** Rows found; their chain is sound. */
  rows: number;
  /** The file's own last word; undefined when it has none. `rootFits` means nothing where it speaks of more or fewer rows. */
  head: { size: number; rootFits: boolean; signed: boolean } | undefined;
  /** Words on sizes up to `rows`, by size. */
  said: readonly Word[];
  /** Largest size that a kept checkpoint speaks of. */
  promised: number;
  /** The pin's size, and whether the file still names the pinned key. */
  pin: { size: number; sameKey: boolean } | undefined;
  /** First row under an inner node that isn't the hash of its children. */
  wrongNode: number | undefined;
}

/**
 * Judges a log whose chain is sound in itself, as a rebuilt one is too. The row named is the first that nothing vouches for. undefined: the log is whole.
 */
export function judge({ rows, head, said, promised, pin, wrongNode }: Evidence): BadRow | undefined {
  /** Up to here somebody vouches for the rows. With the pinned key's own signature on another past, signatures prove nothing: only pins do. */
  const vouched = (below: number, pinsOnly = false) =>
    Math.max(0, ...said.filter((word) => word.size < below && word.rootFits && (word.by === "pin" || (word.signed && !pinsOnly))).map((word) => word.size));
  const rebuilt = (below: number, pinsOnly = false): BadRow => {
    const from = vouched(below, pinsOnly) + 1;
    // Whoever rebuilt the rows and forgot the tree's inner nodes shows where.
    return { seq: wrongNode !== undefined && wrongNode > from && wrongNode <= below ? wrongNode : from, kind: "rebuilt" };
  };

  const otherPast = said.find((word) => word.by === "pin" && !word.rootFits);
  if (otherPast !== undefined) return rebuilt(otherPast.size, pin?.sameKey ?? true);
  if (pin !== undefined && !pin.sameKey) return rebuilt(Infinity);
  const headHolds = head !== undefined && head.signed && head.rootFits && head.size === rows;
  for (const word of said) {
    if (word.by === "pin" || (word.signed && word.rootFits)) continue;
    // The head vouches for all rows: then only this checkpoint was tampered with.
    return headHolds ? { seq: word.size, kind: "checkpoint" } : rebuilt(word.size);
  }
  if (head === undefined) return rows === 0 && promised === 0 && pin === undefined ? undefined : { seq: rows === 0 ? 1 : rows, kind: "checkpoint" };
  if (!head.signed) return { seq: vouched(Infinity) + 1, kind: "checkpoint" };
  if (Math.max(head.size, promised) > rows) return { seq: rows + 1, kind: "truncated" };
  if (head.size < rows) return { seq: head.size + 1, kind: "inserted" };
  if (!head.rootFits) return rebuilt(head.size);
  if (pin !== undefined && pin.size > rows) return { seq: rows + 1, kind: "rolled-back" };
  return wrongNode === undefined ? undefined : { seq: wrongNode, kind: "checkpoint" };
}
