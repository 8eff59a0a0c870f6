import { ORPCError } from "@orpc/client";
import type { PersonRole } from "../../contract/roles.ts";

export interface SessionStarted {
  role: PersonRole;
  state: "admitted" | "waiting";
  /** With the first owner only, and only this once. */
  recoveryKey: string | null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

async function answer(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  if (isRecord(body) && typeof body["code"] === "string") throw new ORPCError(body["code"], { status: response.status, data: body["data"] });
  throw new Error(`session: ${response.status}`);
}

/** Trades a link's token or the window's code for a session cookie. Only HTTP can set one, so this doesn't go over the link. */
export async function startSession(input: { token?: string; code?: string; deviceName?: string }): Promise<SessionStarted> {
  const response = await fetch("/api/session", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(input),
  });
  const body = await answer(response);
  if (!isRecord(body)) throw new Error("session: no answer");
  return {
    role: body["role"] as PersonRole,
    state: body["state"] === "waiting" ? "waiting" : "admitted",
    recoveryKey: typeof body["recoveryKey"] === "string" ? body["recoveryKey"] : null,
  };
}

/** Ends this browser's session. */
export async function endSession(): Promise<void> {
  await answer(await fetch("/api/session", { method: "DELETE", credentials: "same-origin" }));
}
