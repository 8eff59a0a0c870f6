import type { GateReason } from "../../../../contract/breaker.ts";
import { act, done, MOST_TOOLS, nearCap, scaleOf, stop } from "./act.ts";
import { keep } from "./bounded.ts";
import { effectiveLevel } from "./level.ts";
import { sensitivityAt } from "./matrix.ts";
import { cameBack, healthy } from "./panic/failures.ts";
import { rolled } from "./panic/rate.ts";
import { noteResult } from "./panic/repetition.ts";
import { spend } from "./panic/spend.ts";
import { newPanic, newState, thaw, type GateState } from "./state.ts";
import { addSpan, contextKey, contextOf, dropSpans, joinFamily } from "./taint.ts";
import type { GateEvent, InboundEvent, OutcomeEvent, StepResult, Verdict } from "./types.ts";

const MOST_KNOWN = 8192;

/**
 * One event through the gate. Depends on nothing but the state and the event, so a replay of the same events gives the same verdicts.
 * Changes `state` in place (at 10^5 events a second copies would be the cost): whoever needs it as it was keeps a `freeze` of it.
 * May throw on a state or an event that isn't one: `failClosed` makes that a denial.
 */
export function step(state: GateState, event: GateEvent): StepResult {
  if (!Number.isFinite(event.mono)) throw new RangeError("an event without a time");
  if (event.type !== "boot" && event.type !== "state") state.mono = Math.max(state.mono, event.mono);
  switch (event.type) {
    case "boot": {
      Object.assign(state, newState(), { mono: event.mono, startedAt: event.mono });
      const ago = (one: { ageMs: number; amount: number }) => ({ mono: event.mono - one.ageMs, amount: one.amount });
      state.spent = event.carry.spent.map(ago);
      state.tokens = event.carry.tokens.map(ago);
      return done;
    }
    case "state":
      Object.assign(state, thaw(event.state));
      return done;
    case "policy":
      state.policy = event.policy;
      for (const one of event.policy?.known ?? []) keep(state.known, one, true, MOST_KNOWN);
      return done;
    case "latch":
      return latched(state, event);
    case "inbound":
      return inbound(state, event);
    case "span-gone":
      dropSpans(state, event.agent, event.spans);
      return done;
    case "approval": {
      const asked = state.asked.get(event.act);
      state.asked.delete(event.act);
      if (event.answer === "approve" && asked !== undefined) for (const to of asked.recipients) keep(state.known, to, true, MOST_KNOWN);
      return done;
    }
    case "outcome":
      return outcome(state, event);
    case "act":
      return act(state, event);
    default:
      throw new TypeError(`no event: ${JSON.stringify(event satisfies never)}`);
  }
}

function latched(state: GateState, event: Extract<GateEvent, { type: "latch" }>): StepResult {
  if (event.state !== "run" && state.latch === "run") stop(state);
  if (event.state === "run" && state.latch !== "run") {
    // What led to the stop was seen by a person: counting begins anew. What is usual stays known.
    state.panic = newPanic(new Map([...state.panic.rates].map(([one, rate]) => [one, { ...rolled(rate, state.mono), count: 0 }])));
    for (const context of state.contexts.values()) {
      context.calls = [];
      context.stoppedUntil = null;
    }
  }
  state.latch = event.state;
  state.epoch = event.epoch;
  return done;
}

function inbound(state: GateState, event: InboundEvent): StepResult {
  const policy = state.policy;
  if (policy !== null) joinFamily(state, event.agent, event.parent, event.task, effectiveLevel(policy));
  const band = event.failure === null ? event.injection.band : "high";
  if (event.untrusted) addSpan(contextOf(state, contextKey(event.agent, event.task)), event.span, { band, urgent: event.urgent });
  if (event.source !== null && band === "none") keep(state.known, event.source, true, MOST_KNOWN);
  const say = (decision: Verdict["decision"], reason: GateReason): StepResult => ({
    ...done,
    verdict: { decision, class: "1", reason, params: { score: event.injection.score, surface: event.surface }, tainted: event.untrusted, panic: "calm" },
    effects: decision === "deny" ? [{ do: "tell-owner", why: reason, act: null, params: { surface: event.surface, source: event.source ?? "" } }] : [],
  });
  if (event.failure !== null) return say("deny", event.failure);
  if (!event.untrusted || band === "none") return say("allow", "matrix");
  if (band === "high") return say("deny", "injection-high");
  return say(policy === null ? "deny" : sensitivityAt(effectiveLevel(policy)).mediumInjection, "injection-medium");
}

function outcome(state: GateState, event: OutcomeEvent): StepResult {
  const open = state.acts.get(event.act);
  state.acts.delete(event.act);
  if (event.tokens > 0) spend(state.tokens, { mono: state.mono, amount: event.tokens });
  const effects = nearCap(state);
  if (open === undefined || open.generation !== state.generation || open.epoch !== event.epoch) return { ...done, outcome: "discarded", effects };
  const context = state.contexts.get(open.context);
  if (context) noteResult(context.calls, event.act, event.result);
  const health = state.panic.health.get(open.toolKey) ?? healthy;
  const next = cameBack(health, event.act, event.ok, state.mono, scaleOf(state));
  if (next !== health || state.panic.health.has(open.toolKey)) keep(state.panic.health, open.toolKey, next, MOST_TOOLS);
  return { ...done, outcome: event.ok ? "done" : "failed", effects };
}

/** `step`, where everything that throws is a denial. The state may then be half changed: it is stopped with it. */
export function failClosed(state: GateState, event: GateEvent): StepResult {
  try {
    return step(state, event);
  } catch {
    state.latch = "stopped";
    return {
      verdict: { decision: "deny", class: "3", reason: "internal", params: {}, tainted: true, panic: "panic" },
      outcome: null,
      effects: [{ do: "trip", signals: [] }],
      inert: false,
    };
  }
}
