import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Metric, Sample } from "../../../contract/rack.ts";
import { numRuns, quietSample } from "./fake-facts.ts";
import {
  aggregate,
  allRings,
  coarseRings,
  layOut,
  pointOf,
  rangeOf,
  ringFor,
  ringMetrics,
  secondRing,
  settleMs,
  slotOf,
  slotStart,
  type Point,
} from "./history.ts";

const hour = 3_600_000;
const noon = 1_763_899_200_000;
const value = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }));
const pointAt = (at: number, cpu: number | null = 5, beatGapMs: number | null = null): Point => ({
  at,
  values: { ...(Object.fromEntries(ringMetrics.map((metric) => [metric, null])) as Point["values"]), cpuPercent: cpu, beatGapMs },
});
const points = fc
  .array(fc.tuple(value, value), { minLength: 1, maxLength: 40 })
  .map((pairs) => pairs.map(([cpu, gap], index) => pointAt(noon + index * 1000, cpu, gap)));
const run = (from: number, count: number) => Array.from({ length: count }, (_, index) => pointAt(from + index * 1000));

describe("rings", () => {
  test("hold 1 s for an hour, 10 s for a day and 5 min for 90 days", () => {
    expect(allRings.map(({ stepMs, slots }) => [stepMs, slots])).toEqual([
      [1000, 3600],
      [10_000, 8640],
      [300_000, 25_920],
    ]);
  });

  test("a range is served by the finest ring that holds all of it", () => {
    expect([1, 10, 60].map((minutes) => ringFor(minutes).name)).toEqual(["1s", "1s", "1s"]);
    expect([61, 24 * 60].map((minutes) => ringFor(minutes).name)).toEqual(["10s", "10s"]);
    expect([24 * 60 + 1, 90 * 24 * 60, 1e9].map((minutes) => ringFor(minutes).name)).toEqual(["5m", "5m", "5m"]);
  });

  test("give two instants of the same turn the same slot only if they are in the same step", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allRings), fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 90 * 24 * hour }), (ring, at, later) => {
        const turn = ring.slots * ring.stepMs;
        const other = at + (later % turn);
        expect(slotOf(ring, at)).toBeLessThan(ring.slots);
        expect(slotOf(ring, at + turn)).toBe(slotOf(ring, at));
        if (slotOf(ring, at) === slotOf(ring, other)) expect([slotStart(ring, at), slotStart(ring, at) + turn]).toContain(slotStart(ring, other));
      }),
      { numRuns },
    );
  });
});

describe("unknown", () => {
  test("becomes a hole in a point, never 0", () => {
    fc.assert(
      fc.property(fc.subarray([...ringMetrics]), (hidden) => {
        const sample: Sample = { ...quietSample, ...Object.fromEntries(hidden.map((metric) => [metric, "unknown"])) };
        const { values } = pointOf(sample);
        for (const metric of ringMetrics) expect(values[metric]).toBe(sample[metric] === "unknown" ? null : sample[metric]);
      }),
      { numRuns },
    );
  });

  test("stays unknown when points are put together, and pulls no mean down", () => {
    fc.assert(
      fc.property(points, (some) => {
        const { values } = aggregate(noon, some);
        const known = some.flatMap((point) => point.values.cpuPercent ?? []);
        if (known.length === 0) expect(values.cpuPercent).toBeNull();
        else {
          // A mean may leave its limits by the rounding of the sum alone.
          const slack = 1e-9 * Math.max(1, ...known);
          expect(values.cpuPercent).toBeGreaterThanOrEqual(Math.min(...known) - slack);
          expect(values.cpuPercent).toBeLessThanOrEqual(Math.max(...known) + slack);
        }
        expect(values.temperatureC).toBeNull();
      }),
      { numRuns },
    );
    expect(aggregate(noon, [pointAt(noon, null), pointAt(noon, 10), pointAt(noon, 30)]).values.cpuPercent).toBe(20);
  });

  test("of the gaps between heartbeats the longest is kept, since a mean would hide it", () => {
    fc.assert(
      fc.property(points, (some) => {
        const gaps = some.flatMap((point) => point.values.beatGapMs ?? []);
        expect(aggregate(noon, some).values.beatGapMs).toBe(gaps.length === 0 ? null : Math.max(...gaps));
      }),
      { numRuns },
    );
  });
});

