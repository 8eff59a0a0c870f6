import { push } from "../bounded.ts";

/** One call of a task: what was called, and what came back. */
export interface Call {
  act: string;
  call: string;
  /** Hash of the result; null while nobody told it. */
  result: string | null;
  mono: number;
}

const RING = 30;
export const STOP_SAME = 8;
/** Polling is a call repeated with an unchanged result within this; slower polling is left alone. */
export const POLL_MS = 10_000;
/** Calls in turn count as one pattern only when they follow each other within this. */
export const TURN_MS = 60_000;
const FULL_PERIODS = 3;

export const noteCall = (calls: Call[], call: Call): void => push(calls, call, RING);

export function noteResult(calls: readonly Call[], act: string, result: string | null): void {
  const found = calls.findLast((one) => one.act === act);
  if (found) found.result = result;
}

/** A result that nobody told is not known to be a change. */
const unchanged = (a: Call, b: Call) => a.result === null || b.result === null || a.result === b.result;

/** How often the newest call was made in a row with the same result, each within ten seconds of the one before. Other calls between don't break the row. */
export function sameCalls(calls: readonly Call[]): number {
  const newest = calls.at(-1);
  if (newest === undefined) return 0;
  const same = calls.filter((one) => one.call === newest.call);
  let count = 1;
  for (let at = same.length - 1; at > 0; at--) {
    const [before, after] = [same[at - 1], same[at]];
    if (before === undefined || after === undefined || after.mono - before.mono >= POLL_MS || !unchanged(before, after)) break;
    count++;
  }
  return count;
}

/** Full periods (of 2 to 4 different calls in turn) at the end of the ring, the most of any period; results must not change either. */
export function pingPong(calls: readonly Call[]): number {
  let most = 0;
  for (const period of [2, 3, 4]) {
    let length = 1;
    for (let at = calls.length - 1; at > 0; at--) {
      const [before, after] = [calls[at - 1], calls[at]];
      const again = calls[at - 1 + period];
      if (before === undefined || after === undefined || after.mono - before.mono >= TURN_MS) break;
      if (again !== undefined && (again.call !== before.call || !unchanged(again, before))) break;
      length++;
    }
    const turn = new Set(calls.slice(-period).map((one) => one.call));
    if (turn.size > 1) most = Math.max(most, Math.floor(length / period));
  }
  return most;
}

export const isPingPong = (periods: number): boolean => periods >= FULL_PERIODS;
export const PING_PONG_LIMIT = FULL_PERIODS;
