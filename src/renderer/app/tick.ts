import { useSyncExternalStore } from "react";
import type { Clock } from "./clock.ts";

/** One heartbeat for all ages on screen, so that sixty of them change in one frame. It stands still while nobody looks. */
export function createTicker(clock: Clock, everyMs = 500) {
  let at = clock.now();
  const readers = new Set<() => void>();
  let stop: (() => void) | null = null;
  return {
    now: () => at,
    subscribe: (read: () => void): (() => void) => {
      readers.add(read);
      at = clock.now();
      stop ??= clock.every(everyMs, () => {
        at = clock.now();
        readers.forEach((each) => each());
      });
      return () => {
        readers.delete(read);
        if (readers.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}
export type Ticker = ReturnType<typeof createTicker>;

/** Monotonic now, refreshed twice a second. */
export function useNow(ticker: Ticker): number {
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}
