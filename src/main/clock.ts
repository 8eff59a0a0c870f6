import { setTimeout as sleep } from "node:timers/promises";

/** The time as main sees it. `now` is monotonic, in milliseconds. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when aborted. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export function createClock(): Clock {
  return {
    now: () => performance.now(),
    async wait(ms, signal) {
      try {
        await sleep(ms, undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}
