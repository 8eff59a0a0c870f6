import type { LogRow } from "../../../contract/breaker.ts";

/** Names under which tools carry what a reader should see first. */
const spoken = ["body", "text", "message", "content", "command", "path", "reason", "note"] as const;

/** What to show of a payload before its JSON: the text that goes out, the command, the file. Null when nothing stands out. */
export function bodyOf(payload: LogRow["payload"]): string | null {
  if (typeof payload === "string") return payload;
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) return null;
  for (const name of spoken) {
    const value = payload[name];
    if (typeof value === "string" && value !== "") return value;
  }
  const { args } = payload;
  return args === undefined || typeof args !== "object" ? null : bodyOf(args);
}
