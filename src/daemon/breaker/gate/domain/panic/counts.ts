import { push } from "../bounded.ts";

/** Something that happened, of a kind `key`, kept for a window. */
export interface Mark {
  mono: number;
  key: string;
}

export const VIOLATION_WINDOW_MS = 300_000;
export const VIOLATION_LIMIT = 3;
/** Attempts within this of a counted one are the same violation: three calls in one blink are not three warnings ignored. */
export const VIOLATION_GAP_MS = 1000;
export const BLOCK_WINDOW_MS = 600_000;
export const BLOCK_LIMIT = 3;
const MOST = 64;

/** Notes a violation, unless the same key had one a moment ago; answers whether it was noted. */
export function noteViolation(marks: Mark[], key: string, mono: number): boolean {
  const last = marks.findLast((one) => one.key === key);
  if (last !== undefined && mono - last.mono < VIOLATION_GAP_MS) return false;
  forget(marks, mono, VIOLATION_WINDOW_MS);
  push(marks, { mono, key }, MOST);
  return true;
}

export function noteBlock(marks: Mark[], key: string, mono: number): void {
  forget(marks, mono, BLOCK_WINDOW_MS);
  push(marks, { mono, key }, MOST);
}

function forget(marks: Mark[], mono: number, windowMs: number): void {
  while (marks[0] !== undefined && mono - marks[0].mono > windowMs) marks.shift();
}

/** The most that one key has within the window. */
export function mostOf(marks: readonly Mark[], mono: number, windowMs: number): number {
  const counts = new Map<string, number>();
  let most = 0;
  for (const one of marks) {
    if (mono - one.mono > windowMs) continue;
    const count = (counts.get(one.key) ?? 0) + 1;
    counts.set(one.key, count);
    if (count > most) most = count;
  }
  return most;
}

export const countOf = (marks: readonly Mark[], mono: number, windowMs: number): number =>
  marks.reduce((sum, one) => (mono - one.mono <= windowMs ? sum + 1 : sum), 0);
