import { oc } from "@orpc/contract";
import { some, type FaultCode } from "./faults.ts";
import type { Access, LadderRole, SideRole } from "./roles.ts";

export interface Meta extends Access {
  /**
   * rack: answered by the main node; an aosd that is only a console's link passes the call on.
   * here: answered by the aosd that was called, whatever it is linked to.
   */
  scope: "rack" | "here";
}

const base = oc.$meta<Meta>({ role: "owner", also: [], scope: "here" });

const always = ["kernel.invalid-input", "kernel.internal", "access.signed-out", "access.denied", "kernel.stopping"] as const;
const relayed = ["rack.main-unreachable", "access.awaiting-admission", "access.revoked"] as const;

interface Options<C extends FaultCode> {
  also?: readonly SideRole[];
  scope?: Meta["scope"];
  faults?: readonly C[];
}

/**
 * Starts a procedure: the role it needs, where it is answered, and the faults it can return (beyond those that any
 * call can meet). Add `.route`, `.input` and `.output` to it.
 */
export function procedure<const C extends FaultCode = never>(role: LadderRole | "node", options: Options<C> = {}) {
  return base.meta({ role, also: options.also ?? [], scope: options.scope ?? "rack" }).errors(some(...always, ...relayed, ...(options.faults ?? [])));
}
