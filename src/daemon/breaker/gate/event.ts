import type { GateReason, GateRequest } from "../../../contract/breaker.ts";
import { createHash } from "node:crypto";
import { canonical } from "../audit/domain/canonical.ts";
import type { Classified } from "./domain/classify.ts";
import type { ActEvent, Facts } from "./domain/types.ts";
import { recipientHash, type Screened } from "./screening.ts";

/** Facts as they may stand in the log: third parties as hashes, every text without secrets. The verdict is made of these, so that a replay sees the same. */
export function recordable(facts: Facts, redact: (text: string) => string): Facts {
  const hashOf = (recipient: string) => recipientHash(recipient, redact);
  const hashed = facts.recipients.map(hashOf);
  return {
    ...facts,
    tool: redact(facts.tool),
    channel: facts.channel === null ? null : redact(facts.channel),
    recipients: hashed,
    hosts: facts.hosts.map(redact),
    paths: facts.paths.map(redact),
    currency: facts.currency === null ? null : redact(facts.currency),
    parts: facts.parts.map((part) => {
      switch (part.kind) {
        case "send":
          return { ...part, recipients: part.recipients.map(hashOf) };
        case "egress":
          return { ...part, host: redact(part.host) };
        case "credential":
          return { ...part, handle: redact(part.handle), host: redact(part.host) };
        case "pay":
          return { ...part, currency: redact(part.currency) };
        case "class":
          return part;
      }
    }),
    title: {
      code: facts.title.code,
      params: Object.fromEntries(
        Object.entries(facts.title.params).map(([key, value]) => [key, typeof value === "string" ? redact(value).slice(0, 500) : value]),
      ),
    },
  };
}

/** Hash by which the same call is known again: tool and arguments, nothing else. */
export const callHash = (request: GateRequest): string =>
  createHash("sha256")
    .update(canonical({ tool: request.tool, args: request.args as never, cwd: request.cwd ?? null }))
    .digest("hex");

/** The event of one act, as the gate judges and the log keeps it. */
export function actEvent(
  request: GateRequest,
  at: { act: string; mono: number; at: number; epoch: number },
  { facts }: Classified,
  screened: Screened | null,
  how: { approval: ActEvent["approval"]; failure: GateReason | null; call: string },
  redact: (text: string) => string,
): ActEvent {
  const clean = recordable(facts, redact);
  return {
    type: "act",
    ...at,
    agent: redact(request.agent),
    parent: request.parent === undefined ? null : redact(request.parent),
    task: request.task === undefined ? null : redact(request.task),
    mode: request.mode,
    facts: clean,
    injection: screened?.injection ?? { band: "none", score: 0 },
    secrets: screened?.facts ?? [],
    urgent: screened?.urgent ?? false,
    call: redact(how.call),
    simhash: clean.recipients.length > 0 && screened !== null && screened.simhash !== null ? redact(screened.simhash) : null,
    approval: how.approval,
    failure: how.failure,
  };
}
