import type { ActionClass, Level, PanicSignal } from "../../../../contract/breaker.ts";
import type { Bucket } from "./panic/bucket.ts";
import type { Mark } from "./panic/counts.ts";
import type { ToolHealth } from "./panic/failures.ts";
import type { Rate } from "./panic/rate.ts";
import type { Call } from "./panic/repetition.ts";
import type { Sent } from "./panic/same-text.ts";
import type { Expense } from "./panic/spend.ts";
import type { InjectionBand, Policy } from "./types.ts";

/** Untrusted text that stands in an agent's context. */
export interface Span {
  band: InjectionBand;
  urgent: boolean;
}

/** What an agent has in its context for one task. */
export interface Context {
  spans: Map<string, Span>;
  /** More spans than can be told apart: tainted until the context is forgotten. */
  overflow: boolean;
  /** Something of class 1b was read in this task. */
  sensitive: boolean;
  calls: Call[];
  stoppedUntil: number | null;
}

/** A parent as it was when it spawned the child: the child is judged by it too. */
export interface Ceiling {
  level: Level;
  tainted: boolean;
}

export interface Agent {
  parents: string[];
  ceilings: Ceiling[];
  /** The agent at the head of the family: all share one budget of calls. */
  root: string;
}

/** An act that was let through and whose outcome is awaited. */
export interface OpenAct {
  epoch: number;
  generation: number;
  context: string;
  toolKey: string;
  /** Its first connection to the host that it named was made. */
  dialled?: true;
}

/** What an act that waits for a person would reach. */
export interface Asked {
  needs: "ask" | "ask-console";
  class: ActionClass;
  recipients: readonly string[];
}

type Peak = { value: number; mono: number };

export interface PanicState {
  buckets: Map<string, Bucket>;
  violations: Mark[];
  blocks: Mark[];
  rates: Map<ActionClass, Rate>;
  sent: Sent[];
  health: Map<string, ToolHealth>;
  peaks: Map<PanicSignal["code"], Peak>;
}

/** Everything that a verdict depends on besides the event itself. Bounded, and whole in `freeze`. */
export interface GateState {
  /** Of the last event: time that goes back is taken as standing still. */
  mono: number;
  /** When the daemon started: minutes since then are known, also those in which nothing happened. */
  startedAt: number;
  policy: Policy | null;
  latch: "run" | "stopped" | "ready" | "starting";
  epoch: number;
  /** One more at each stop: what began before it is discarded. */
  generation: number;
  contexts: Map<string, Context>;
  /** A tainted context had to be forgotten for want of room: everything counts as tainted. */
  crowded: boolean;
  agents: Map<string, Agent>;
  acts: Map<string, OpenAct>;
  asked: Map<string, Asked>;
  /** Batches of approvals that were counted once already. */
  batches: Map<string, true>;
  known: Map<string, true>;
  spent: Expense[];
  tokens: Expense[];
  told: { spend: number; tokens: number };
  panic: PanicState;
}

export const newPanic = (rates: Map<ActionClass, Rate> = new Map()): PanicState => ({
  buckets: new Map(),
  violations: [],
  blocks: [],
  rates,
  sent: [],
  health: new Map(),
  peaks: new Map(),
});

/** Before anybody started anything: nothing is allowed. */
export const newState = (): GateState => ({
  mono: 0,
  startedAt: 0,
  policy: null,
  latch: "starting",
  epoch: 0,
  generation: 0,
  contexts: new Map(),
  crowded: false,
  agents: new Map(),
  acts: new Map(),
  asked: new Map(),
  batches: new Map(),
  known: new Map(),
  spent: [],
  tokens: [],
  told: { spend: 0, tokens: 0 },
  panic: newPanic(),
});

/** The whole state as text, and back: `thaw(freeze(state))` goes on exactly as `state` would. Throws on text that isn't one. */
export const freeze = (state: GateState): string =>
  JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { "@map": [...value] };
    return typeof value === "number" && !Number.isFinite(value) ? { "@number": String(value) } : value;
  });

export function thaw(text: string): GateState {
  const state = JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("@map" in value && Array.isArray(value["@map"])) return new Map(value["@map"] as [unknown, unknown][]);
    if ("@number" in value) return Number(value["@number"]);
    return value;
  }) as GateState;
  if (!(state.contexts instanceof Map) || !(state.panic?.rates instanceof Map) || typeof state.mono !== "number") throw new TypeError("not a gate's state");
  return state;
}
