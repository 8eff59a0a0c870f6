import type { GateReason, GateRequest, PanicSignal } from "../../../contract/breaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Approvals } from "../approvals/service.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { Fence } from "../domain/fence.ts";
import type { Surroundings } from "./domain/classify.ts";
import type { Policy } from "./domain/types.ts";
import type { Screen, Secrets } from "./screening.ts";
import type { Spending } from "./spending.ts";

/** Who asks: a runtime by its token, or the daemon's own agents. */
export interface GateCaller {
  runtime: string;
  via: string;
}

export interface GateDeps {
  fence: Fence;
  clock: Clock;
  ids: Ids;
  log: Log;
  audit: { append(entry: AuditEntry): Promise<{ seq: number }> };
  screen: Screen;
  secrets: Secrets;
  /** A text without its secrets, as the log will keep it. Applied twice it must change nothing more. */
  redact(text: string): string;
  approvals: Pick<Approvals, "ask" | "claim" | "keep" | "giveBack" | "withdraw" | "onDecided">;
  policy: {
    current(): Policy | null;
    addKnown(recipients: readonly string[]): Promise<void>;
    /** Counts the standing grants by which an act went out. */
    noteUse?(grants: readonly string[]): Promise<void>;
  };
  spending: Pick<Spending, "add" | "carried">;
  around: Surroundings;
  /** The program that the act would start, and its hash; null: it starts none. Rejects when it can't be told. */
  binary(request: GateRequest, caller: GateCaller): Promise<{ path: string; sha256: string } | null>;
  /** Latches the breaker. Must close the fence before it returns, or throw. */
  trip(why: { cause: "panic"; reason: string; signals: readonly PanicSignal[] }): void;
  stopTask?(task: { agent: string; task: string | null; why: string }): void;
  tellOwner?(what: { why: GateReason; act: string | null; params: Record<string, string | number> }): void;
}
