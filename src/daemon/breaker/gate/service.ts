import { gateRequest, type GateAnswer, type GateReason, type GateRequest } from "../../../contract/breaker.ts";
import type { Json } from "../audit/domain/canonical.ts";
import { classify, type Classified } from "./domain/classify.ts";
import { letsThrough } from "./domain/matrix.ts";
import type { ActEvent, OutcomeEvent, StepResult, Verdict } from "./domain/types.ts";
import type { Bound } from "../approvals/binding.ts";
import { askOf, clean } from "./asking.ts";
import { createBudget } from "./budget.ts";
import { createCore } from "./core.ts";
import { createDeadline } from "./deadline.ts";
import { actEvent, callHash } from "./event.ts";
import { grantsUsed } from "./granted.ts";
import { createInbound } from "./inbound.ts";
import type { GateCaller, GateDeps } from "./ports.ts";
import { screenTexts, type Screened } from "./screening.ts";

export type { GateCaller, GateDeps } from "./ports.ts";

const LONGEST_REQUEST = 196_608;
const LONGEST_CONTENT = 98_304;
const MOST_TITLES = 4096;
/** Refused acts that are read all the same, a second, and how long they may be: a replay under another level needs to know what was in them. */
const READ_PER_SECOND = 20;
const LONGEST_READ = 4096;

export interface How {
  outcome: "done" | "failed" | "stopped";
  resultHash: string | null;
  tokens?: number;
}

