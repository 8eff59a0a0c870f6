import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisOf, xOf } from "./timeline.ts";

const times = fc.tuple(fc.integer({ min: 0, max: 7200 }), fc.integer({ min: 1, max: 50_000 })).map(([early, more]) => ({ early, end: early + more }));

describe("the shutdown timeline", () => {
  it("is cut in two when the end is far behind the beginning", () => {
    expect(axisOf(160, 3960, 120, 1152).segments).toHaveLength(2);
    expect(axisOf(160, 500, 120, 1152).segments).toHaveLength(1);
  });

  it("never turns time round, and never leaves its frame", () => {
    fc.assert(
      fc.property(times, fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 2, maxLength: 20 }), ({ early, end }, seconds) => {
        const axis = axisOf(early, end, 120, 1152);
        const sorted = seconds.toSorted((a, b) => a - b);
        const xs = sorted.map((one) => xOf(axis, one));
        for (const [index, x] of xs.entries()) {
          expect(x).toBeGreaterThanOrEqual(120);
          expect(x).toBeLessThanOrEqual(1152);
          expect(x).toBeGreaterThanOrEqual(xs[index - 1] ?? 120);
        }
        expect(axis.ticks.length).toBeLessThanOrEqual(14);
        expect(xOf(axis, early)).toBeLessThanOrEqual(axis.segments[0].right);
      }),
      { numRuns: 1000 },
    );
  });
});
