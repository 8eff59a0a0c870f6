import type { ActionClass, Decision, GateLimits, GateReason, Level, PanicBand, PanicSignal } from "../../../../contract/breaker.ts";

/** Bands of the injection screen, from the least to the most suspicious. */
export type InjectionBand = "none" | "medium" | "high";

/** What a level is applied with. Recorded in the log whenever it changes, so that a replay knows it. */
export interface Policy {
  level: Level;
  /** Highest level of the licence: the level that counts is the lower of the two. */
  maxLevel: Level;
  limits: GateLimits;
  grants: readonly GrantRule[];
  /** Hosts that the owner listed; `*.a.b` means every host below a.b. */
  hosts: readonly string[];
  /** Third parties that wrote in first or that the owner approved before: `channel:address`. */
  known: readonly string[];
  /** isolated: nothing leaves but to listed hosts. */
  egress: "isolated" | "hybrid";
  /** How a tool's own network is cut off; none: tools that may dial don't start above level 2. */
  isolation: "netns" | "sandbox-exec" | "none";
}

export interface GrantRule {
  id: string;
  scope: "recipient" | "host";
  value: string;
  class: ActionClass;
  tool: string;
}

/** One thing that an act does. What depends on the policy (listed host, known recipient) is left to the verdict. */
export type Part =
  | { kind: "class"; class: ActionClass; why: string }
  | { kind: "send"; recipients: readonly string[]; count: number; publish: boolean }
  | { kind: "egress"; host: string; get: boolean }
  | { kind: "credential"; handle: string; host: string; listed: boolean }
  | { kind: "pay"; amount: number; currency: string };

/** What the real payload of an act says, without words: everything here may stand in the log. */
export interface Facts {
  tool: string;
  /** False: no tool of that name is known, so it counts as class 3. */
  catalogued: boolean;
  problem: "bad-request" | "unparsable-command" | null;
  parts: readonly Part[];
  channel: string | null;
  /** `channel:address`, the first 64; `count` is all of them. */
  recipients: readonly string[];
  count: number;
  hosts: readonly string[];
  /** Absolute, the first 64. `pathsWhole` is false where some could not be known (a glob, a variable). */
  paths: readonly string[];
  pathsWhole: boolean;
  amount: number | null;
  currency: string | null;
  /** Starts a process that may dial by itself. */
  dials: boolean;
  /** alert: goes out even while stopped. conversation: the owner's own conversation. */
  owner: "alert" | "conversation" | null;
  title: { code: string; params: Record<string, string | number> };
}

/** A secret or personal datum in the payload, by kind only. */
export interface SecretFact {
  kind: string;
  /** secret: must not leave. personal: makes the payload sensitive. */
  weight: "secret" | "personal";
}

interface Timed {
  /** Monotonic milliseconds: windows use this only. */
  mono: number;
  /** Wall clock, for people. */
  at: number;
}

export interface ActEvent extends Timed {
  type: "act";
  act: string;
  epoch: number;
  agent: string;
  parent: string | null;
  task: string | null;
  mode: "live" | "draft";
  facts: Facts;
  injection: { band: InjectionBand; score: number };
  secrets: readonly SecretFact[];
  urgent: boolean;
  /** Hash of tool and arguments, hex: the same call again has the same one. */
  call: string;
  /** SimHash of the outgoing text, 16 hex digits. */
  simhash: string | null;
  /** The approval that this act wants to use up, as the approvals judged it. */
  approval: {
    of: string;
    batch: string;
    needs: "ask" | "ask-console";
    result: "ok" | "approval-mismatch" | "approval-used" | "approval-expired" | "approval-denied";
  } | null;
  /** A filter or port that could not answer: the act is denied for that. */
  failure: GateReason | null;
}

export interface InboundEvent extends Timed {
  type: "inbound";
  agent: string;
  parent: string | null;
  task: string | null;
  span: string;
  surface: string;
  /** `channel:address` of whoever wrote it; null where nobody did (a web page). */
  source: string | null;
  /** False only for the owner's own words. */
  untrusted: boolean;
  injection: { band: InjectionBand; score: number };
  urgent: boolean;
  failure: GateReason | null;
}

export interface OutcomeEvent extends Timed {
  type: "outcome";
  act: string;
  epoch: number;
  ok: boolean;
  /** Hash of the result, hex; null where nobody told. */
  result: string | null;
  tokens: number;
}

/** Everything that the gate's state depends on, in the order in which it happened. */
export type GateEvent =
  /** A start of the daemon: monotonic time begins anew; `carry` is what was spent in the last 24 h. */
  | (Timed & { type: "boot"; carry: { spent: readonly Spent[]; tokens: readonly Spent[] } })
  | (Timed & { type: "policy"; policy: Policy | null })
  /** `own`: the stop that this gate asked for itself by its verdict. */
  | (Timed & { type: "latch"; state: "run" | "stopped" | "ready"; epoch: number; own: boolean })
  | (Timed & { type: "span-gone"; agent: string; spans: readonly string[] })
  /** A person's answer to the approval that `act` asked for. */
  | (Timed & { type: "approval"; act: string; answer: "approve" | "deny" | "expire" })
  /** The gate's whole state, so that a replay can begin here. */
  | (Timed & { type: "state"; state: string })
  | InboundEvent
  | ActEvent
  | OutcomeEvent;

export interface Spent {
  /** How long ago, when the daemon started. */
  ageMs: number;
  amount: number;
}

export interface Verdict {
  decision: Decision;
  class: ActionClass;
  reason: GateReason;
  params: Record<string, string | number>;
  tainted: boolean;
  panic: PanicBand;
}

/** What the caller has to do because of an event. */
export type Effect =
  | { do: "trip"; signals: readonly PanicSignal[] }
  | { do: "stop-task"; agent: string; task: string | null; why: "repeated-call" | "ping-pong" | "spent" }
  | { do: "tell-owner"; why: GateReason; act: string | null; params: Record<string, string | number> };

export interface StepResult {
  verdict: Verdict | null;
  /** What became of a reported outcome. discarded: of an older epoch, or of an act that the gate doesn't know. */
  outcome: "done" | "failed" | "discarded" | null;
  effects: readonly Effect[];
  /** True: the state is as it was, so the event needs no row of its own. */
  inert: boolean;
}

/** One event as the log holds it, with the verdict that was given then. */
export interface Recorded {
  event: GateEvent;
  verdict: Verdict | null;
}
