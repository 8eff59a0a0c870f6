import type { GateReason, PanicSignal } from "../../../../contract/breaker.ts";
import { keep } from "./bounded.ts";
import { classOf, decide, type Judgement, type Situation } from "./decide.ts";
import { effectiveLevel } from "./level.ts";
import { asks, letsThrough, sensitivityAt } from "./matrix.ts";
import { bandOf, panicking, signalsOf } from "./panic/band.ts";
import { callRule, outboundRule, takeToken, waitMs } from "./panic/bucket.ts";
import { noteBlock, noteViolation } from "./panic/counts.ts";
import { calling, healthy, lostProbe, mayCall } from "./panic/failures.ts";
import { newRate, rolled } from "./panic/rate.ts";
import { isPingPong, noteCall, pingPong, PING_PONG_LIMIT, sameCalls, STOP_SAME } from "./panic/repetition.ts";
import { halves, noteText } from "./panic/same-text.ts";
import { percentOf, spend, spent } from "./panic/spend.ts";
import type { Context, GateState } from "./state.ts";
import { contextKey, contextOf, joinFamily, taintOf } from "./taint.ts";
import type { ActEvent, Effect, Policy, StepResult, Verdict } from "./types.ts";

const MOST_ACTS = 4096;
const MOST_ASKED = 1024;
const MOST_BUCKETS = 1024;
export const MOST_TOOLS = 256;
const STOPPED_TASK_MS = 600_000;
const NOTIFY_PERCENT = 80;

export const done: StepResult = { verdict: null, outcome: null, effects: [], inert: false };

/** The gate's own stop: what began before it is of an older generation. */
export function stop(state: GateState): void {
  state.latch = "stopped";
  state.generation += 1;
}

export const scaleOf = (state: GateState) => (state.policy === null ? 0.5 : sensitivityAt(effectiveLevel(state.policy)).panicScale);
const toolKeyOf = ({ facts }: ActEvent) => `${facts.tool} ${facts.hosts[0] ?? ""}`;

