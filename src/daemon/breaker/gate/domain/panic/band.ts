import type { PanicBand, PanicSignal } from "../../../../../contract/breaker.ts";
import { sensitivityAt } from "../matrix.ts";
import type { GateState } from "../state.ts";
import { effectiveLevel } from "../level.ts";
import { BLOCK_LIMIT, BLOCK_WINDOW_MS, countOf, mostOf, VIOLATION_LIMIT, VIOLATION_WINDOW_MS } from "./counts.ts";
import { OPEN_FAILURES } from "./failures.ts";
import { FEWEST, rolled, Z_LIMIT, zOf } from "./rate.ts";
import { PING_PONG_LIMIT, STOP_SAME, TURN_MS } from "./repetition.ts";
import { LIMIT, WINDOW_MS } from "./same-text.ts";
import { percentOf, spent } from "./spend.ts";

/** These stop everything at their limit; the others stop a task or a tool. */
const latching = new Set<PanicSignal["code"]>(["burst", "rate", "same-text", "security-blocks"]);
const ALERT = 0.5;
const STRESSED = 0.75;
/** Spending near its cap is worth a look, not a raised voice. */
const quiet = new Set<PanicSignal["code"]>(["spend"]);

/** How near each signal is to where it acts, at the level that holds now. */
export function signalsOf(state: GateState, mono: number): PanicSignal[] {
  const { panic, policy } = state;
  const scale = policy === null ? 0.5 : sensitivityAt(effectiveLevel(policy)).panicScale;
  const peak = (code: PanicSignal["code"], forMs: number) => {
    const found = panic.peaks.get(code);
    return found !== undefined && mono - found.mono <= forMs ? found.value : 0;
  };
  let z = 0;
  for (const rate of panic.rates.values()) {
    const now = rolled(rate, mono);
    if (now.count >= FEWEST * scale) z = Math.max(z, zOf(now));
  }
  let failures = 0;
  for (const health of panic.health.values()) failures = Math.max(failures, health.failures);
  const money = policy === null ? 0 : percentOf(spent(state.spent, mono), policy.limits.spendCap);
  const tokenCap = policy === null ? null : policy.limits.tokenCap;
  const tokens = tokenCap === null ? 0 : percentOf(spent(state.tokens, mono), tokenCap);
  const count = (code: PanicSignal["code"], value: number, limit: number): PanicSignal => ({ code, value, limit: limit * scale, unit: "count" });
  return [
    count("burst", mostOf(panic.violations, mono, VIOLATION_WINDOW_MS), VIOLATION_LIMIT),
    { code: "rate", value: Math.round(z * 100) / 100, limit: Z_LIMIT * scale, unit: "z" },
    count("same-text", peak("same-text", WINDOW_MS), LIMIT),
    count("same-call", peak("same-call", TURN_MS), STOP_SAME),
    count("ping-pong", peak("ping-pong", TURN_MS), PING_PONG_LIMIT),
    count("failures", failures, OPEN_FAILURES),
    count("security-blocks", countOf(panic.blocks, mono, BLOCK_WINDOW_MS), BLOCK_LIMIT),
    { code: "spend", value: Math.round(Math.max(money, tokens)), limit: 100, unit: "percent" },
  ];
}

/** The band that the signals make. */
export function bandOf(signals: readonly PanicSignal[]): PanicBand {
  let band: PanicBand = "calm";
  for (const { code, value, limit } of signals) {
    const share = value / limit;
    if (latching.has(code) && (code === "rate" ? share > 1 : share >= 1)) return "panic";
    if (share >= STRESSED && !quiet.has(code)) band = "stressed";
    else if (share >= ALERT && band === "calm") band = "alert";
  }
  return band;
}

/** The signals that stop everything, if any does. */
export const panicking = (signals: readonly PanicSignal[]): PanicSignal[] =>
  signals.filter(({ code, value, limit }) => latching.has(code) && (code === "rate" ? value > limit : value >= limit));
