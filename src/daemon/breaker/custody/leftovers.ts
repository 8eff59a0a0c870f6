import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import type { Capabilities } from "./domain/capabilities.ts";
import type { GroupReport } from "./domain/group.ts";
import type { Processes } from "./processes.ts";
import { createReaper } from "./reaper.ts";

/**
 * Kills what an earlier run of this daemon left behind: its cgroups and everything that carries its mark. The guardian
 * should have left nothing; this is for the day it was killed too. Runs before the first tool of this run.
 */
export async function sweepLeftovers(deps: {
  instance: string;
  capabilities: Pick<Capabilities, "cgroup">;
  processes: Processes;
  clock: Clock;
  onError(error: unknown): void;
}): Promise<GroupReport[]> {
  const { instance, processes, clock, onError } = deps;
  const root = deps.capabilities.cgroup;
  const tokens = new Set<string>();
  if (root !== null && existsSync(root)) for (const entry of readdirSync(root, { withFileTypes: true })) if (entry.isDirectory()) tokens.add(entry.name);
  for (const mark of processes.marks(processes.rows()).values()) if (mark.startsWith(`${instance}.`)) tokens.add(mark);
  const reaper = createReaper({ clock, processes, spared: new Set([1, process.pid, process.ppid]), onError });
  for (const token of tokens) {
    const cgroup = root === null ? null : join(root, token);
    // No first process is known any more: the mark and the cgroup find the members.
    reaper.track({
      token,
      epoch: 0,
      pid: null,
      startedAt: null,
      cgroup: cgroup !== null && existsSync(cgroup) ? cgroup : null,
      act: "unknown",
      agent: "unknown",
      command: "unknown",
    });
  }
  return (await reaper.killAll()).groups.filter((group) => group.byTerm.length + group.byKill.length + group.alive.length > 0);
}
