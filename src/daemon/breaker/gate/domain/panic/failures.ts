/** The breaker of one tool (and host): closed, open for a while, or open with one probe on its way. */
export interface ToolHealth {
  failures: number;
  /** Monotonic time until which calls are refused; null: closed. */
  openUntil: number | null;
  openMs: number;
  probing: string | null;
}

export const OPEN_FAILURES = 5;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 600_000;

export const healthy: ToolHealth = { failures: 0, openUntil: null, openMs: FIRST_OPEN_MS, probing: null };

/** Whether a call may go out: when the time is over, one probe may. */
export const mayCall = (health: ToolHealth, mono: number): boolean => health.openUntil === null || (mono >= health.openUntil && health.probing === null);

/** The call `act` goes out. */
export const calling = (health: ToolHealth, act: string): ToolHealth => (health.openUntil === null ? health : { ...health, probing: act });

/** A call came back. Open again for twice as long when the probe failed; closed when it did not. */
export function cameBack(health: ToolHealth, act: string, ok: boolean, mono: number, scale: number): ToolHealth {
  const probe = health.probing === act;
  if (ok) return probe || health.openUntil === null ? healthy : health;
  const failures = health.failures + 1;
  if (probe) {
    const openMs = Math.min(LONGEST_OPEN_MS, health.openMs * 2);
    return { failures, openUntil: mono + openMs, openMs, probing: null };
  }
  if (health.openUntil !== null) return { ...health, failures };
  return failures >= OPEN_FAILURES * scale ? { failures, openUntil: mono + FIRST_OPEN_MS, openMs: FIRST_OPEN_MS, probing: null } : { ...health, failures };
}

/** A probe that never came back doesn't block the tool for ever. */
export const lostProbe = (health: ToolHealth, mono: number): ToolHealth =>
  health.probing !== null && health.openUntil !== null && mono - health.openUntil > LONGEST_OPEN_MS ? { ...health, probing: null } : health;
