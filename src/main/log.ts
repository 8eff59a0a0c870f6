type Level = "debug" | "info" | "warn" | "error";
/** One event with its figures; never a payload, never a secret. */
export type Log = (level: Level, event: string, fields?: Record<string, string | number | boolean | null>) => void;

/** Log lines as JSON, one object each: `t` is wall-clock milliseconds. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, event, fields = {}) => write(`${JSON.stringify({ t: now(), level, event, ...fields })}\n`);
}