/** The one way to act: judges, records, then answers. Whatever throws, hangs or makes no sense is a denial with its reason. */
export function createGate(deps: GateDeps) {
  const { fence, clock, ids, log, approvals, redact } = deps;
  const core = createCore(deps);
  const within = createDeadline(clock);
  const titles = new Map<string, ActEvent["facts"]["title"]>();
  const mayRead = createBudget(clock, READ_PER_SECOND);

  const answerOf = (act: string, epoch: number, verdict: Verdict, screened: Screened | null, approval: string | null): GateAnswer => ({
    act,
    decision: verdict.decision,
    class: verdict.class,
    reason: verdict.reason,
    params: verdict.params,
    injection: screened?.injection ?? { band: "none", score: 0 },
    secrets: screened?.hits ?? [],
    panic: verdict.panic,
    tainted: verdict.tainted,
    epoch,
    approval,
  });
  /** A denial that needs nothing to work. */
  const denial = (reason: GateReason): GateAnswer => ({
    act: safeId(),
    decision: "deny",
    class: "3",
    reason,
    params: {},
    injection: { band: "none", score: 0 },
    secrets: [],
    panic: "calm",
    tainted: true,
    epoch: safeEpoch(),
    approval: null,
  });
  const safeId = () => {
    try {
      return ids.id();
    } catch (error) {
      log.error("gate.no-id", { error });
      return "unknown";
    }
  };
  const safeEpoch = () => {
    try {
      return fence.epoch();
    } catch (error) {
      log.error("gate.no-epoch", { error });
      return 0;
    }
  };
  const deny = (verdict: Verdict, reason: GateReason): Verdict => ({ ...verdict, decision: "deny", reason, params: {} });
  const keepTitle = (act: string, title: ActEvent["facts"]["title"]) => {
    titles.set(act, title);
    if (titles.size > MOST_TITLES) for (const oldest of [...titles.keys()].slice(0, MOST_TITLES / 8)) titles.delete(oldest);
  };

  async function judgeAct(input: GateRequest, caller: GateCaller, gaveUp: () => boolean): Promise<GateAnswer> {
    const parsed = gateRequest.safeParse(input);
    if (!parsed.success || JSON.stringify(parsed.data).length > LONGEST_REQUEST) return denial("bad-request");
    const request = parsed.data;
    const act = ids.id();
    const call = callHash(request);
    const epoch = fence.epoch();
    core.catchUp();
    const classified = classify({ tool: request.tool, args: request.args, cwd: request.cwd ?? null }, deps.around);
    const alert = classified.facts.owner === "alert";
    // What is refused anyway is read only while there is little of it: a flood must not cost more than its refusal.
    const refused = (!alert && core.state.latch !== "run") || (!alert && core.isThrottled(request.agent));
    let screened: Screened | null = null;
    let failure: GateReason | null = null;
    let binary: { path: string; sha256: string } | null = null;
    if (!refused || (JSON.stringify(request.args).length <= LONGEST_READ && mayRead())) {
      try {
        screened = await screenTexts(classified.texts, deps);
      } catch (error) {
        log.error("gate.filter-failed", { error });
        if (!refused) failure = "filter-failed";
      }
    }
    if (!refused) {
      try {
        binary = await deps.binary(request, caller);
      } catch (error) {
        log.error("gate.binary-unknown", { error });
        failure ??= "internal";
      }
    }
    if (gaveUp()) return denial("timed-out");

    // From here to the row nothing is awaited: rows stand in the order of the steps.
    const bound = { tool: request.tool, args: request.args as never, cwd: request.cwd ?? null, binary, agent: request.agent };
    const claim = refused || request.approval === undefined ? null : { id: request.approval, ...approvals.claim(request.approval, bound) };
    const claimed = claim?.result === "ok" ? claim.id : null;
    const approval = claim && { of: claim.act, batch: claim.batch, needs: claim.needs, result: claim.result };
    const id = claim?.result === "ok" ? claim.act : act;
    let event: ActEvent;
    let result: StepResult;
    try {
      core.catchUp();
      event = actEvent(request, { act: id, ...core.time(), epoch }, classified, screened, { approval, failure, call }, redact);
      result = core.feed(event);
    } catch (error) {
      if (claimed !== null) approvals.giveBack(claimed);
      throw error;
    }
    const verdict = result.verdict ?? deny({ decision: "deny", class: "3", reason: "internal", params: {}, tainted: true, panic: "calm" }, "internal");
    if (claimed !== null && !letsThrough(verdict.decision)) approvals.giveBack(claimed);
    const row = { actor: event.agent, via: caller.via, title: event.facts.title, content: contentOf(request, screened, refused) };
    if (verdict.decision === "deny") {
      core.recorder.note(event, result, row);
      return answerOf(id, epoch, verdict, screened, null);
    }
    try {
      await core.recorder.write(event, result, row);
    } catch (error) {
      log.error("gate.log-failed", { error });
      core.lost();
      if (claimed !== null && letsThrough(verdict.decision)) approvals.giveBack(claimed);
      return answerOf(id, epoch, deny(verdict, "log-failed"), screened, null);
    }
    return letsThrough(verdict.decision)
      ? goes(event, verdict, screened, claimed, gaveUp)
      : asked(request, event, verdict, bound, classified, screened, gaveUp);
  }

  /** The last look before the caller hears that it may. */
  async function goes(event: ActEvent, verdict: Verdict, screened: Screened | null, claimed: string | null, gaveUp: () => boolean): Promise<GateAnswer> {
    keepTitle(event.act, event.facts.title);
    if (claimed !== null) await approvals.keep(claimed);
    if (event.facts.amount !== null && event.facts.amount > 0) deps.spending.add("money", event.act, event.facts.amount);
    if (verdict.reason === "granted")
      deps.policy
        .noteUse?.(grantsUsed(event.facts, core.state.policy?.grants ?? []))
        .catch((error: unknown) => log.error("gate.use-not-written", { act: event.act, error }));
    const late = gaveUp();
    if (late || (event.facts.owner !== "alert" && !fence.open(event.epoch))) {
      await outcome(event.act, event.epoch, { outcome: "stopped", resultHash: null });
      return answerOf(event.act, event.epoch, deny(verdict, late ? "timed-out" : "stale-epoch"), screened, null);
    }
    return answerOf(event.act, event.epoch, verdict, screened, claimed);
  }

  async function asked(
    request: GateRequest,
    event: ActEvent,
    verdict: Verdict,
    bound: Omit<Bound, "class">,
    classified: Classified,
    screened: Screened | null,
    gaveUp: () => boolean,
  ): Promise<GateAnswer> {
    const known = event.facts.recipients.every((one) => core.state.known.has(one));
    const ask = askOf(request, event, verdict, { ...bound, class: verdict.class }, classified, screened, { level: core.level(), known, redact });
    const approval = await approvals.ask(ask);
    if (gaveUp()) {
      approvals.withdraw(approval.id);
      return answerOf(event.act, event.epoch, deny(verdict, "timed-out"), screened, null);
    }
    return answerOf(event.act, event.epoch, verdict, screened, approval.id);
  }

  const contentOf = (request: GateRequest, screened: Screened | null, refused: boolean): Json => {
    const whole = {
      tool: request.tool,
      args: request.args as Json,
      cwd: request.cwd ?? null,
      mode: request.mode,
      found: (screened?.hits ?? []).map(({ kind, preview }) => ({ kind, preview })),
    };
    const length = refused ? Infinity : JSON.stringify(whole).length;
    return length <= LONGEST_CONTENT ? clean(whole, redact) : { tool: redact(request.tool), left: refused ? "refused" : "too-long" };
  };

  /** Denied without having been judged: said in the log as well as that goes. */
  const unjudged = (reason: GateReason, request: GateRequest, caller: GateCaller): GateAnswer => {
    const answer = denial(reason);
    try {
      core.recorder.plain({
        actor: redact(request.agent).slice(0, 64),
        via: caller.via,
        kind: "verdict",
        decision: "deny",
        reason,
        act: answer.act,
        title: { code: "unjudged", params: { tool: redact(request.tool).slice(0, 128) } },
        epoch: answer.epoch,
      });
    } catch (error) {
      log.error("gate.not-recorded", { error });
    }
    return answer;
  };
  const why = (error: unknown): GateReason => {
    log.error("gate.failed", { error });
    return error instanceof RangeError && error.message.includes("clock") ? "clock-unreadable" : "internal";
  };

  async function outcome(act: string, epoch: number, how: How): Promise<"done" | "failed" | "stopped" | "discarded"> {
    // A stop ends tools, and their ends may be heard before it: they are its doing, not their failure.
    core.catchUp();
    const event: OutcomeEvent = {
      type: "outcome",
      ...core.time(),
      act: redact(act),
      epoch,
      ok: how.outcome === "done",
      result: how.resultHash,
      tokens: how.tokens ?? 0,
    };
    const result = core.feed(event);
    if (event.tokens > 0) deps.spending.add("tokens", act, event.tokens);
    const became = how.outcome === "stopped" ? "stopped" : (result.outcome ?? "discarded");
    const title = titles.get(act) ?? { code: "unknown", params: {} };
    titles.delete(act);
    try {
      await core.recorder.write(event, { ...result, outcome: became as StepResult["outcome"] }, { actor: "aosd", via: "self", title });
    } catch (error) {
      core.lost();
      log.error("gate.outcome-not-recorded", { act, error });
    }
    return became;
  }

  const texts = createInbound({ ...deps, core, within, why, safeId });
  return {
    /** Judges an act and, where it goes out, has its intent on disk. Never rejects. */
    judge: (request: GateRequest, caller: GateCaller): Promise<GateAnswer> =>
      within(
        (gaveUp) => judgeAct(request, caller, gaveUp),
        () => unjudged("timed-out", request, caller),
        (error) => unjudged(why(error), request, caller),
      ),
    inbound: texts.inbound,
    spanGone: texts.spanGone,
    /** What became of an act. A result of an older epoch is recorded as discarded. */
    outcome,
    panic: core.panic,
    state: core.state,
    /** Takes over at once what changed outside: policy, licence, latch. */
    catchUp: core.catchUp,
    async start(): Promise<() => void> {
      const stopCore = await core.start();
      const stop = approvals.onDecided(({ act, answer, by, entry }) => {
        try {
          const event = { type: "approval" as const, ...core.time(), act, answer };
          const result = core.feed(event);
          core.recorder.note(event, result, { actor: by ?? "aosd", via: "self", title: entry.approval.title });
          if (answer === "approve")
            deps.policy.addKnown(entry.event.facts.recipients).catch((error: unknown) => log.error("gate.known-not-written", { error }));
        } catch (error) {
          log.error("gate.answer-not-noted", { act, error });
        }
      });
      return () => {
        stop();
        stopCore();
      };
    },
  };
}
export type Gate = ReturnType<typeof createGate>;
