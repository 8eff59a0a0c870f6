import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { Json } from "../audit/domain/canonical.ts";
import type { GateEvent, StepResult } from "./domain/types.ts";

export interface RecorderDeps {
  audit: { append(entry: AuditEntry): Promise<{ seq: number }> };
  clock: Clock;
  log: Log;
  epoch(): number;
}

/** What a row needs besides the event. */
export interface RowOf {
  actor: string;
  via: string;
  title: AuditEntry["title"];
  /** Shown with the row; secrets are taken out by the log. */
  content?: Json;
}

const PER_SECOND = 20;

/**
 * Writes the gate's events into the log, in the order in which they happened: that is what a replay reads. Refusals that changed nothing are written
 * up to 20 a second; the rest is one row with their number.
 */
export function createRecorder({ audit, clock, log, epoch }: RecorderDeps) {
  let second = -Infinity;
  let inSecond = 0;
  let more = 0;
  let flush: (() => void) | null = null;

  const later = (promise: Promise<unknown>) => void promise.catch((error: unknown) => log.error("gate.not-recorded", { error }));
  const append = (entry: AuditEntry) => {
    try {
      return audit.append(entry);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error("the log threw"));
    }
  };
  const writeMore = () => {
    flush = null;
    const count = more;
    more = 0;
    if (count > 0)
      later(
        append({
          actor: "aosd",
          via: "self",
          kind: "verdict",
          decision: "deny",
          reason: "latched",
          title: { code: "denied-more", params: { count } },
          epoch: epoch(),
        }),
      );
  };
  const hasRoom = (): boolean => {
    const now = clock.mono();
    if (!(now - second < 1000)) {
      second = now;
      inSecond = 0;
    }
    if (++inSecond <= PER_SECOND) return true;
    more += 1;
    flush ??= clock.after(1000, writeMore);
    return false;
  };
  const kindOf = (event: GateEvent, result: StepResult): AuditEntry["kind"] => {
    switch (event.type) {
      case "act":
        return result.verdict?.decision === "allow" || result.verdict?.decision === "notify" ? "intent" : "verdict";
      case "outcome":
        return "outcome";
      case "approval":
        return "approval";
      case "inbound":
      case "span-gone":
        return "inbound";
      case "policy":
        return "setting";
      case "boot":
      case "latch":
      case "state":
        return "log";
    }
  };
  const decisionOf = (event: GateEvent, result: StepResult): string | null =>
    event.type === "outcome" ? result.outcome : event.type === "approval" ? event.answer : (result.verdict?.decision ?? null);

  return {
    /** Resolves once the row is on disk; rejects when it can't be, or when the log answers with something else than a row. */
    async write(event: GateEvent, result: StepResult, { actor, via, title, content }: RowOf): Promise<void> {
      const { verdict } = result;
      const done = (await append({
        actor,
        via,
        kind: kindOf(event, result),
        class: event.type === "act" ? (verdict?.class ?? null) : null,
        decision: decisionOf(event, result),
        reason: verdict?.reason ?? null,
        act: event.type === "act" || event.type === "outcome" || event.type === "approval" ? event.act : null,
        title,
        epoch: epoch(),
        exact: { event: event as unknown as Json, verdict: verdict as unknown as Json },
        ...(content === undefined ? {} : { payload: content }),
      })) as { seq: number } | null | undefined;
      if (typeof done?.seq !== "number") throw new TypeError("the log gave no row");
    },
    /** The same, for what may be lost without anything being let through. */
    note(event: GateEvent, result: StepResult, row: RowOf): void {
      if (!result.inert || hasRoom()) later(this.write(event, result, row));
    },
    /** A row without an event: nothing of the gate's state came of it. */
    plain(entry: AuditEntry): void {
      if (hasRoom()) later(append(entry));
    },
    stop() {
      flush?.();
      writeMore();
    },
  };
}
