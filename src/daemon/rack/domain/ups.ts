import type { UpsView } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";

export const pollEveryMs = 1000;
/** Three polls missed: the values are stale and the UPS is unreachable. */
export const staleAfterMs = 3 * pollEveryMs;
/** A UPS last seen on battery and silent for this long counts as low battery: nobody can tell how much is left. */
export const vanishedAfterMs = 15_000;

export type UpsSource = UpsView["source"];
export type UpsProblem = NonNullable<UpsView["problem"]>;

/** What one poll brought: the variables by their NUT names (`ups.status`, `battery.charge`, ...), or the reason why nothing came. `problem` beside values is a trouble that does not hide them, such as a refused login. */
export type UpsReport =
  | { kind: "values"; name: string; vars: Readonly<Record<string, string>>; encrypted: boolean; problem: UpsProblem | null }
  | { kind: "silent"; problem: UpsProblem };

/** What is remembered of a UPS between polls. Times are monotonic milliseconds. */
export interface UpsMemory {
  source: UpsSource;
  name: string | null;
  vars: Readonly<Record<string, string>>;
  encrypted: boolean;
  problem: UpsProblem | null;
  /** When values last came; null before the first. */
  heardAt: number | null;
  /** The last status that said where the power comes from, and when. WAIT or an empty status says nothing. */
  power: { flags: ReadonlySet<string>; at: number } | null;
  state: UpsView["state"];
  stateSince: number;
}

/** Flags of `ups.status` (RFC 9271 section 5.1) in upper case; words that can't be flags are left out. */
export function parseStatus(text: string): ReadonlySet<string> {
  const words = text.toUpperCase().split(/\s+/);
  return new Set(words.filter((word) => /^[A-Z][A-Z0-9_-]{0,15}$/.test(word)).slice(0, 32));
}

const onBattery = (flags: ReadonlySet<string>) => flags.has("OB");
/** LB while mains are there (OL without OB) is a battery that recharges: no reason to go down. */
const saysLow = (flags: ReadonlySet<string>) => flags.has("LB") && (onBattery(flags) || !flags.has("OL"));
const tellsPower = (flags: ReadonlySet<string>) => ["OL", "OB", "LB", "FSD"].some((flag) => flags.has(flag));

/** A UPS of which nothing was heard yet. */
export function newUps(source: UpsSource, name: string | null, monoMs: number): UpsMemory {
  const state = source === "none" ? "none" : "unknown";
  return { source, name, vars: {}, encrypted: false, problem: null, heardAt: null, power: null, state, stateSince: monoMs };
}

/** Takes one report in; without a report only time passes. */
export function observeUps(memory: UpsMemory, report: UpsReport | null, monoMs: number): UpsMemory {
  const next = report === null ? memory : take(memory, report, monoMs);
  const state = stateOf(next, monoMs);
  return state === memory.state ? { ...next, state } : { ...next, state, stateSince: monoMs };
}

function take(memory: UpsMemory, report: UpsReport, monoMs: number): UpsMemory {
  if (report.kind === "silent") return { ...memory, problem: report.problem };
  const flags = parseStatus(report.vars["ups.status"] ?? "");
  const power = tellsPower(flags) ? { flags, at: monoMs } : memory.power;
  return { ...memory, name: report.name, vars: report.vars, encrypted: report.encrypted, problem: report.problem, heardAt: monoMs, power };
}

/** The low-battery rule: LB or FSD as long as they were the last word, or on battery and then 15 s of no word. */
export function lowBatteryBecause(memory: UpsMemory, monoMs: number): UpsView["lowBatteryBecause"] {
  if (memory.power === null) return null;
  if (memory.power.flags.has("FSD")) return "forced-shutdown";
  if (saysLow(memory.power.flags)) return "flag";
  return onBattery(memory.power.flags) && monoMs - memory.power.at >= vanishedAfterMs ? "vanished-on-battery" : null;
}

function stateOf(memory: UpsMemory, monoMs: number): UpsView["state"] {
  if (memory.source === "none") return "none";
  if (lowBatteryBecause(memory, monoMs) !== null) return "low-battery";
  if (memory.heardAt === null) return "unknown";
  if (monoMs - memory.heardAt > staleAfterMs) return "unreachable";
  // Heard, but the present status doesn't tell: not fine, and not on line because it was so before.
  if (memory.power === null || memory.power.at !== memory.heardAt) return "unknown";
  return onBattery(memory.power.flags) ? "on-battery" : "on-line";
}

/** What the screens see of it at `monoMs`. Old values stay, with their age. */
export function upsView(memory: UpsMemory, monoMs: number): UpsView {
  const because = lowBatteryBecause(memory, monoMs);
  const stale = memory.heardAt !== null && monoMs - memory.heardAt > staleAfterMs;
  return {
    state: stateOf(memory, monoMs),
    source: memory.source,
    name: memory.name,
    model: modelOf(memory.vars),
    status: [...parseStatus(memory.vars["ups.status"] ?? "")],
    chargePercent: reading(memory.vars["battery.charge"], 0, 100),
    runtimeSeconds: reading(memory.vars["battery.runtime"], 0, 10_000_000),
    loadPercent: reading(memory.vars["ups.load"], 0, 1000),
    powerW: reading(memory.vars["ups.realpower"], 0, 1_000_000),
    ageMs: memory.heardAt === null ? null : Math.max(0, monoMs - memory.heardAt),
    forMs: Math.max(0, monoMs - memory.stateSince),
    lowBattery: because !== null,
    lowBatteryBecause: because,
    encrypted: memory.encrypted,
    problem: memory.problem ?? (stale ? "stale" : null),
  };
}

/** A number within its limits, or unknown: an empty text is not 0. */
export function reading(text: string | undefined, least: number, most: number): Reading {
  if (text === undefined || !/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return "unknown";
  const value = Number(text);
  return value >= least && value <= most ? value : "unknown";
}

function modelOf(vars: Readonly<Record<string, string>>): string {
  const maker = vars["device.mfr"] ?? vars["ups.mfr"] ?? "";
  const model = vars["device.model"] ?? vars["ups.model"] ?? "";
  const text = `${maker} ${model}`.trim().slice(0, 120);
  return text === "" ? "unknown" : text;
}
