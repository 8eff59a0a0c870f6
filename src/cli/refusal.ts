import { ORPCError } from "@orpc/client";
import { faults, type FaultCode } from "../contract/faults.ts";

/** 0 ok, 1 refused or failed, 2 wrong usage, 3 no aosd to talk to. */
export const exitCodes = { ok: 0, fault: 1, usage: 2, notRunning: 3 } as const;

/** Refusals that the CLI itself makes; their words stand in src/cli/locales. */
export const cliFaultCodes = [
  "cli.usage",
  "cli.needs-answer",
  "cli.daemon-not-running",
  "cli.bad-answer",
  "cli.link-lost",
  "cli.timed-out",
  "cli.node-ambiguous",
  "cli.file-failed",
  "cli.token-exposed",
  "cli.log-bad",
  "cli.internal",
] as const;
type CliFaultCode = (typeof cliFaultCodes)[number];

export interface Refusal {
  code: FaultCode | CliFaultCode;
  data: Record<string, unknown>;
}

const mark = Symbol("refusal");

/** An error that carries a refusal. */
export function refusal(code: Refusal["code"], data: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(code), { [mark]: { code, data } satisfies Refusal });
}

/** Ends the command with this refusal. */
export function refuse(code: Refusal["code"], data: Record<string, unknown> = {}): never {
  throw refusal(code, data);
}

/** True of what `refusal` made. */
export function isRefusal(error: unknown): error is Error & { [mark]: Refusal } {
  return error instanceof Error && mark in error;
}

/** Turns whatever a command threw into the refusal to show. Nothing leaves the CLI as a stack. */
export function refusalOf(error: unknown): Refusal {
  if (isRefusal(error)) return error[mark];
  if (error instanceof ORPCError) return daemonRefusal(error);
  return { code: "cli.internal", data: { detail: error instanceof Error ? error.message : String(error) } };
}

/** A fault that is not of the contract, or whose data is not of its schema, is a bad answer and never trusted. */
function daemonRefusal(error: ORPCError<string, unknown>): Refusal {
  if (Object.hasOwn(faults, error.code)) {
    const code = error.code as FaultCode;
    const data = faults[code].data.safeParse(error.data ?? {});
    if (data.success) return { code, data: data.data };
  }
  return { code: "cli.bad-answer", data: { detail: error.code } };
}

/** The exit code that belongs to a refusal. */
export function exitCodeOf({ code }: Refusal): number {
  if (code === "cli.daemon-not-running") return exitCodes.notRunning;
  return code === "cli.usage" || code === "cli.needs-answer" ? exitCodes.usage : exitCodes.fault;
}