/** One act: budget, task, security, repetition, tool, autonomy, then what it does to the counts. The first rule that refuses is named. */
export function act(state: GateState, event: ActEvent): StepResult {
  const { facts } = event;
  const policy = state.policy;
  const alert = facts.owner === "alert";
  const refuse = (reason: GateReason, more: Partial<Pick<StepResult, "effects" | "inert">> = {}, params: Verdict["params"] = {}): StepResult => ({
    ...done,
    ...more,
    verdict: {
      decision: "deny",
      class: mostOf(event, policy, state),
      reason,
      params,
      tainted: policy !== null && taintOf(state, event.agent, event.task).tainted,
      panic: bandOf(signalsOf(state, state.mono)),
    },
  });
  if (state.latch !== "run" && !alert) return refuse(state.latch === "starting" ? "starting" : "latched", { inert: true });
  if (event.failure !== null) return refuse(event.failure);
  if (policy === null) return refuse("policy-unreadable");
  const { panic, mono } = state;
  const scale = scaleOf(state);
  const level = effectiveLevel(policy);
  const before = state.agents.get(event.agent);
  const family = joinFamily(state, event.agent, event.parent, event.task, level);
  const trip = (because: GateReason, params: Verdict["params"] = {}): StepResult | undefined => {
    const signals = panicking(signalsOf(state, mono));
    if (signals.length === 0) return undefined;
    const refused = refuse("panic", {}, { ...params, signal: signals[0]?.code ?? because, because });
    stop(state);
    return { ...refused, verdict: refused.verdict && { ...refused.verdict, panic: "panic" }, effects: [{ do: "trip", signals }] };
  };

  // One budget of calls for an agent and all that it started.
  const callKey = `call ${family.root}`;
  if (!alert) {
    const bucket = panic.buckets.get(callKey);
    const taken = takeToken(bucket, callRule, scale, mono);
    if (taken === undefined) {
      const noted = noteViolation(panic.violations, callKey, mono);
      return (
        trip("throttled") ??
        refuse("throttled", { inert: !noted && state.agents.get(event.agent) === before }, { waitMs: waitMs(bucket, callRule, scale, mono) })
      );
    }
    keep(panic.buckets, callKey, taken, MOST_BUCKETS);
  }
  const key = contextKey(event.agent, event.task);
  const context = contextOf(state, key);
  if (context.stoppedUntil !== null && !alert) {
    if (mono < context.stoppedUntil) return refuse("repeated-call", {}, { waitMs: Math.ceil(context.stoppedUntil - mono) });
    context.stoppedUntil = null;
  }

  const situation = situationOf(state, event, policy);
  const judged = decide(event, situation);
  const verdict = (one: Judgement): Verdict => ({ ...one, tainted: situation.taint.tainted, panic: situation.band });
  if (judged.decision === "deny" && (judged.reason === "secret" || judged.reason === "injection-high")) {
    noteBlock(panic.blocks, judged.reason, mono);
    const told: Effect = { do: "tell-owner", why: judged.reason, act: event.act, params: judged.params };
    return trip(judged.reason) ?? { ...done, verdict: verdict(judged), effects: [told] };
  }
  if (alert) return { ...done, verdict: verdict(judged) };

  const counted = countsAnew(state, event) && !isOwnConnection(state, event);
  const repeated = counted ? repetition(state, event, context, scale) : null;
  if (repeated !== null)
    return { ...refuse("repeated-call", {}, { why: repeated }), effects: [{ do: "stop-task", agent: event.agent, task: event.task, why: repeated }] };
  const toolKey = toolKeyOf(event);
  const health = lostProbe(panic.health.get(toolKey) ?? healthy, mono);
  if (!mayCall(health, mono)) return refuse("tool-open", {}, { waitMs: Math.max(0, Math.ceil((health.openUntil ?? mono) - mono)) });
  if (policy.limits.tokenCap !== null && facts.owner === null && percentOf(spent(state.tokens, mono), policy.limits.tokenCap) >= 100)
    return { ...refuse("spent"), effects: [{ do: "stop-task", agent: event.agent, task: event.task, why: "spent" }] };
  if (judged.decision === "deny") return { ...done, verdict: verdict(judged) };

  // A draft goes nowhere until it is carried out; a batch that a person approved counts once.
  const goes = letsThrough(judged.decision) || (asks(judged.decision) && event.mode === "live");
  if (goes && counted) {
    const burst = outboundBurst(state, event, scale);
    if (burst !== null) return trip("throttled") ?? refuse("throttled", {}, { waitMs: burst });
    noteRate(state, event, judged);
    const stopped = trip(judged.reason);
    if (stopped !== undefined) return stopped;
  }
  const effects: Effect[] = [];
  if (judged.decision === "notify") effects.push({ do: "tell-owner", why: judged.reason, act: event.act, params: judged.params });
  if (asks(judged.decision))
    keep(
      state.asked,
      event.act,
      { needs: judged.decision === "ask-console" ? "ask-console" : "ask", class: judged.class, recipients: facts.recipients },
      MOST_ASKED,
    );
  if (letsThrough(judged.decision)) {
    if (facts.parts.some((part) => part.kind === "class" && part.class === "1b")) context.sensitive = true;
    if (facts.amount !== null && facts.amount > 0) spend(state.spent, { mono, amount: facts.amount });
    if (health.openUntil !== null) keep(panic.health, toolKey, calling(health, event.act), MOST_TOOLS);
    keep(state.acts, event.act, { epoch: event.epoch, generation: state.generation, context: key, toolKey }, MOST_ACTS);
    effects.push(...nearCap(state));
  }
  return { ...done, verdict: verdict(judged), effects };
}

/** True when an agent's budget of calls is used up: whatever it asks is refused, so nothing of it need be read. */
export function isThrottled(state: GateState, agent: string, mono: number): boolean {
  const root = state.agents.get(agent)?.root ?? agent;
  return takeToken(state.panic.buckets.get(`call ${root}`), callRule, scaleOf(state), Math.max(state.mono, mono)) === undefined;
}

/** What an act would be judged against now; `policy` may be another than the one that holds. */
export function situationOf(state: GateState, event: ActEvent, policy: Policy): Situation {
  return {
    policy,
    taint: taintOf(state, event.agent, event.task),
    ceilings: state.agents.get(event.agent)?.ceilings ?? [],
    band: bandOf(signalsOf({ ...state, policy }, state.mono)),
    isKnown: (recipient) => state.known.has(recipient),
    spent: spent(state.spent, state.mono),
  };
}

/** The class to name when an act is refused before it was judged: its strictest by the table. */
function mostOf(event: ActEvent, policy: Policy | null, state: GateState): Verdict["class"] {
  if (policy === null) return "3";
  const judged = decide(
    { ...event, injection: { band: "none", score: 0 }, secrets: [], approval: null },
    { ...situationOf(state, event, policy), band: "calm" },
  );
  return judged.class ?? event.facts.parts.map((part) => classOf(part, policy, () => false))[0] ?? "3";
}

