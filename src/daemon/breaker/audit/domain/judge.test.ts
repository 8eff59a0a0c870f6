import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge, type Evidence, type Word } from "./judge.ts";

const whole: Evidence = {
  rows: 200,
  head: { size: 200, rootFits: true, signed: true },
  said: [64, 128, 192].map((size): Word => ({ by: "checkpoint", size, rootFits: true, signed: true })),
  promised: 192,
  pin: undefined,
  wrongNode: undefined,
};
const pinned = (size: number, rootFits: boolean): Word => ({ by: "pin", size, rootFits });
const bySize = (...words: Word[]) => words.toSorted((a, b) => a.size - b.size);

describe("the judgement on a chain that is sound in itself", () => {
  it("finds nothing in a whole log, nor in one that never began", () => {
    expect(judge(whole)).toBeUndefined();
    expect(judge({ ...whole, rows: 0, head: undefined, said: [], promised: 0 })).toBeUndefined();
  });

  const cases: [string, Partial<Evidence>, ReturnType<typeof judge>][] = [
    ["a tail cut off", { rows: 190, head: { size: 200, rootFits: false, signed: true } }, { seq: 191, kind: "truncated" }],
    [
      "a tail cut off below a checkpoint",
      { rows: 150, said: whole.said.slice(0, 2), head: { size: 150, rootFits: true, signed: true } },
      { seq: 151, kind: "truncated" },
    ],
    ["rows added after the head", { rows: 203, head: { size: 200, rootFits: false, signed: true } }, { seq: 201, kind: "inserted" }],
    ["a head of other rows", { head: { size: 200, rootFits: false, signed: true } }, { seq: 193, kind: "rebuilt" }],
    ["a head nobody signed", { head: { size: 200, rootFits: true, signed: false } }, { seq: 193, kind: "checkpoint" }],
    ["no head", { head: undefined }, { seq: 200, kind: "checkpoint" }],
    ["fewer rows than were pinned", { pin: { size: 210, sameKey: true } }, { seq: 201, kind: "rolled-back" }],
    ["another past than the pinned", { pin: { size: 150, sameKey: true }, said: bySize(...whole.said, pinned(150, false)) }, { seq: 1, kind: "rebuilt" }],
    [
      "another past, with an earlier pin that fits",
      { pin: { size: 150, sameKey: true }, said: bySize(...whole.said, pinned(100, true), pinned(150, false)) },
      { seq: 101, kind: "rebuilt" },
    ],
    [
      "another past, where the tree's nodes were forgotten",
      { pin: { size: 150, sameKey: true }, said: bySize(...whole.said, pinned(100, true), pinned(150, false)), wrongNode: 121 },
      { seq: 121, kind: "rebuilt" },
    ],
    ["another key", { pin: { size: 150, sameKey: false }, said: [pinned(150, true)] }, { seq: 151, kind: "rebuilt" }],
    ["a wrong inner node", { wrongNode: 41 }, { seq: 41, kind: "checkpoint" }],
  ];
  it.each(cases)("names %s", (_, change, bad) => {
    expect(judge({ ...whole, ...change })).toEqual(bad);
  });

  const word: fc.Arbitrary<Word> = fc.oneof(
    fc.record({ by: fc.constant("pin" as const), size: fc.integer({ min: 1, max: 200 }), rootFits: fc.boolean() }),
    fc.record({ by: fc.constant("checkpoint" as const), size: fc.integer({ min: 1, max: 200 }), rootFits: fc.boolean(), signed: fc.boolean() }),
  );
  it("never finds a log whole while any word on it doesn't hold, and names a row from 1 to one past the end", () => {
    const evidence = fc.record({
      rows: fc.constant(200),
      head: fc.option(fc.record({ size: fc.integer({ min: 1, max: 250 }), rootFits: fc.boolean(), signed: fc.boolean() }), { nil: undefined }),
      said: fc.array(word, { maxLength: 6 }).map((words) => bySize(...words)),
      promised: fc.integer({ min: 0, max: 250 }),
      pin: fc.option(fc.record({ size: fc.integer({ min: 1, max: 250 }), sameKey: fc.boolean() }), { nil: undefined }),
      wrongNode: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(evidence, (e) => {
        const wrong =
          e.said.some((w) => !w.rootFits || (w.by === "checkpoint" && !w.signed)) ||
          e.head === undefined ||
          !e.head.signed ||
          !e.head.rootFits ||
          e.head.size !== e.rows ||
          e.promised > e.rows ||
          (e.pin !== undefined && (!e.pin.sameKey || e.pin.size > e.rows)) ||
          e.wrongNode !== undefined;
        const bad = judge(e);
        expect(bad !== undefined).toBe(wrong);
        if (bad !== undefined) expect(bad.seq >= 1 && bad.seq <= 201).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
