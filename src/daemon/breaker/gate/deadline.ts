import type { Clock } from "../../kernel/clock.ts";

/** Callers of the gate wait no longer, in milliseconds. What isn't decided by then is denied. */
export const CEILING_MS = 3000;

/** Answers within the ceiling, whatever the work does: `late` when it takes longer, `failed` when it rejects or throws. Never rejects. */
export function createDeadline(clock: Clock) {
  return function within<T>(work: (gaveUp: () => boolean) => Promise<T>, late: () => T, failed: (error: unknown) => T): Promise<T> {
    return new Promise((resolve) => {
      let over = false;
      let cancel = () => {};
      const end = (answer: () => T) => {
        if (over) return;
        over = true;
        cancel();
        resolve(answer());
      };
      try {
        cancel = clock.after(CEILING_MS, () => end(late));
        work(() => over).then(
          (answer) => end(() => answer),
          (error: unknown) => end(() => failed(error)),
        );
      } catch (error) {
        end(() => failed(error));
      }
    });
  };
}
