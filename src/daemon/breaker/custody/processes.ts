import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { isGone } from "./errno.ts";
import { nameOf, type ProcessRow } from "./domain/members.ts";
import { parsePs, parseStat, psColumns } from "./domain/process-table.ts";

/** The system's processes. Synchronous: it serves a thread whose only work is to end them. */
export interface Processes {
  rows(): ProcessRow[];
  /** Mark of each process that carries one in its environment (`AOS_CUSTODY=mark`), by pid. A program that wiped its environment has none. */
  marks(rows: readonly ProcessRow[]): Map<number, string>;
  /** False when there is no such process (or group, for a negative number). Throws when it may not. */
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): boolean;
}

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

const mark = /(?:^|[\0 ])AOS_CUSTODY=([\w.-]+)/;

/** From `/proc` (Linux). */
export function procProcesses(): Processes {
  /** What was read of a process is true for its life, except when nothing could be read yet. */
  let known = new Map<string, string>();
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, "latin1");
    } catch (error) {
      // Gone in between, or somebody else's: neither is ours.
      if (isGone(error) || (error as { code?: string }).code === "EACCES") return undefined;
      throw error;
    }
  };
  return {
    rows: () =>
      readdirSync("/proc").flatMap((name) => {
        if (!/^\d+$/.test(name)) return [];
        const line = read(`/proc/${name}/stat`);
        const row = line === undefined ? undefined : parseStat(line);
        return row ? [row] : [];
      }),
    marks(rows) {
      const next = new Map<string, string>();
      const found = new Map<number, string>();
      for (const row of rows) {
        const name = nameOf(row);
        let value = known.get(name);
        if (value === undefined) {
          const environ = read(`/proc/${row.pid}/environ`);
          if (environ === undefined || environ === "") continue;
          value = mark.exec(environ)?.[1] ?? "";
        }
        next.set(name, value);
        if (value !== "") found.set(row.pid, value);
      }
      known = next;
      return found;
    },
    signal,
  };
}

/** From `ps` (macOS and other systems without `/proc`). */
export function psProcesses(): Processes {
  const ps = (args: string[]) =>
    execFileSync("ps", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, env: { PATH: "/usr/bin:/bin", LC_ALL: "C" }, timeout: 2000 });
  return {
    rows: () => parsePs(ps(["-A", "-o", psColumns])),
    marks() {
      const found = new Map<number, string>();
      for (const line of ps(["-A", "-E", "-ww", "-o", "pid=,command="]).split("\n")) {
        const value = mark.exec(line)?.[1];
        if (value !== undefined) found.set(Number.parseInt(line, 10), value);
      }
      return found;
    },
    signal,
  };
}

export const createProcesses = (): Processes => (process.platform === "linux" ? procProcesses() : psProcesses());
