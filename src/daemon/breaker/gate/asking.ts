import type { GateRequest, Level } from "../../../contract/breaker.ts";
import type { Json } from "../audit/domain/canonical.ts";
import type { Bound } from "../approvals/binding.ts";
import type { Ask } from "../approvals/entry.ts";
import type { Classified } from "./domain/classify.ts";
import { UNKNOWN_HOST } from "./domain/shell.ts";
import type { ActEvent, Verdict } from "./domain/types.ts";
import { recipientHash, type Screened } from "./screening.ts";

const LONGEST_BODY = 20_000;

/** What a person is asked: the exact payload without its secrets, who it reaches, and the rule that asks. */
export function askOf(
  request: GateRequest,
  event: ActEvent,
  verdict: Verdict,
  bound: Bound,
  { facts, body }: Classified,
  screened: Screened | null,
  at: { level: Level; known: boolean; redact(text: string): string },
): Ask {
  return {
    event,
    bound,
    grant: offered(facts, verdict, screened, at.redact),
    view: {
      act: event.act,
      mode: request.mode,
      needs: verdict.decision === "ask-console" ? "ask-console" : "ask",
      class: verdict.class,
      agent: event.agent,
      tool: event.facts.tool,
      title: event.facts.title,
      payload: clean({ tool: request.tool, args: request.args as Json, ...(request.cwd === undefined ? {} : { cwd: request.cwd }) }, at.redact) as never,
      body: body === null ? null : at.redact(body).slice(0, LONGEST_BODY),
      reach: {
        recipients: [...facts.recipients],
        count: facts.count,
        hosts: [...facts.hosts],
        amount: facts.amount,
        currency: facts.currency,
        known: at.known,
      },
      reason: verdict.reason,
      params: verdict.params,
      level: at.level,
      checks: { injection: event.injection.band, secrets: event.secrets.length, panic: verdict.panic, tainted: verdict.tainted },
    },
  };
}

/** A standing grant is offered for one recipient or one host, where only the table asks. */
function offered(facts: Classified["facts"], verdict: Verdict, screened: Screened | null, redact: (text: string) => string): Ask["grant"] {
  if (verdict.decision !== "ask" || verdict.reason !== "matrix" || verdict.tainted || (screened?.facts.length ?? 0) > 0) return null;
  const [to] = facts.recipients;
  const sends = facts.parts.filter((part) => part.kind === "send");
  if (
    sends.length === 1 &&
    facts.count === 1 &&
    to !== undefined &&
    (verdict.class === "5a" || verdict.class === "5b") &&
    sends[0]?.kind === "send" &&
    !sends[0].publish
  )
    return { scope: "recipient", value: to, key: recipientHash(to, redact) };
  const [host] = facts.hosts;
  if (facts.hosts.length === 1 && host !== undefined && host !== UNKNOWN_HOST && (verdict.class === "8a" || verdict.class === "8b"))
    return { scope: "host", value: host, key: host };
  return null;
}

/** A copy without secrets, at any depth. */
export function clean(value: Json, redact: (text: string) => string): Json {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => clean(one, redact));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [redact(key), clean(one, redact)]));
}
