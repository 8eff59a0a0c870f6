import type { Group } from "./group.ts";

/** One row of the system's process table. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  pgid: number;
  /** Null where the system doesn't tell. */
  sid: number | null;
  /** Start time in the system's own unit; with the pid it names one process for good. */
  startedAt: string;
  /** Dead, and only waiting for its parent to read its exit code. */
  zombie: boolean;
}

/** `pid@start`: the name of one process, also after its number was given away. */
export const nameOf = (row: Pick<ProcessRow, "pid" | "startedAt">): string => `${row.pid}@${row.startedAt}`;

/** What is known of a group besides the process table. */
export interface Evidence {
  /** Processes ever seen as members, by `nameOf`: a child stays one after its parent is gone. */
  remembered: ReadonlySet<string>;
  /** Processes that the system itself counts to the group: its cgroup, or the mark in their environment. */
  marked: ReadonlySet<number>;
  /** The sweeper and its parents: never members, whatever the table says. */
  spared: ReadonlySet<number>;
}

/**
 * The living processes of a group: its first process, everything in that one's session or process group, everything
 * marked or remembered, and all their children. Zombies are dead.
 */
export function membersOf(table: readonly ProcessRow[], group: Pick<Group, "pid" | "startedAt">, evidence: Evidence): ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of table) children.set(row.ppid, [...(children.get(row.ppid) ?? []), row]);
  // 0 and 1 lead the system's own processes; no run is theirs.
  const leader = group.pid !== null && group.pid > 1 ? group.pid : null;
  const first = table.find((row) => row.pid === leader);
  // The number of a session or group can't be given away while a member lives, so the leader's absence proves nothing;
  // another process under the leader's number does.
  const reused = first !== undefined && group.startedAt !== null && first.startedAt !== group.startedAt;
  const found = new Map<number, ProcessRow>();
  const waiting = table.filter(
    (row) =>
      evidence.marked.has(row.pid) ||
      evidence.remembered.has(nameOf(row)) ||
      (leader !== null && !reused && (row.pid === leader || row.pgid === leader || row.sid === leader)),
  );
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    if (found.has(row.pid) || evidence.spared.has(row.pid)) continue;
    found.set(row.pid, row);
    waiting.push(...(children.get(row.pid) ?? []));
  }
  return [...found.values()].filter((row) => !row.zombie).toSorted((a, b) => a.pid - b.pid);
}