describe("a range", () => {
  test("is of whole slots, and ends where samples have had time to arrive", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 * 24 * 60 }), fc.integer({ min: 0, max: 4e12 }), (minutes, now) => {
        const { ring, from, to } = rangeOf(minutes, now);
        expect([from % ring.stepMs, to % ring.stepMs]).toEqual([0, 0]);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(Math.max(0, now - settleMs));
        expect((to - from) / ring.stepMs).toBeLessThanOrEqual(ring.slots);
      }),
      { numRuns },
    );
  });

  test("of a continuous run misses nothing", () => {
    const range = rangeOf(10, noon);
    expect(layOut(range, run(range.from - 60_000, 660), ["cpuPercent"], noon - hour)).toMatchObject({ missing: 0 });
  });

  test("misses exactly what was not recorded since the node's first record, and says null there", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 599 }), { maxLength: 60 }), fc.integer({ min: 0, max: 599 }), (holes, first) => {
        const range = rangeOf(10, noon);
        const there = Array.from({ length: 600 }, (_, slot) => slot).filter((slot) => slot >= first && !holes.includes(slot));
        const laid = layOut(
          range,
          there.map((slot) => pointAt(range.from + slot * 1000, slot)),
          ["cpuPercent"],
          range.from + first * 1000,
        );
        expect(laid.missing).toBe(holes.filter((slot) => slot >= first).length);
        expect(laid.at).toHaveLength(600);
        expect(laid.points.cpuPercent).toEqual(laid.at.map((at) => (there.includes((at - range.from) / 1000) ? (at - range.from) / 1000 : null)));
      }),
      { numRuns },
    );
  });

  test("of a node that never had a record misses nothing, and of one that fell silent before it all", () => {
    const range = rangeOf(10, noon);
    expect(layOut(range, [], ["cpuPercent"], null)).toMatchObject({ missing: 0 });
    expect(layOut(range, [], ["cpuPercent"], range.from - hour)).toMatchObject({ missing: 600 });
  });

  test("passes over stale slots of a clock that ran ahead and of an older turn of the ring", () => {
    const range = rangeOf(10, noon);
    const ahead = run(noon + 50 * 60_000, 60);
    const older = run(range.from - hour, 600);
    const laid = layOut(range, [...ahead, ...older, ...run(range.from, 600)], ["cpuPercent"], noon + 50 * 60_000);
    expect(laid.missing).toBe(0);
    expect(laid.at.every((at) => at >= range.from && at < range.to)).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { maxLength: 50 }), fc.constantFrom(10, 600, 9000), (stray, minutes) => {
        const wide = rangeOf(minutes, noon);
        const only = stray.filter((at) => at < wide.from || at >= wide.to);
        const empty = layOut(
          wide,
          only.map((at) => pointAt(at)),
          ["cpuPercent"],
          null,
        );
        expect(empty.points.cpuPercent?.every((one) => one === null)).toBe(true);
      }),
      { numRuns },
    );
  });

  test("has one value for each slot of each metric that was asked for, and no other metric", () => {
    const asked: readonly Metric[] = ["rssBytes", "beatGapMs"];
    const laid = layOut(rangeOf(90, noon), run(noon - hour, 100), asked, null);
    expect(Object.keys(laid.points).toSorted()).toEqual(["beatGapMs", "rssBytes"]);
    expect(Object.values(laid.points).every((line) => line.length === laid.at.length)).toBe(true);
    expect(coarseRings[0]?.stepMs).toBe(10_000);
    expect(secondRing.stepMs).toBe(1000);
  });
});
