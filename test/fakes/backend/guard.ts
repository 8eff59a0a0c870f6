import { implement, ORPCError } from "@orpc/server";
import { faults, type FaultCode, type FaultData } from "../../../src/contract/faults.ts";
import { contract } from "../../../src/contract/index.ts";
import { allows, type Role, type Via } from "../../../src/contract/roles.ts";

/** Who calls, and where a cookie can be set. */
export interface Caller {
  role: Role;
  via: Via;
  session: string | undefined;
  setCookie: ((value: string) => void) | undefined;
}

/** A refusal as the contract has it. */
export const fault = <C extends FaultCode>(code: C, data: FaultData<C>) => new ORPCError(code, { status: faults[code].status, data });

/** The contract behind the daemon's own rule of who may call what. */
export const guardedFake = (isNew: () => boolean) =>
  implement(contract)
    .$context<Caller>()
    .use(({ context, procedure, next }) => {
      const meta = procedure["~orpc"].meta;
      if (meta.role === "public") return next();
      if (context.role === "public") throw fault("access.signed-out", {});
      if (!allows(context.role, meta)) throw fault("access.denied", { role: context.role, needs: meta.role });
      if (meta.scope === "rack" && isNew()) throw fault("rack.not-linked", {});
      return next();
    });
export type Guarded = ReturnType<typeof guardedFake>;
