import type { Approval } from "../../../contract/breaker.ts";
import type { ActEvent } from "../gate/domain/types.ts";
import type { Bound } from "./binding.ts";
import type { Life } from "./domain/approval.ts";

/** An approval as it is kept: what people see, the act as the gate judged it, and its life. */
export interface Entry {
  approval: Approval;
  event: ActEvent;
  life: Life;
  /** Approved together: counts once for the panic filter. */
  batch: string;
  /** Who or what a standing grant would be for; null: none is offered. */
  grant: { scope: "recipient" | "host"; value: string; key: string } | null;
}

/** What the gate asks a person for. */
export interface Ask {
  event: ActEvent;
  bound: Bound;
  view: Pick<
    Approval,
    "act" | "mode" | "needs" | "class" | "agent" | "tool" | "title" | "payload" | "body" | "reach" | "reason" | "params" | "level" | "checks"
  >;
  grant: Entry["grant"];
}

export interface Decided {
  act: string;
  id: string;
  answer: "approve" | "deny" | "expire";
  by: string | null;
  note: string | null;
  entry: Entry;
}
