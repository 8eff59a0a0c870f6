import type { GateLimits, Level, ReplayLine, ReplayResult } from "../../../../contract/breaker.ts";
import { letsThrough } from "./matrix.ts";
import { newState, type GateState } from "./state.ts";
import { failClosed } from "./step.ts";
import type { ActEvent, GateEvent, Policy, Recorded, StepResult, Verdict } from "./types.ts";

/** What is to be different from what was recorded. Nothing: the replay gives the recorded verdicts. */
export interface Change {
  level?: Level;
  limits?: Partial<GateLimits>;
  allowHosts?: readonly string[];
}

const MOST_LINES = 500;
const MOST_REMEMBERED = 20_000;

/**
 * Runs recorded events through a gate of its own and compares. Inputs that another verdict would have taken away are left out: outcomes of acts that
 * were not let through, answers to approvals that nobody asked for, acts that were carried out before. What only this run lets through counts as done.
 * Writes nothing. Acts before `countFrom` (wall clock) are run and not counted.
 */
export function createReplay(change: Change, countFrom = 0) {
  const state: GateState = newState();
  let started = false;
  let level: Level = change.level ?? 1;
  let from: number | null = null;
  let acts = 0;
  let differences = 0;
  let unasked = 0;
  let held = 0;
  let stopsAt: number | null = null;
  const lines: ReplayLine[] = [];
  /** What became here of acts that may come again with an approval. */
  const fates = new Map<string, "through" | "asked" | "denied">();

  const changed = (policy: Policy): Policy => ({
    ...policy,
    level: change.level ?? policy.level,
    limits: { ...policy.limits, ...change.limits },
    hosts: [...policy.hosts, ...(change.allowHosts ?? [])],
  });
  const remember = (act: string, fate: "through" | "asked" | "denied") => {
    fates.set(act, fate);
    if (fates.size > MOST_REMEMBERED) for (const oldest of [...fates.keys()].slice(0, MOST_REMEMBERED / 10)) fates.delete(oldest);
  };

  const judge = (event: ActEvent, recorded: Verdict | null): StepResult => {
    const result = failClosed(state, event);
    const { verdict } = result;
    if (verdict === null) return result;
    const through = letsThrough(verdict.decision);
    remember(event.act, through ? "through" : verdict.decision === "deny" ? "denied" : "asked");
    if (through && (recorded === null || !letsThrough(recorded.decision)))
      failClosed(state, { type: "outcome", mono: event.mono, at: event.at, act: event.act, epoch: event.epoch, ok: true, result: null, tokens: 0 });
    compare(event, verdict, recorded);
    if (result.effects.some((effect) => effect.do === "trip") && recorded?.reason !== "panic" && event.at >= countFrom) stopsAt ??= event.at;
    return result;
  };
  const compare = (event: ActEvent, verdict: Verdict, recorded: Verdict | null) => {
    if (recorded === null || event.at < countFrom) return;
    acts += 1;
    from ??= event.at;
    if (verdict.decision === recorded.decision && verdict.reason === recorded.reason && verdict.class === recorded.class) return;
    differences += 1;
    const now = letsThrough(verdict.decision);
    const then = letsThrough(recorded.decision);
    if (now && !then) unasked += 1;
    if (!now && then) held += 1;
    if (lines.length < MOST_LINES)
      lines.push({
        act: event.act,
        at: event.at,
        agent: event.agent,
        tool: event.facts.tool,
        class: verdict.class,
        title: event.facts.title,
        recorded: recorded.decision,
        recordedReason: recorded.reason,
        replayed: verdict.decision,
        replayedReason: verdict.reason,
      });
  };

  const feed = ({ event, verdict }: Recorded): StepResult | null => {
    if (!started && event.type !== "boot" && event.type !== "state") return null;
    switch (event.type) {
      case "state":
        // Once it runs, this gate has a state of its own.
        if (started) return null;
        started = true;
        failClosed(state, event);
        if (state.policy !== null) {
          state.policy = changed(state.policy);
          level = state.policy.level;
        }
        return null;
      case "boot":
        started = true;
        return failClosed(state, event);
      case "policy": {
        const policy = event.policy === null ? null : changed(event.policy);
        if (policy !== null) level = policy.level;
        return failClosed(state, { ...event, policy });
      }
      case "latch":
        // A stop that the other verdicts led to; a reset and a start that nobody would have had to make.
        if (event.state === "stopped" && event.own && state.latch === "run") return null;
        if (event.state === "ready" && state.latch === "run") return null;
        if (event.state === "run" && state.latch === "stopped") return null;
        return failClosed(state, event);
      case "approval":
        return state.asked.has(event.act) ? failClosed(state, event) : null;
      case "outcome":
        return state.acts.has(event.act) ? failClosed(state, event) : null;
      case "act": {
        // A connection of an act that was not carried out here.
        const under = event.task === null ? undefined : fates.get(event.task);
        if (under === "asked" || under === "denied") return null;
        const fate = event.approval === null ? undefined : fates.get(event.approval.of);
        if (fate === "through" || fate === "denied") return null;
        return judge(event, verdict);
      }
      case "inbound":
      case "span-gone":
        return failClosed(state, event);
    }
  };

  return {
    /** The next recorded event; answers what this gate said to it, null where it never came to that. */
    feed,
    state,
    result: (days: number): ReplayResult => ({ level, days, from, acts, differences, unasked, held, stopsAt, lines }),
  };
}

/** Whether a value read from the log is an event of the gate: its kind and time. The log's own hash vouches for the rest. */
export function isGateEvent(value: unknown): value is GateEvent {
  if (typeof value !== "object" || value === null || !("type" in value) || !("mono" in value) || typeof value.mono !== "number") return false;
  return ["boot", "policy", "latch", "span-gone", "approval", "state", "inbound", "act", "outcome"].includes(String(value.type));
}
