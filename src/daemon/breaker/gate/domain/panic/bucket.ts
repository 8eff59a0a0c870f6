/** A token bucket. `at` is monotonic milliseconds. */
export interface Bucket {
  tokens: number;
  at: number;
}

export interface BucketRule {
  /** Tokens at most. */
  burst: number;
  perMinute: number;
}

/** Per channel and recipient. */
export const outboundRule: BucketRule = { burst: 5, perMinute: 10 };
/** Per agent and its children together: they share one budget. */
export const callRule: BucketRule = { burst: 60, perMinute: 60 };

/** Takes one token; false when there is none, and then nothing changes. A clock that went back adds nothing. */
export function takeToken(bucket: Bucket | undefined, rule: BucketRule, scale: number, mono: number): Bucket | undefined {
  const burst = Math.max(1, rule.burst * scale);
  const before = bucket ?? { tokens: burst, at: mono };
  const tokens = Math.min(burst, before.tokens + (Math.max(0, mono - before.at) * rule.perMinute * scale) / 60_000);
  return tokens < 1 ? undefined : { tokens: tokens - 1, at: Math.max(before.at, mono) };
}

/** Milliseconds until the next token. */
export function waitMs(bucket: Bucket | undefined, rule: BucketRule, scale: number, mono: number): number {
  if (bucket === undefined) return 0;
  const perMs = (rule.perMinute * scale) / 60_000;
  return Math.max(0, Math.ceil((1 - bucket.tokens) / perMs - Math.max(0, mono - bucket.at)));
}
