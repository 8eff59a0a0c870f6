import { concat, fromHex, sameBytes } from "./bytes.ts";

/** SHA-256 as a port: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;
/** The same where hashing may be asynchronous (a browser). */
export type Sha256Later = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** A perfect subtree: leaves `pos * 2^level` up to the next; level 0 is a leaf hash. */
export interface Coordinate {
  level: number;
  pos: number;
}
export interface TreeNode extends Coordinate {
  hash: Uint8Array;
}
/** Leaves `from` (inclusive, counted from 0) to `to` (exclusive). */
export interface Range {
  from: number;
  to: number;
}
/** The right edge of a growing tree: hashes of its perfect subtrees, largest first. All that is needed to append and to know the root. */
export interface Frontier {
  size: number;
  peaks: readonly Uint8Array[];
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const emptyFrontier: Frontier = { size: 0, peaks: [] };
/** RFC 9162 section 2.1.1: SHA-256(0x00 || leaf). */
export const leafHash = (sha256: Sha256, leaf: Uint8Array): Uint8Array => sha256(concat(LEAF, leaf));
/** RFC 9162 section 2.1.1: SHA-256(0x01 || left || right). */
export const nodeHash = (sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concat(NODE, left, right));

/** Adds a leaf's hash; `nodes` are the inner perfect subtrees that it completed, to be kept for proofs. */
export function appendLeaf(sha256: Sha256, frontier: Frontier, leaf: Uint8Array): { frontier: Frontier; nodes: TreeNode[] } {
  const peaks = [...frontier.peaks];
  const nodes: TreeNode[] = [];
  let hash = leaf;
  let pos = frontier.size;
  for (let level = 1; pos % 2 === 1; level++) {
    const left = peaks.pop();
    if (left === undefined) throw new Error("the frontier doesn't fit its size");
    hash = nodeHash(sha256, left, hash);
    pos = (pos - 1) / 2;
    nodes.push({ level, pos, hash });
  }
  peaks.push(hash);
  return { frontier: { size: frontier.size + 1, peaks }, nodes };
}

/** Root of a tree from the hashes of its perfect subtrees, largest first; of none, the hash of nothing. */
export function foldPeaks(sha256: Sha256, peaks: readonly Uint8Array[]): Uint8Array {
  return peaks.length === 0 ? sha256(new Uint8Array()) : peaks.reduceRight((right, left) => nodeHash(sha256, left, right));
}
export const rootOf = (sha256: Sha256, { peaks }: Frontier): Uint8Array => foldPeaks(sha256, peaks);

const half = (n: number) => Math.floor(n / 2);
/** Largest power of two below n (n >= 2). */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The perfect subtrees that a range falls into, left to right. The range starts where a subtree of its size may start, as those of proofs do. */
export function perfectParts({ from, to }: Range): Coordinate[] {
  const parts: Coordinate[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at + 2 ** (level + 1) <= to && at % 2 ** (level + 1) === 0) level++;
    parts.push({ level, pos: at / 2 ** level });
    at += 2 ** level;
  }
  return parts;
}

/** RFC 9162 section 2.1.3.1: the subtrees that prove leaf `index` (from 0) in a tree of `size`, nearest first. Empty when there is no such leaf. */
export function inclusionRanges(index: number, size: number): Range[] {
  const path = (m: number, { from, to }: Range): Range[] => {
    if (to - from <= 1) return [];
    const mid = from + split(to - from);
    return m < mid ? [...path(m, { from, to: mid }), { from: mid, to }] : [...path(m, { from: mid, to }), { from, to: mid }];
  };
  return index < 0 || index >= size ? [] : path(index, { from: 0, to: size });
}

/** RFC 9162 section 2.1.4.1: the subtrees that prove the first `first` leaves the beginning of a tree of `second`. Empty when they are equal or `first` is 0. */
export function consistencyRanges(first: number, second: number): Range[] {
  const subproof = (m: number, { from, to }: Range, known: boolean): Range[] => {
    if (m === to) return known ? [] : [{ from, to }];
    const mid = from + split(to - from);
    return m <= mid ? [...subproof(m, { from, to: mid }, known), { from: mid, to }] : [...subproof(m, { from: mid, to }, false), { from, to: mid }];
  };
  return first <= 0 || first >= second ? [] : subproof(first, { from: 0, to: second }, true);
}

/** RFC 9162 section 2.1.3.2. */
export async function verifyInclusion(
  sha256: Sha256Later,
  { index, size, leaf, root, proof }: { index: number; size: number; leaf: Uint8Array; root: Uint8Array; proof: readonly Uint8Array[] },
): Promise<boolean> {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const part of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = await sha256(concat(NODE, part, hash));
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else hash = await sha256(concat(NODE, hash, part));
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameBytes(hash, root);
}

export interface Grown {
  first: number;
  firstRoot: Uint8Array;
  second: number;
  secondRoot: Uint8Array;
  proof: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.4.2: true when the tree of `second` leaves starts with the tree of `first`. Nothing is proved about an empty first tree: false. */
export async function verifyConsistency(sha256: Sha256Later, { first, firstRoot, second, secondRoot, proof }: Grown): Promise<boolean> {
  if (!isCount(first) || !isCount(second) || first === 0 || first > second) return false;
  if (first === second) return proof.length === 0 && sameBytes(firstRoot, secondRoot);
  let fn = first - 1;
  let sn = second - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  if (start === undefined || proof.length === 0) return false;
  let fr = start;
  let sr = start;
  for (const part of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = await sha256(concat(NODE, part, fr));
      sr = await sha256(concat(NODE, part, sr));
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else sr = await sha256(concat(NODE, sr, part));
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameBytes(fr, firstRoot) && sameBytes(sr, secondRoot);
}

/** A proof as it comes over the wire (hex); undefined when a part isn't 32 bytes or there are more than a tree of 2^53 leaves can need. */
export function proofOf(parts: readonly string[]): Uint8Array[] | undefined {
  const proof = parts.map((part) => fromHex(part)).filter((part) => part?.length === 32) as Uint8Array[];
  return proof.length === parts.length && proof.length <= 64 ? proof : undefined;
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;
function isPowerOfTwo(n: number): boolean {
  while (n > 1 && n % 2 === 0) n /= 2;
  return n === 1;
}
