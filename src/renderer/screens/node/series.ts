import type { History } from "../../../contract/rack.ts";

/** Lowest and highest of what was recorded; null when nothing was. */
export function extent(values: readonly (number | null)[]): { low: number; high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low === Infinity ? null : { low, high };
}

/** Milliseconds from the first thing recorded to the end of the range; 0 when nothing was: a slot is told once it is over. */
export function recorded({ at, to, points }: Pick<History, "at" | "to" | "points">): number {
  const first = at.find((_, index) => Object.values(points).some((values) => (values[index] ?? null) !== null));
  return first === undefined ? 0 : Math.max(0, to - first);
}

export interface Bucket {
  at: number;
  /** Mean of what was recorded; null where nothing was: a hole stays a hole. */
  mean: number | null;
}

/** Means over at most `count` equal stretches of time, for the table behind a chart. */
export function buckets(at: readonly number[], values: readonly (number | null)[], count: number): Bucket[] {
  const [first] = at;
  const last = at.at(-1);
  if (first === undefined || last === undefined) return [];
  const width = Math.max(1, Math.ceil((last - first + 1) / count));
  const sums = new Map<number, { sum: number; n: number }>();
  for (const [index, time] of at.entries()) {
    const slot = Math.floor((time - first) / width);
    const so = sums.get(slot) ?? { sum: 0, n: 0 };
    const value = values[index] ?? null;
    sums.set(slot, value === null ? so : { sum: so.sum + value, n: so.n + 1 });
  }
  return [...sums].map(([slot, { sum, n }]) => ({ at: first + slot * width, mean: n === 0 ? null : sum / n }));
}

/** Thins a long series for drawing: the highest of each stretch is kept, so that a spike is never lost; a stretch with nothing recorded stays empty. */
export function thinned(at: readonly number[], values: readonly (number | null)[], most: number): { at: number[]; values: (number | null)[] } {
  if (at.length <= most) return { at: [...at], values: [...values] };
  const step = Math.ceil(at.length / most);
  const out: { at: number[]; values: (number | null)[] } = { at: [], values: [] };
  for (let index = 0; index < at.length; index += step) {
    out.at.push(at[index] ?? 0);
    out.values.push(extent(values.slice(index, index + step))?.high ?? null);
  }
  return out;
}
