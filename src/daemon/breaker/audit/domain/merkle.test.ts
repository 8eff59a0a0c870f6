import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, hex, utf8 } from "./bytes.ts";
import { hash256 } from "./fake-log.ts";
import {
  appendLeaf,
  consistencyRanges,
  emptyFrontier,
  foldPeaks,
  inclusionRanges,
  leafHash,
  perfectParts,
  proofOf,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Frontier,
  type Range,
} from "./merkle.ts";

/** RFC 9162 section 2.1.1, word for word, from all leaves. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash256(new Uint8Array());
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hash256(concat(Uint8Array.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k))));
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => leafHash(hash256, utf8(`row ${i}`)));
const MOST = 300;
const leaves = leavesOf(MOST);

/** The tree grown row by row, with its nodes kept as the log keeps them. */
function grown(count: number): { frontier: Frontier; at(level: number, pos: number): Uint8Array } {
  const nodes = new Map<string, Uint8Array>();
  let frontier = emptyFrontier;
  for (const leaf of leaves.slice(0, count)) {
    const step = appendLeaf(hash256, frontier, leaf);
    frontier = step.frontier;
    for (const { level, pos, hash } of step.nodes) nodes.set(`${level}/${pos}`, hash);
  }
  return { frontier, at: (level, pos) => (level === 0 ? leaves[pos] : nodes.get(`${level}/${pos}`)) ?? new Uint8Array() };
}
const full = grown(MOST);
const hashes = (ranges: readonly Range[]) =>
  ranges.map((range) =>
    foldPeaks(
      hash256,
      perfectParts(range).map(({ level, pos }) => full.at(level, pos)),
    ),
  );
const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at % bytes.length ? byte ^ 1 : byte));

const size = fc.integer({ min: 1, max: MOST });
const pair = fc.tuple(size, size).map(([a, b]) => (a < b ? { first: a, second: b } : { first: b, second: a }));
const rootAt = (count: number) => naiveRoot(leaves.slice(0, count));

describe("the tree", () => {
  it("has the root of RFC 9162 at every size, grown row by row", () => {
    let frontier = emptyFrontier;
    expect(hex(rootOf(hash256, frontier))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const [index, leaf] of leaves.entries()) {
      frontier = appendLeaf(hash256, frontier, leaf).frontier;
      expect(hex(rootOf(hash256, frontier))).toBe(hex(rootAt(index + 1)));
    }
  });

  it("has the root of any range that a proof asks for, from kept nodes alone", () => {
    fc.assert(
      fc.property(pair, ({ first, second }) => {
        const ranges = [...consistencyRanges(first, second), ...inclusionRanges(first - 1, second)];
        expect(hashes(ranges).map(hex)).toEqual(ranges.map(({ from, to }) => hex(naiveRoot(leaves.slice(from, to)))));
      }),
      { numRuns: 1000 },
    );
  });

  it("asks for few nodes: a proof is logarithmic", () => {
    expect(consistencyRanges(1_000_000, 1_048_577).length).toBeLessThanOrEqual(22);
    expect(inclusionRanges(999_999, 1_048_577).length).toBeLessThanOrEqual(22);
  });
});

describe("a consistency proof", () => {
  it("holds for every two sizes of one log", async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ({ first, second }) => {
        const proof = hashes(consistencyRanges(first, second));
        expect(await verifyConsistency(hash256, { first, firstRoot: rootAt(first), second, secondRoot: rootAt(second), proof })).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("fails with one bit of it changed, with a part more or less, and with another root or size", async () => {
    const hurt = fc.constantFrom("bit", "more", "less", "first", "second", "size");
    await fc.assert(
      fc.asyncProperty(pair, hurt, fc.nat(), async ({ first, second }, how, n) => {
        if (first === second) return;
        const proof = hashes(consistencyRanges(first, second));
        const given = { first, firstRoot: rootAt(first), second, secondRoot: rootAt(second), proof };
        const bad = { ...given };
        if (how === "bit") bad.proof = proof.map((part, i) => (i === n % proof.length ? flipped(part, n) : part));
        if (how === "more") bad.proof = [...proof, flipped(rootAt(first), n)];
        if (how === "less") bad.proof = proof.slice(0, -1);
        if (how === "first") bad.firstRoot = flipped(given.firstRoot, n);
        if (how === "second") bad.secondRoot = flipped(given.secondRoot, n);
        if (how === "size") bad.first = first === 1 ? second : first - 1;
        expect(await verifyConsistency(hash256, bad)).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it("fails when one row of the pinned past was another", async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ({ first, second }, n) => {
        const changed = leaves.map((leaf, i) => (i === n % first ? flipped(leaf, n) : leaf));
        const proof = consistencyRanges(first, second).map(({ from, to }) => naiveRoot(changed.slice(from, to)));
        const secondRoot = naiveRoot(changed.slice(0, second));
        expect(await verifyConsistency(hash256, { first, firstRoot: rootAt(first), second, secondRoot, proof })).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("is not believed of an empty or a larger first log", async () => {
    const root = rootAt(3);
    expect(await verifyConsistency(hash256, { first: 0, firstRoot: root, second: 3, secondRoot: root, proof: [] })).toBe(false);
    expect(await verifyConsistency(hash256, { first: 4, firstRoot: root, second: 3, secondRoot: root, proof: [] })).toBe(false);
    expect(await verifyConsistency(hash256, { first: 1.5, firstRoot: root, second: 3, secondRoot: root, proof: [root] })).toBe(false);
  });
});

describe("an inclusion proof", () => {
  it("holds for every row of a log, and for no other row", async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), async (count, n) => {
        const index = n % count;
        const leaf = leaves[index] ?? new Uint8Array();
        const given = { index, size: count, leaf, root: rootAt(count), proof: hashes(inclusionRanges(index, count)) };
        expect(await verifyInclusion(hash256, given)).toBe(true);
        expect(await verifyInclusion(hash256, { ...given, leaf: flipped(leaf, n) })).toBe(false);
        if (count > 1) expect(await verifyInclusion(hash256, { ...given, index: (index + 1) % count })).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("is not believed of a row beyond the log", async () => {
    expect(await verifyInclusion(hash256, { index: 3, size: 3, leaf: rootAt(1), root: rootAt(3), proof: [] })).toBe(false);
    expect(inclusionRanges(3, 3)).toEqual([]);
  });
});

it("a proof from the wire is 32-byte hex or nothing", () => {
  expect(proofOf(["00".repeat(32)])).toHaveLength(1);
  expect(proofOf(["00".repeat(31)])).toBeUndefined();
  expect(proofOf(["zz".repeat(32)])).toBeUndefined();
  expect(proofOf(Array.from({ length: 65 }, () => "00".repeat(32)))).toBeUndefined();
});
