import type { Clock } from "./clock.ts";

/** Waits longer after each failure (250 ms, doubled up to `maxMs`, +-20 %), until `wake` or the signal ends the wait. */
export function createBackoff({ clock, random, maxMs }: { clock: Clock; random: () => number; maxMs: number }) {
  let fails = 0;
  let wake = () => {};
  return {
    reset() {
      fails = 0;
    },
    wake: () => wake(),
    wait(signal: AbortSignal): Promise<void> {
      const ms = Math.min(maxMs, 250 * 2 ** fails) * (0.8 + random() * 0.4);
      fails = Math.min(fails + 1, 16);
      return new Promise((resolve) => {
        const cancel = clock.after(ms, done);
        function done() {
          cancel();
          signal.removeEventListener("abort", done);
          resolve();
        }
        wake = done;
        signal.addEventListener("abort", done);
        if (signal.aborted) done();
      });
    },
  };
}
