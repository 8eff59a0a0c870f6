import type { GateReason } from "../../../contract/breaker.ts";
import type { Core } from "./core.ts";
import type { createDeadline } from "./deadline.ts";
import { recipientKey } from "./domain/classify.ts";
import type { InboundEvent, Verdict } from "./domain/types.ts";
import type { GateCaller, GateDeps } from "./ports.ts";
import { recipientHash, screenInbound } from "./screening.ts";

export interface InboundText {
  text: string;
  surface: string;
  /** `channel` and who wrote it; null where nobody did. */
  source: { channel: string; address: string } | null;
  agent: string;
  parent?: string | undefined;
  task?: string | undefined;
}
export interface InboundAnswer {
  span: string;
  injection: { band: InboundEvent["injection"]["band"]; score: number };
  decision: Verdict["decision"];
  reason: GateReason;
}
interface InboundDeps extends GateDeps {
  core: Core;
  within: ReturnType<typeof createDeadline>;
  why(error: unknown): GateReason;
  safeId(): string;
}

/** What comes into agents' contexts, and what leaves them. */
export function createInbound({ core, within, why, safeId, redact, log, policy, screen }: InboundDeps) {
  return {
    /** Untrusted text comes into an agent's context: screened, noted as taint, recorded. Never rejects; without an answer it counts as high. */
    inbound(text: InboundText, caller: GateCaller): Promise<InboundAnswer> {
      const span = safeId();
      const refusal = (reason: GateReason): InboundAnswer => ({ span, injection: { band: "high", score: 1 }, decision: "deny", reason });
      const note = async (injection: InboundAnswer["injection"], urgent: boolean, failure: GateReason | null): Promise<InboundAnswer> => {
        core.catchUp();
        const source = text.source === null ? null : recipientHash(recipientKey(text.source.channel, text.source.address), redact);
        const event: InboundEvent = {
          type: "inbound",
          ...core.time(),
          agent: redact(text.agent),
          parent: text.parent === undefined ? null : redact(text.parent),
          task: text.task === undefined ? null : redact(text.task),
          span,
          surface: redact(text.surface),
          source,
          untrusted: text.surface !== "owner",
          injection,
          urgent,
          failure,
        };
        const result = core.feed(event);
        const { verdict } = result;
        const title = { code: "inbound", params: { surface: event.surface, source: redact(text.source?.address ?? "").slice(0, 100) } };
        await core.recorder.write(event, result, { actor: event.agent, via: caller.via, title, content: { text: redact(text.text.slice(0, 2000)) } });
        if (source !== null && verdict?.decision === "allow")
          await policy.addKnown([source]).catch((error: unknown) => log.error("gate.known-not-written", { error }));
        return { span, injection, decision: verdict?.decision ?? "deny", reason: verdict?.reason ?? "internal" };
      };
      return within(
        async () => {
          const surface = /^(dm|mail|sms|message|chat|owner)$/.test(text.surface) ? "message" : "tool";
          try {
            const { urgent, ...injection } = await screenInbound(text.text, surface, screen);
            return await note(injection, urgent, null);
          } catch (error) {
            log.error("gate.inbound-failed", { error });
            // Read or not, it is in the agent's context.
            await note({ band: "high", score: 1 }, false, "filter-failed").catch((again: unknown) => log.error("gate.inbound-not-noted", { error: again }));
            return refusal("filter-failed");
          }
        },
        () => refusal("timed-out"),
        (error) => refusal(why(error)),
      );
    },
    /** Spans left an agent's context: the runtime's word, for its own agents. */
    async spanGone(agent: string, spans: readonly string[], caller: GateCaller): Promise<void> {
      const event = { type: "span-gone" as const, ...core.time(), agent: redact(agent), spans: spans.slice(0, 4096).map(redact) };
      const result = core.feed(event);
      await core.recorder.write(event, result, { actor: event.agent, via: caller.via, title: { code: "span-gone", params: { count: event.spans.length } } });
    },
  };
}
