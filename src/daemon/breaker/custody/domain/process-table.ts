import type { ProcessRow } from "./members.ts";

/** One `/proc/PID/stat` line; undefined when it is none. The name in parentheses may hold anything, also `)`. */
export function parseStat(line: string): ProcessRow | undefined {
  const pid = Number.parseInt(line, 10);
  const rest = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state = "", ppid = "", pgid = "", sid = ""] = rest;
  const startedAt = rest[19];
  if (!Number.isInteger(pid) || startedAt === undefined || !/^\d+$/.test(startedAt)) return undefined;
  const numbers = [ppid, pgid, sid].map(Number);
  if (!numbers.every(Number.isInteger)) return undefined;
  return { pid, ppid: Number(ppid), pgid: Number(pgid), sid: Number(sid), startedAt, zombie: state === "Z" || state === "X" };
}

/** Columns for `ps -A -o`; macOS has no session number there (it prints 0), so the group's number and the tree must do. */
export const psColumns = "pid=,ppid=,pgid=,stat=,lstart=";

/** What `ps -A -o pid=,ppid=,pgid=,stat=,lstart=` printed. Lines that don't fit are left out. */
export function parsePs(text: string): ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line);
    if (found === null) return [];
    const [, pid, ppid, pgid, stat = "", lstart = ""] = found;
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), sid: null, startedAt: lstart.replace(/\s+/g, " "), zombie: stat.startsWith("Z") }];
  });
}
