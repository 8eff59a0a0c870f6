const firstMs = 250;
const longestMs = 5000;

/** Wait before attempt `n` (0 first): doubles up to 5 s, and half of it is chance so that consoles don't return together. `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}
