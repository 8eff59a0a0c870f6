import type { PlanStep } from "../../../contract/rack.ts";
import { known } from "../../app/format.ts";

/** Seconds after the cut at which a step is expected, else the time it is set for; null when only its trigger is known. */
export function stepAt(step: Pick<PlanStep, "atSeconds" | "expectedAtSeconds">): number | null {
  return known(step.expectedAtSeconds) ? step.expectedAtSeconds : step.atSeconds;
}

export interface Segment {
  /** Seconds at both ends. */
  from: number;
  to: number;
  /** Pixels at both ends. */
  left: number;
  right: number;
}
export interface Axis {
  segments: [Segment] | [Segment, Segment];
  ticks: { seconds: number; x: number }[];
}

const steps = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
const gapPx = 14;
const earlyShare = 0.35;

const stepFor = (span: number, most: number) => steps.find((step) => span / step <= most) ?? 28_800;
const upTo = (value: number, step: number) => Math.ceil(value / step) * step;

const place = (segment: Segment, seconds: number) => segment.left + ((seconds - segment.from) / (segment.to - segment.from)) * (segment.right - segment.left);

/** Pixel of a second after the power cut. Beyond the axis it stays at its end. */
export function xOf(axis: Axis, seconds: number): number {
  const segment = axis.segments.find((one) => seconds <= one.to) ?? axis.segments.at(-1) ?? axis.segments[0];
  return Math.min(segment.right, Math.max(segment.left, place(segment, seconds)));
}

/**
 * A time axis for the plan. What comes early (notify, pause, the first nodes) needs seconds, the end needs hours: when the end is
 * more than four times as far, the axis is cut in two, visibly. `early` and `end` are seconds after the cut.
 */
export function axisOf(early: number, end: number, left: number, right: number): Axis {
  const start = Math.max(60, early);
  if (end <= start * 4) {
    const to = Math.max(60, end * 1.06);
    const only: Segment = { from: 0, to, left, right };
    const step = stepFor(to, 8);
    return { segments: [only], ticks: range(0, to, step).map((seconds) => ({ seconds, x: place(only, seconds) })) };
  }
  const cut = upTo(start * 1.05, stepFor(start, 4));
  const middle = left + (right - left) * earlyShare;
  const first: Segment = { from: 0, to: cut, left, right: middle };
  const second: Segment = { from: cut, to: end * 1.06, left: middle + gapPx, right };
  const far = stepFor(second.to - cut, 5);
  const late = range(upTo(cut + 1, far), second.to, far).filter((seconds) => place(second, seconds) > second.left + 40);
  return {
    segments: [first, second],
    ticks: [
      ...range(0, cut, stepFor(cut, 5)).map((seconds) => ({ seconds, x: place(first, seconds) })),
      ...late.map((seconds) => ({ seconds, x: place(second, seconds) })),
    ],
  };
}

function range(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value <= to + 1e-6; value += step) values.push(value);
  return values;
}

/** Seconds at which the early part of the plan is over: what comes by delay or straight after it. */
export function earlyEnd(plan: readonly PlanStep[]): number {
  return Math.max(0, ...plan.filter((step) => step.trigger !== "runtime" && step.trigger !== "low-battery").map((step) => stepAt(step) ?? 0));
}

/** Seconds at which the last known step falls; 0 when none is known. */
export function lastKnown(plan: readonly PlanStep[]): number {
  return Math.max(0, ...plan.map((step) => stepAt(step) ?? 0));
}
