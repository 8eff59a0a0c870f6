import type { Metric, Sample } from "../../../contract/rack.ts";

/** A ring of slots: `slots` of `stepMs` each, so it can't outgrow itself. */
export interface Ring {
  name: "1s" | "10s" | "5m";
  stepMs: number;
  slots: number;
}

const hour = 3_600_000;
const ring = (name: Ring["name"], stepMs: number, keepMs: number): Ring => ({ name, stepMs, slots: keepMs / stepMs });
export const secondRing = ring("1s", 1000, hour);
export const coarseRings: readonly Ring[] = [ring("10s", 10_000, 24 * hour), ring("5m", 300_000, 90 * 24 * hour)];
export const allRings: readonly Ring[] = [secondRing, ...coarseRings];

/** Metrics in the order of the ring's columns. */
export const ringMetrics: readonly Metric[] = [
  "cpuPercent",
  "memoryUsedBytes",
  "diskUsedBytes",
  "temperatureC",
  "powerW",
  "networkRxBytesPerS",
  "networkTxBytesPerS",
  "rssBytes",
  "beatGapMs",
];

/** Values of one slot; null where nobody could read it. `at` is the start of the slot, wall-clock milliseconds. */
export interface Point {
  at: number;
  values: Readonly<Record<Metric, number | null>>;
}

/** The finest ring that holds a range of so many minutes. */
export function ringFor(minutes: number): Ring {
  const enough = allRings.find((one) => one.slots * one.stepMs >= minutes * 60_000);
  return enough ?? coarseRings[coarseRings.length - 1] ?? secondRing;
}

export const slotStart = (ring: Ring, at: number): number => Math.floor(at / ring.stepMs) * ring.stepMs;
/** Number of a slot within its ring; the next turn of the ring writes over it. */
export const slotOf = (ring: Ring, at: number): number => Math.floor(at / ring.stepMs) % ring.slots;

/** A sample as a point of the 1 s ring; unknown becomes null, never 0. */
export function pointOf(sample: Sample): Point {
  const values = Object.fromEntries(ringMetrics.map((metric) => [metric, sample[metric] === "unknown" ? null : sample[metric]]));
  return { at: slotStart(secondRing, sample.at), values: values as Point["values"] };
}

/** Several points as one: means of what is known, but the longest wait between heartbeats. What none of them knows stays unknown. */
export function aggregate(at: number, points: readonly Point[]): Point {
  const values = Object.fromEntries(
    ringMetrics.map((metric) => {
      const known = points.flatMap((point) => point.values[metric] ?? []);
      if (known.length === 0) return [metric, null];
      return [metric, metric === "beatGapMs" ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0) / known.length];
    }),
  );
  return { at, values: values as Point["values"] };
}

/** A sample reaches main up to this much after its second: younger slots are not missing yet. */
export const settleMs = 2000;

export interface Range {
  ring: Ring;
  /** First slot, and the end (exclusive): whole slots only. */
  from: number;
  to: number;
}

/** The slots that a range of minutes before `nowMs` covers. */
export function rangeOf(minutes: number, nowMs: number): Range {
  const ring = ringFor(minutes);
  const to = Math.max(0, slotStart(ring, nowMs - settleMs));
  const count = Math.min(ring.slots, Math.max(1, Math.round((minutes * 60_000) / ring.stepMs)));
  return { ring, from: Math.max(0, to - count * ring.stepMs), to };
}

export interface Laid {
  at: number[];
  missing: number;
  points: Partial<Record<Metric, (number | null)[]>>;
}

/**
 * Points laid on the slots of a range. Points outside it (left from a clock that ran ahead, or an older turn of the
 * ring) are not used. `firstEver` is the node's first record: slots before it are not missing.
 */
export function layOut(range: Range, points: Iterable<Point>, metrics: readonly Metric[], firstEver: number | null): Laid {
  const byStart = new Map<number, Point>();
  for (const point of points) if (point.at >= range.from && point.at < range.to) byStart.set(slotStart(range.ring, point.at), point);
  const at: number[] = [];
  for (let start = range.from; start < range.to; start += range.ring.stepMs) at.push(start);
  const known = firstEver === null ? Infinity : firstEver;
  const since = known < range.from ? range.from : Math.min(slotStart(range.ring, known), ...byStart.keys());
  const missing = at.filter((start) => start >= since && !byStart.has(start)).length;
  return { at, missing, points: Object.fromEntries(metrics.map((metric) => [metric, at.map((start) => byStart.get(start)?.values[metric] ?? null)])) };
}
