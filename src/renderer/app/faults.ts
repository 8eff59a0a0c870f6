import { ORPCError } from "@orpc/client";
import type { FaultCode } from "../../contract/faults.ts";
import { fill } from "../../words/fill.ts";
import type { Words } from "./language.tsx";
import { LinkLostError } from "./link/wire.ts";

/** A refusal in human words. `todo` says what to do about it. */
export interface ToldFault {
  code: FaultCode | "link-lost" | "other";
  title: string;
  meaning: string;
  todo: string;
  params: Readonly<Record<string, unknown>>;
}

interface OwnWords {
  lost: { title: string; meaning: string; todo: string };
  other: { title: string; meaning: string; todo: string };
}

const paramsOf = (data: unknown): Readonly<Record<string, unknown>> => (typeof data === "object" && data !== null ? { ...data } : {});
const isCode = (words: Words, code: string): code is FaultCode => Object.hasOwn(words.faults, code);

/** The one place that turns an error of a call into words. */
export function tellFault(error: unknown, words: Words, own: OwnWords): ToldFault {
  if (error instanceof ORPCError && isCode(words, error.code)) {
    const told = words.faults[error.code];
    const data = paramsOf(error.data);
    const roleName = (role: unknown) =>
      typeof role === "string" && Object.hasOwn(words.callerRole, role) ? words.callerRole[role as keyof Words["callerRole"]] : role;
    const params = error.code === "access.denied" ? { role: roleName(data["role"]), needs: roleName(data["needs"]) } : data;
    const reason = data["reason"];
    const because =
      error.code === "access.window-closed" && typeof reason === "string" && Object.hasOwn(words.windowReason, reason)
        ? `${words.windowReason[reason as keyof Words["windowReason"]]}. `
        : error.code === "access.peer-certificate" && typeof reason === "string" && Object.hasOwn(words.certificateReason, reason)
          ? `${words.certificateReason[reason as keyof Words["certificateReason"]]}. `
          : "";
    return { code: error.code, title: fill(told.title, params), meaning: because + fill(told.meaning, params), todo: fill(told.todo, params), params: data };
  }
  if (error instanceof LinkLostError) return { code: "link-lost", ...own.lost, params: {} };
  return { code: "other", ...own.other, params: {} };
}
