import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buckets, extent, recorded, thinned } from "./series.ts";

const series = fc.array(fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { nil: null }), { minLength: 1, maxLength: 400 });

describe("a series", () => {
  it("keeps its highest value when it is thinned, and invents none", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (values, most) => {
        const at = values.map((_, index) => index * 1000);
        const thin = thinned(at, values, most);
        expect(thin.at.length).toBe(thin.values.length);
        expect(thin.at.length).toBeLessThanOrEqual(most);
        expect(extent(thin.values)?.high).toBe(extent(values)?.high);
        expect(thin.values.filter((value) => value !== null && !values.includes(value))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves a hole a hole, never 0", () => {
    expect(buckets([0, 1000, 2000, 3000], [1, 3, null, null], 2).at(-1)?.mean).toBeNull();
    expect(extent([null, null])).toBeNull();
  });
});

describe("how long something was recorded", () => {
  it("runs from the first value of any metric, not from the first slot", () => {
    const points = { cpuPercent: [null, null, 3, null], beatGapMs: [null, 1, null, null] };
    expect(recorded({ at: [0, 100, 200, 300], to: 400, points })).toBe(300);
    expect(recorded({ at: [0, 100], to: 200, points: { cpuPercent: [null, null] } })).toBe(0);
    expect(recorded({ at: [], to: 200, points: {} })).toBe(0);
  });
});
