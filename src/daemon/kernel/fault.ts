import { ORPCError } from "@orpc/server";
import { faults, type FaultCode, type FaultData } from "../../contract/faults.ts";

/** A refusal of the contract, to be thrown by services; the wire carries code, status and params, never text. */
export function fault<C extends FaultCode>(
  code: C,
  ...data: [keyof (typeof faults)[C]["data"]["shape"]] extends [never] ? [] : [FaultData<C>]
): ORPCError<C, FaultData<C>> {
  return new ORPCError(code, { status: faults[code].status, data: (data[0] ?? {}) as FaultData<C>, message: code });
}
