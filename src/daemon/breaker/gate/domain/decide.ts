import type { ActionClass, Decision, GateReason, Level, PanicBand } from "../../../../contract/breaker.ts";
import { isListed } from "./hosts.ts";
import { effectiveLevel } from "./level.ts";
import { decideCell, isStricter, isTaintable, lower, matrix, sensitivityAt, stricter } from "./matrix.ts";
import { under } from "./paths.ts";
import type { Ceiling } from "./state.ts";
import type { Taint } from "./taint.ts";
import type { ActEvent, Facts, Part, Policy } from "./types.ts";

/** What the act is judged against. */
export interface Situation {
  policy: Policy;
  taint: Taint;
  ceilings: readonly Ceiling[];
  band: PanicBand;
  isKnown(recipient: string): boolean;
  /** Spent in the last 24 hours. */
  spent: number;
}

export interface Judgement {
  decision: Decision;
  class: ActionClass;
  reason: GateReason;
  params: Record<string, string | number>;
}

const position = new Map(matrix.map((row, index) => [row.class, index]));

/** The class of one part under a policy. */
export function classOf(part: Part, policy: Policy, isKnown: (recipient: string) => boolean): ActionClass {
  switch (part.kind) {
    case "class":
      return part.class;
    case "send":
      return !part.publish && part.count === 1 && part.recipients.every(isKnown) ? "5a" : "5b";
    case "egress":
      return isListed(part.host, policy.hosts) ? "8a" : "8b";
    case "credential":
      // Sent to a host that it isn't for, a credential is given away.
      return part.listed ? "7a" : "7b";
    case "pay":
      return "6";
  }
}

/**
 * Autonomy with its modifiers: security, taint, parents, isolation, grants, approval. Pure; the most restrictive rule wins and is named.
 * Latch and the panic filter's own refusals come before it.
 */
export function decide(event: ActEvent, at: Situation): Judgement {
  const { policy, taint } = at;
  const { facts } = event;
  const level = effectiveLevel(policy);
  let worst: Judgement | undefined;
  const consider = (one: Judgement) => {
    if (worst === undefined || isStricter(one.decision, worst.decision)) worst = one;
    else if (one.decision === worst.decision && (position.get(one.class) ?? 99) > (position.get(worst.class) ?? 99) && one.reason === worst.reason) worst = one;
  };
  const judged = facts.parts.map((part) => judgePart(part, facts, at, level));
  for (const { raised: _raised, ...one } of judged) consider(one);
  if (worst === undefined) worst = { decision: "deny", class: "3", reason: "bad-request", params: {} };
  const most = worst.class;
  let raised = judged.some((one) => one.raised);
  const atLeast = (decision: Decision, reason: GateReason, params: Judgement["params"] = {}) => {
    raised = true;
    if (worst === undefined || isStricter(decision, worst.decision)) worst = { decision, class: most, reason, params };
  };

  const taintable = judged.some((one) => isTaintable(one.class));
  const outward = facts.parts.some((part) => part.kind === "send" || part.kind === "egress");
  const personal = event.secrets.filter((one) => one.weight === "personal");
  if (!facts.catalogued) atLeast("ask", "unknown-tool", { tool: facts.tool });
  if (facts.problem === "unparsable-command") atLeast("ask", "unparsable-command");
  if (taint.tainted && outward && (taint.sensitive || event.secrets.length > 0)) atLeast("ask", "taint-egress");
  if (outward && personal.length > 0) atLeast("ask", "secret", { count: personal.length, kind: personal[0]?.kind ?? "" });
  if (presses(event, at)) atLeast("ask", "urgency");
  if (at.band === "stressed" && taintable) atLeast("ask", "panic");
  const medium = event.injection.band === "medium" || (taintable && taint.band === "medium");
  if (medium) atLeast(sensitivityAt(level).mediumInjection, "injection-medium", { score: event.injection.score });
  const leaking = event.secrets.filter((one) => one.weight === "secret");
  if (facts.dials && policy.isolation === "none" && level > 2) atLeast("deny", "no-isolation");
  if (facts.problem === "bad-request") atLeast("deny", "bad-request", facts.title.params);
  // Security is named before everything else that denies too: it is what the panic filter counts and the owner is told.
  if (event.injection.band === "high" || (taintable && taint.band === "high"))
    worst = { decision: "deny", class: most, reason: "injection-high", params: { score: event.injection.score } };
  if (leaking.length > 0) worst = { decision: "deny", class: most, reason: "secret", params: { count: leaking.length, kind: leaking[0]?.kind ?? "" } };
  return approved(event, raised ? worst : granted(event, judged, worst, at));
}

