import type { UpsProblem } from "../domain/ups.ts";

/** What went wrong between us and the NUT server. `answered` is true for a refusal in good form: the connection is still of use. */
export class NutError extends Error {
  override readonly name = "NutError";
  readonly problem: UpsProblem;
  readonly answered: boolean;
  readonly code: string;
  constructor(problem: UpsProblem, code: string, answered = false) {
    super(`${problem}: ${code}`);
    this.problem = problem;
    this.code = code;
    this.answered = answered;
  }
}

/** Longest line that a NUT server has reason to send, in bytes; far above what real ones do. */
export const lineLimit = 4096;
/** Most lines in one list. */
export const listLimit = 2000;

const problems: Readonly<Record<string, UpsProblem>> = {
  "ACCESS-DENIED": "access-denied",
  "USERNAME-REQUIRED": "access-denied",
  "PASSWORD-REQUIRED": "access-denied",
  "INVALID-USERNAME": "access-denied",
  "INVALID-PASSWORD": "access-denied",
  "UNKNOWN-UPS": "unknown-ups",
  "DRIVER-NOT-CONNECTED": "driver-not-connected",
  "DATA-STALE": "stale",
  "FEATURE-NOT-CONFIGURED": "tls-failed",
};

/** The error that a line of the server stands for, or null when it is no `ERR` line. */
export function errorOf(line: string): NutError | null {
  const code = /^ERR ([A-Z-]{1,40})/.exec(line)?.[1];
  return code === undefined ? null : new NutError(problems[code] ?? "garbage", code, true);
}

/** Name and value of a `VAR <ups> <name> "<value>"` line for this UPS; null when it is none. */
export function variable(line: string, ups: string): [name: string, value: string] | null {
  const prefix = `VAR ${ups} `;
  if (!line.startsWith(prefix)) return null;
  const match = /^([a-z0-9._-]{1,128}) "((?:[^"\\]|\\.)*)"$/i.exec(line.slice(prefix.length));
  const [, name, text] = match ?? [];
  return name === undefined || text === undefined ? null : [name, text.replace(/\\(.)/g, "$1")];
}

/** A word or a quoted text of a command. Control characters would end the line and begin another command, so they are refused. */
export function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not pass
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new NutError("access-denied", "control character in a configured value", true);
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
