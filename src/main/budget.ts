/**
 * Counts how often something went wrong within a window of time.
 * `spend` says whether one more try is allowed; `used` is the count inside the window.
 */
export function createBudget(deps: { now: () => number; tries: number; withinMs: number }) {
  let spent: number[] = [];
  const fresh = () => spent.filter((at) => deps.now() - at < deps.withinMs);
  return {
    spend(): boolean {
      spent = fresh();
      if (spent.length >= deps.tries) return false;
      spent.push(deps.now());
      return true;
    },
    used: () => fresh().length,
    reset() {
      spent = [];
    },
  };
}

/** Waiting time before try number `n` (1, 2, ...) in milliseconds: doubles up to `max`, with +-20 % of jitter from `random` (0..1). */
export function backOff(n: number, random: () => number, base = 500, max = 30_000): number {
  return Math.round(Math.min(max, base * 2 ** Math.max(0, n - 1)) * (0.8 + 0.4 * random()));
}