function judgePart(part: Part, facts: Facts, at: Situation, level: Level): Judgement & { raised: boolean } {
  const { policy, taint } = at;
  const one = classOf(part, policy, at.isKnown);
  const met = conditions(part, facts, at);
  const own = decideCell(one, level, met);
  let result: Judgement = { decision: own.decision, class: one, reason: own.within ? "within-limits" : "matrix", params: { level } };
  if (!own.within && level === 5 && (one === "6" || one === "5b")) result.reason = "over-cap";
  if (facts.owner !== null && one === "4")
    result = { decision: "allow", class: "4", reason: facts.owner === "alert" ? "owner-alert" : "matrix", params: { level } };
  // A grant answers the table alone: it must know of every other rule that asks, also where the table asks already.
  let raised = false;
  const atLeast = (decision: Decision, reason: GateReason, params: Judgement["params"] = {}) => {
    if (isStricter(decision, "notify")) raised = true;
    if (isStricter(decision, result.decision)) result = { decision, class: one, reason, params };
  };
  if (policy.level > level && isStricter(result.decision, decideCell(one, policy.level, met).decision))
    result = { ...result, reason: "licence", params: { level } };
  if (facts.owner === null || one !== "4") {
    for (const ceiling of at.ceilings) {
      const above = decideCell(one, ceiling.level, met).decision;
      atLeast(above, "over-parent", { level: ceiling.level });
      if (ceiling.tainted && isTaintable(one))
        atLeast(stricter(decideCell(one, lower(ceiling.level), met).decision, "ask"), "over-parent", { level: ceiling.level });
    }
  }
  if (taint.tainted && isTaintable(one)) atLeast(stricter(decideCell(one, lower(level), met).decision, "ask"), "taint", { level: lower(level) });
  if (part.kind === "egress" && one === "8b" && policy.egress === "isolated") atLeast("deny", "host-not-listed", { host: part.host });
  return { ...result, raised };
}

const conditions =
  (part: Part, facts: Facts, { policy, spent }: Situation) =>
  (condition: "declared-paths" | "caps" | "spend-cap" | "get-only"): boolean => {
    const { limits } = policy;
    switch (condition) {
      case "declared-paths":
        return facts.pathsWhole && facts.paths.length > 0 && facts.paths.every((path) => limits.declaredPaths.some((folder) => under(path, folder)));
      case "caps":
        return part.kind === "send" && part.count <= limits.bulkCap;
      case "spend-cap":
        return part.kind === "pay" && limits.spendCap > 0 && part.currency === limits.currency && spent + part.amount <= limits.spendCap;
      case "get-only":
        return part.kind === "egress" && part.get;
    }
  };

/** Haste raises only together with money, a credential or somebody new. */
function presses(event: ActEvent, at: Situation): boolean {
  if (!event.urgent && !at.taint.urgent) return false;
  return event.facts.parts.some((part) => part.kind === "pay" || part.kind === "credential" || (part.kind === "send" && !part.recipients.every(at.isKnown)));
}

/** A standing grant answers what only the table asks, for its own class and tool, of clean text without secrets. */
function granted(event: ActEvent, parts: readonly Judgement[], worst: Judgement, at: Situation): Judgement {
  if (
    worst.decision !== "ask" ||
    (worst.reason !== "matrix" && worst.reason !== "over-cap" && worst.reason !== "licence") ||
    at.taint.tainted ||
    event.secrets.length > 0
  )
    return worst;
  const { facts } = event;
  const covered = facts.parts.every((part, index) => {
    const judged = parts[index];
    if (judged === undefined || isStricter(judged.decision, "ask")) return false;
    if (judged.decision !== "ask") return true;
    const rules = at.policy.grants.filter((rule) => rule.class === judged.class && rule.tool === facts.tool);
    if (part.kind === "egress") return rules.some((rule) => rule.scope === "host" && isListed(part.host, [rule.value]));
    return (
      part.kind === "send" &&
      part.count === part.recipients.length &&
      part.recipients.every((to) => rules.some((rule) => rule.scope === "recipient" && rule.value === to))
    );
  });
  return covered ? { ...worst, decision: "notify", reason: "granted" } : worst;
}

/** A person's word answers what asks, never what denies; an approval that doesn't fit denies. */
function approved(event: ActEvent, worst: Judgement): Judgement {
  const { approval } = event;
  if (approval === null || worst.decision === "deny") return worst;
  if (approval.result !== "ok") return { ...worst, decision: "deny", reason: approval.result };
  if (worst.decision === "ask-console" && approval.needs !== "ask-console") return worst;
  return { ...worst, decision: "allow", reason: "approved" };
}