/** False for the second and later acts of one approved batch. */
function countsAnew(state: GateState, { approval }: ActEvent): boolean {
  if (approval?.result !== "ok") return true;
  if (state.batches.has(approval.batch)) return false;
  keep(state.batches, approval.batch, true, MOST_ASKED);
  return true;
}

/** The first connection of an act under way to the host that the act named: it was counted with the act, and four pages are not eight. */
function isOwnConnection(state: GateState, { task, facts }: ActEvent): boolean {
  const open = task === null ? undefined : state.acts.get(task);
  const [host] = facts.hosts;
  // A tunnel names its port also where it is the usual one.
  const bare = (key: string) => key.slice(key.indexOf(" ") + 1).replace(/:\d+$/, "");
  if (open === undefined || open.dialled === true || host === undefined || bare(open.toolKey) !== bare(host)) return false;
  open.dialled = true;
  return true;
}

function repetition(state: GateState, event: ActEvent, context: Context, scale: number): "repeated-call" | "ping-pong" | null {
  const { mono } = state;
  noteCall(context.calls, { act: event.act, call: event.call, result: null, mono });
  const same = sameCalls(context.calls);
  const turns = pingPong(context.calls);
  peak(state, "same-call", same > 1 ? same : 0);
  peak(state, "ping-pong", turns > 1 ? turns : 0);
  const why = same >= STOP_SAME * scale ? "repeated-call" : turns >= PING_PONG_LIMIT * scale || isPingPong(turns) ? "ping-pong" : null;
  if (why !== null) {
    context.stoppedUntil = mono + STOPPED_TASK_MS;
    context.calls = [];
  }
  return why;
}

function peak(state: GateState, code: PanicSignal["code"], value: number): void {
  const held = state.panic.peaks.get(code);
  const fresh = held !== undefined && state.mono - held.mono <= (code === "same-text" ? 600_000 : 60_000);
  if (value > 0 && (!fresh || value >= held.value)) state.panic.peaks.set(code, { value, mono: state.mono });
}

/** Takes a token for each recipient; null when all had one, otherwise milliseconds until the next. */
function outboundBurst(state: GateState, event: ActEvent, scale: number): number | null {
  const { panic, mono } = state;
  for (const part of event.facts.parts) {
    if (part.kind !== "send") continue;
    const keys = part.recipients.slice(0, 64).map((to) => `out ${to}`);
    const empty = keys.find((key) => takeToken(panic.buckets.get(key), outboundRule, scale, mono) === undefined);
    if (empty !== undefined) {
      noteViolation(panic.violations, empty, mono);
      return waitMs(panic.buckets.get(empty), outboundRule, scale, mono);
    }
    for (const key of keys) {
      const taken = takeToken(panic.buckets.get(key), outboundRule, scale, mono);
      if (taken !== undefined) keep(panic.buckets, key, taken, MOST_BUCKETS);
    }
  }
  return null;
}

/** Reading and the owner's own conversation are not counted: fifty files read at once are no incident. */
const uncounted = new Set<Judgement["class"]>(["1", "1b", "4"]);

function noteRate(state: GateState, event: ActEvent, judged: Judgement): void {
  const { panic, mono } = state;
  if (!uncounted.has(judged.class)) {
    const rate = rolled(panic.rates.get(judged.class) ?? newRate(state.startedAt), mono);
    panic.rates.set(judged.class, { ...rate, count: rate.count + 1 });
  }
  if (event.simhash !== null && event.facts.recipients.length > 0)
    peak(state, "same-text", noteText(panic.sent, { mono, ...halves(event.simhash), to: event.facts.recipients.slice(0, 8) }));
}

/** Says once that 80 % and once that 100 % of a cap are used. */
export function nearCap(state: GateState): Effect[] {
  const { policy, mono, told } = state;
  if (policy === null) return [];
  const effects: Effect[] = [];
  const tell = (what: "spend" | "tokens", percent: number) => {
    const mark = percent >= 100 ? 100 : percent >= NOTIFY_PERCENT ? NOTIFY_PERCENT : 0;
    if (mark > told[what]) effects.push({ do: "tell-owner", why: "spent", act: null, params: { what, percent: Math.round(percent) } });
    told[what] = mark;
  };
  if (policy.limits.spendCap > 0) tell("spend", percentOf(spent(state.spent, mono), policy.limits.spendCap));
  if (policy.limits.tokenCap !== null) tell("tokens", percentOf(spent(state.tokens, mono), policy.limits.tokenCap));
  return effects;
}
