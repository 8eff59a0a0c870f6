import { implement, ORPCError, ValidationError } from "@orpc/server";
import { contract } from "../../contract/index.ts";
import { faults, type FaultCode } from "../../contract/faults.ts";
import { allows } from "../../contract/roles.ts";
import type { Meta } from "../../contract/procedure.ts";
import type { Connection, Context } from "./caller.ts";
import { fault } from "./fault.ts";
import type { Ids } from "./ids.ts";
import type { Log } from "./log.ts";
import { DiskFullError } from "./sqlite/database.ts";

/** Carries a call to the aosd that can answer it; undefined where this one answers itself. */
export type Relay = (
  path: readonly string[],
  input: unknown,
  options: { signal?: AbortSignal | undefined; lastEventId?: string | undefined },
) => Promise<unknown>;

/**
 * The one place where a call is let in: role first (before its input is looked at), then relayed or answered here.
 * Unknown roles and missing metadata are refused.
 */
export function guarded({ relay }: { relay: () => Relay | undefined }) {
  return implement(contract)
    .$context<Context>()
    .use(({ context, next, path, procedure, signal, lastEventId }, input, output) => {
      const meta = procedure["~orpc"].meta as Partial<Meta>;
      const { role, waiting } = context.caller;
      const needs = meta.role ?? "owner";
      if (!allows(role, { role: needs, also: meta.also ?? [] })) {
        if (waiting !== null) throw fault("access.awaiting-admission", { device: waiting });
        throw role === "public" ? fault("access.signed-out") : fault("access.denied", { role, needs });
      }
      const carry = meta.scope === "rack" ? relay() : undefined;
      return carry ? carry(path, input, { signal, lastEventId }).then((result) => output(result as never)) : next();
    });
}

/** Interceptor that turns whatever a procedure throws into a fault of the contract; the unexpected gets an incident id and stands in the log. */
export function faultsOnly({ log, ids }: { log: Log; ids: Ids }) {
  const refusal = (error: unknown, path: readonly string[]): Error => {
    if (error instanceof Error && error.name === "AbortError") return error;
    if (error instanceof DiskFullError) return defined("kernel.disk-full", {});
    if (error instanceof ORPCError && error.code in faults) return defined(error.code as FaultCode, error.data);
    if (error instanceof ORPCError && error.code === "BAD_REQUEST") {
      const found = error.cause instanceof ValidationError ? error.cause.issues : [];
      const issues = found.slice(0, 20).map((issue) => ({
        path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
        message: issue.message.slice(0, 200),
      }));
      return defined("kernel.invalid-input", { issues });
    }
    const incident = ids.id();
    log.error("rpc.failed", { incident, procedure: path.join("."), error, cause: error instanceof Error ? error.cause : undefined });
    return defined("kernel.internal", { incident });
  };
  return async <T>(options: { path: readonly string[]; next(): Promise<T> }): Promise<T> => {
    try {
      return await options.next();
    } catch (error) {
      throw refusal(error, options.path);
    }
  };
}

const defined = (code: FaultCode, data: unknown) => new ORPCError(code, { defined: true, status: faults[code].status, data, message: code });

/** What the servers need of the access room: who calls, asked at each call. */
export interface Gatekeeper {
  context(connection: Connection): Context;
}
