import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numRuns } from "./fake-facts.ts";
import { beatEveryMs, missedBeats, nodeState, type NodeSigns } from "./node-state.ts";

const alive: NodeSigns = { paired: true, announced: true, lastBeatAgeMs: 100, planned: null };
const after = (lastBeatAgeMs: number | null, but: Partial<NodeSigns> = {}) => nodeState({ ...alive, lastBeatAgeMs, ...but });

const age = fc.oneof(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.constantFrom(0, 1100, 2499, 2500, 1e12, Infinity, Number.NaN));
const signs: fc.Arbitrary<NodeSigns> = fc.record({
  paired: fc.boolean(),
  announced: fc.boolean(),
  lastBeatAgeMs: fc.option(age),
  planned: fc.constantFrom(null, "stopped", "shutting-down", "off-planned"),
});
const always = (holds: (signs: NodeSigns) => boolean) => fc.assert(fc.property(signs, holds), { numRuns });

describe("a node that beats", () => {
  test("is online while beats come, late after two missed and offline after five, which is 2.5 s", () => {
    expect([0, 500, 1099].map((ms) => after(ms))).toEqual(["online", "online", "online"]);
    expect([1100, 1600, 2499].map((ms) => after(ms))).toEqual(["late", "late", "late"]);
    expect([2500, 3000, 86_400_000, Infinity, Number.NaN].map((ms) => after(ms))).toEqual(["offline", "offline", "offline", "offline", "offline"]);
  });

  test("never grows healthier while it is silent", () => {
    const rank = ["online", "late", "offline"];
    fc.assert(
      fc.property(fc.double({ min: 0, max: 10_000, noNaN: true }), fc.double({ min: 0, max: 10_000, noNaN: true }), (ms, more) => {
        expect(rank.indexOf(after(ms + more))).toBeGreaterThanOrEqual(rank.indexOf(after(ms)));
        expect(missedBeats(ms + more)).toBeGreaterThanOrEqual(missedBeats(ms));
      }),
      { numRuns },
    );
  });

  test("has missed a whole number of beats, none of them before it was due", () => {
    fc.assert(
      fc.property(fc.double({ min: -10_000, max: 1e9, noNaN: true }), (ms) => {
        const missed = missedBeats(ms);
        expect(Number.isInteger(missed)).toBe(true);
        expect(missed).toBeGreaterThanOrEqual(0);
        expect(missed * beatEveryMs).toBeLessThanOrEqual(Math.max(0, ms));
      }),
      { numRuns },
    );
    expect([Infinity, Number.NaN].map(missedBeats)).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  });
});

describe("for whatever is known of a node", () => {
  test("only a beat makes it online", () => {
    always((one) => nodeState(one) !== "online" || (one.paired && one.lastBeatAgeMs !== null && one.lastBeatAgeMs < 1100));
  });

  test("an announcement alone is seen, and changes nothing of a paired node", () => {
    always((one) => (nodeState(one) === "seen") === !one.paired);
    always((one) => nodeState({ ...one, announced: true }) === nodeState({ ...one, announced: false }));
    expect(after(null, { paired: false })).toBe("seen");
    expect(after(null)).toBe("paired");
  });

  test("a planned silence is never late or offline", () => {
    always((one) => one.planned === null || !["late", "offline"].includes(nodeState(one)));
  });

  test("a node on its way down is off by plan once it is silent", () => {
    expect(after(300, { planned: "shutting-down" })).toBe("shutting-down");
    expect(after(2500, { planned: "shutting-down" })).toBe("off-planned");
    expect(after(null, { planned: "shutting-down" })).toBe("off-planned");
  });

  test("a silence that nobody planned is late or offline, never hidden", () => {
    always((one) => {
      if (!one.paired || one.planned !== null || one.lastBeatAgeMs === null) return true;
      return !(one.lastBeatAgeMs >= 2500) || nodeState(one) === "offline";
    });
  });
});
