import { readFileSync } from "node:fs";
import type { Figure } from "../../levels/figures.ts";

/** The value below which `share` (0 to 1) of the measurements lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

const round = (value: number) => Math.round(value * 100) / 100;
export const figure = (value: number, unit: string, n: number, goal: string | null = null): Figure => ({
  value: Number.isNaN(value) ? "unknown" : round(value),
  unit,
  n,
  goal,
});

/** Median, 99th percentile and maximum of latencies: `key` is the median that the goal is about. */
export function latency(key: string, values: readonly number[], goal: string): Record<string, Figure> {
  return {
    [key]: figure(percentile(values, 0.5), "ms", values.length, goal),
    [`${key}.p99`]: figure(percentile(values, 0.99), "ms", values.length),
    [`${key}.max`]: figure(Math.max(...values), "ms", values.length),
  };
}

/** CPU time that a process has used, in milliseconds (user and system, all its threads). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15 of proc(5), in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function rssMB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Milliseconds until `done` says so, asked every `everyMs`; throws after `withinMs`. */
export async function until(done: () => Promise<boolean> | boolean, withinMs: number, everyMs = 10): Promise<number> {
  const began = performance.now();
  while (!(await done())) {
    if (performance.now() - began > withinMs) throw new Error(`not reached within ${withinMs} ms`);
    await wait(everyMs);
  }
  return performance.now() - began;
}
