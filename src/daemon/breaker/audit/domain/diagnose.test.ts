import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameBytes } from "./bytes.ts";
import { diagnose, isSound, type BadRow } from "./diagnose.ts";
import { fakeBody, fakeChain, hash256, linked } from "./fake-log.ts";
import { genesisOf, rowHash, runsOfText, seqsToText, type ChainedRow } from "./row.ts";

const COUNT = 40;
const chain = fakeChain(COUNT);
const renumbered = (rows: readonly ChainedRow[]) => rows.map((row, i) => ({ ...row, seq: i + 1 }));

/** The first break of a chain, as the verifier looks for it. */
function firstBreak(rows: readonly ChainedRow[], logId = "log-1"): BadRow | undefined {
  let before = genesisOf(hash256, logId);
  for (const [index, found] of rows.entries()) {
    const seq = index + 1;
    if (!isSound(hash256, found, seq, before)) {
      return diagnose(hash256, {
        farthest: COUNT,
        seq,
        before,
        found,
        later: () => rows.slice(index + 1),
        hashAt: (n) => (n < seq ? rows[n - 1]?.hash : undefined),
      });
    }
    before = found.hash;
  }
  return undefined;
}

const place = fc.integer({ min: 1, max: COUNT });
const fields = ["at", "actor", "via", "class", "kind", "decision", "reason", "act", "subject", "epoch", "payloadHash"] as const;

describe("the chain", () => {
  it("is sound as it was made", () => {
    expect(firstBreak(chain)).toBeUndefined();
  });

  it("names a row in which any one field was changed", () => {
    fc.assert(
      fc.property(place, fc.constantFrom(...fields), fc.integer(), (seq, field, n) => {
        const value = field === "at" || field === "epoch" ? n : `x${n}`;
        fc.pre(chain[seq - 1]?.[field] !== value);
        expect(firstBreak(chain.map((row) => (row.seq === seq ? { ...row, [field]: value } : row)))).toEqual({ seq, kind: "flipped" });
      }),
      { numRuns: 1000 },
    );
  });

  it("names a row in which one bit of a hash was changed", () => {
    fc.assert(
      fc.property(place, fc.constantFrom("prev", "hash"), fc.integer({ min: 0, max: 255 }), (seq, field, bit) => {
        const rows = chain.map((row) =>
          row.seq === seq ? { ...row, [field]: row[field as "hash"].map((b, i) => (i === bit >> 3 ? b ^ (1 << (bit & 7)) : b)) } : row,
        );
        expect(firstBreak(rows)).toEqual({ seq, kind: "flipped" });
      }),
      { numRuns: 1000 },
    );
  });

  it("names a row that was rewritten with a hash of its own", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: COUNT - 1 }), (seq) => {
        const rows = chain.map((row) => (row.seq === seq ? linked({ ...row, decision: "deny" }) : row));
        expect(firstBreak(rows)).toEqual({ seq, kind: "flipped" });
      }),
      { numRuns: 1000 },
    );
  });

  it("names the place of a deleted row, with a gap or closed up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: COUNT - 1 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), (seq, count, closedUp) => {
        fc.pre(seq + count <= COUNT);
        const left = chain.filter((row) => row.seq < seq || row.seq >= seq + count);
        expect(firstBreak(closedUp ? renumbered(left) : left)).toEqual({ seq, kind: "deleted" });
      }),
      { numRuns: 1000 },
    );
  });

  it("names an inserted row, however well it was forged", () => {
    const forgery = fc.constantFrom("linked", "careless", "copy");
    fc.assert(
      fc.property(fc.integer({ min: 2, max: COUNT }), forgery, (seq, how) => {
        const before = chain[seq - 2];
        const first = chain[0];
        if (before === undefined || first === undefined) throw new Error("no such row");
        const body = { ...fakeBody(seq), decision: "allow", actor: "agent:forged" };
        const forged = { linked: linked({ ...body, prev: before.hash }), careless: { ...body, prev: before.hash, hash: before.hash }, copy: first }[how];
        const rows = renumbered([...chain.slice(0, seq - 1), forged, ...chain.slice(seq - 1)]);
        expect(firstBreak(rows)).toEqual({ seq, kind: "inserted" });
      }),
      { numRuns: 1000 },
    );
  });

  it("names the first of two rows that changed places", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(a !== b);
        const [low, high] = a < b ? [a, b] : [b, a];
        const rows = renumbered(chain.map((row, i) => (i === low - 1 ? chain[high - 1] : i === high - 1 ? chain[low - 1] : row) ?? row));
        expect(firstBreak(rows)).toEqual({ seq: low, kind: "reordered" });
      }),
      { numRuns: 1000 },
    );
  });

  it("of one log doesn't fit another", () => {
    expect(firstBreak(chain, "log-2")).toEqual({ seq: 1, kind: "rebuilt" });
  });

  it("commits to every field of a row", () => {
    const row = fakeBody(7);
    const prev = new Uint8Array(32);
    const before = rowHash(hash256, row, prev);
    for (const field of [...fields, "seq" as const]) {
      expect(sameBytes(rowHash(hash256, { ...row, [field]: field === "seq" ? 8 : "other" }, prev), before)).toBe(false);
    }
  });
});

it("seqs survive their short form", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 200 }), (seqs) => {
      const back = runsOfText(seqsToText(seqs)).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(back).toEqual(seqs.toSorted((a, b) => a - b));
    }),
    { numRuns: 1000 },
  );
});
