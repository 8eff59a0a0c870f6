import type { Clock } from "../../kernel/clock.ts";

export interface RehearsalClock extends Clock {
  /** Lets the gate's time jump forward to an instant; never back. Answers whether it was one: an ISO 8601 date and time with its zone. */
  jump(at: string): boolean;
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** A rehearsed day may last a day, and a few of them may follow each other. */
const LONGEST_JUMP_MS = 40 * 86_400_000;

/**
 * The gate's time in a rehearsal: it stands where the day's file says and runs at real speed between events. Timers stay those of the real clock.
 * The first jump sets the wall clock anywhere; from then on wall and monotonic time go forward together.
 */
export function createRehearsalClock(clock: Clock): RehearsalClock {
  let wall: number | null = null;
  let ahead = 0;
  return {
    now: () => clock.now() + (wall ?? 0),
    mono: () => clock.mono() + ahead,
    after: (ms, task) => clock.after(ms, task),
    every: (ms, task) => clock.every(ms, task),
    jump(at) {
      const to = instant.test(at) ? Date.parse(at) : Number.NaN;
      if (Number.isNaN(to)) return false;
      if (wall === null) {
        wall = to - clock.now();
        return true;
      }
      const by = to - (clock.now() + wall);
      if (by > LONGEST_JUMP_MS) return false;
      if (by > 0) {
        wall += by;
        ahead += by;
      }
      return true;
    },
  };
}
