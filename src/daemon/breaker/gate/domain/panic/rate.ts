/** Events of one class per minute against what is usual. Minutes are counted by the monotonic clock: no calendar, no zone. */
export interface Rate {
  /** Start of the minute that is being counted. */
  from: number;
  count: number;
  mean: number;
  variance: number;
  /** Minutes seen. */
  seen: number;
}

export const MINUTE = 60_000;
export const WARM_UP = 50;
export const FEWEST = 8;
export const Z_LIMIT = 4;
const weight = 0.1;
/** An hour and more of nothing brings mean and variance close enough to zero. */
const longestGap = 120;

export const newRate = (mono: number): Rate => ({ from: mono, count: 0, mean: 0, variance: 0, seen: 0 });

/** Closes the minutes that are over: each is one sample of the moving mean and variance. */
export function rolled(rate: Rate, mono: number): Rate {
  let minutes = Math.floor((mono - rate.from) / MINUTE);
  if (minutes <= 0) return rate;
  const next = { ...rate, from: rate.from + minutes * MINUTE, seen: rate.seen + minutes };
  for (minutes = Math.min(minutes, longestGap); minutes > 0; minutes--) {
    const off = next.count - next.mean;
    next.mean += weight * off;
    next.variance = (1 - weight) * (next.variance + weight * off * off);
    next.count = 0;
  }
  return next;
}

/** How far this minute stands above the usual, in deviations; at least that of a Poisson count, so that a quiet hour doesn't make two events a wonder. */
export function zOf(rate: Rate): number {
  if (rate.seen < WARM_UP) return 0;
  return (rate.count - rate.mean) / Math.max(1, Math.sqrt(rate.variance), Math.sqrt(rate.mean));
}
