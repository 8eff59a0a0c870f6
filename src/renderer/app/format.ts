import type { Reading } from "../../contract/values.ts";

export type TimeUnit = "second" | "minute" | "hour" | "day";
export interface TimePart {
  value: number;
  unit: TimeUnit;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** An age in one unit. Under 10 s it keeps a tenth, for a heartbeat is judged by tenths. Never negative. */
export function agePart(ms: number): TimePart {
  const age = Math.max(0, ms);
  if (age < 9950) return { value: Math.round(age / 100) / 10, unit: "second" };
  if (age < minuteMs) return { value: Math.min(59, Math.round(age / secondMs)), unit: "second" };
  if (age < hourMs) return { value: Math.floor(age / minuteMs), unit: "minute" };
  if (age < 2 * dayMs) return { value: Math.floor(age / hourMs), unit: "hour" };
  return { value: Math.floor(age / dayMs), unit: "day" };
}

/** A duration in at most two neighbouring units: 1 h 6 min, 9 d 4 h, 40 s. */
export function durationParts(ms: number): TimePart[] {
  const whole = Math.max(0, Math.round(ms / secondMs));
  const of = (value: number, unit: TimeUnit): TimePart => ({ value, unit });
  const pair = (first: TimePart, second: TimePart) => (second.value === 0 ? [first] : [first, second]);
  if (whole < 60) return [of(whole, "second")];
  if (whole < 600) return pair(of(Math.floor(whole / 60), "minute"), of(whole % 60, "second"));
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return [of(minutes, "minute")];
  if (minutes < 24 * 60) return pair(of(Math.floor(minutes / 60), "hour"), of(minutes % 60, "minute"));
  const hours = Math.floor(minutes / 60);
  return pair(of(Math.floor(hours / 24), "day"), of(hours % 24, "hour"));
}

const binary = ["B", "KB", "MB", "GB", "TB"] as const;

/** Bytes as people read them on the box: memory counts by 1024, disks by 1000. At most three digits that mean something. */
export function bytes(value: number, base: 1000 | 1024): { value: number; unit: (typeof binary)[number] } {
  let at = 0;
  let rest = value;
  while (rest >= base && at < binary.length - 1) {
    rest /= base;
    at += 1;
  }
  return { value: rest >= 100 ? Math.round(rest) : Math.round(rest * 10) / 10, unit: binary[at] ?? "B" };
}

/** True for a reading that has a number. */
export const known = (reading: Reading | null | undefined): reading is number => typeof reading === "number";
