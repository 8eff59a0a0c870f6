import type { Clock } from "../../kernel/clock.ts";

/** So many a second, and no more; answers whether one was left. A clock that can't be read leaves none. */
export function createBudget({ mono }: Pick<Clock, "mono">, perSecond: number): () => boolean {
  let from = -Infinity;
  let taken = 0;
  return () => {
    const now = mono();
    if (!Number.isFinite(now)) return false;
    if (now - from >= 1000 || now < from) {
      from = now;
      taken = 0;
    }
    return ++taken <= perSecond;
  };
}
