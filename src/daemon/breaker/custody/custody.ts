import { createHash } from "node:crypto";
import { chownSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { createBinaries, type Binary } from "./binary.ts";
import { makeCgroup, removeCgroup } from "./cgroup.ts";
import { startGuardian } from "./guardian.ts";
import { toolAccount } from "./launcher.ts";
import { startRun, type Run } from "./run.ts";
import { SpawnError, type CustodyDeps, type ToolSpec } from "./tool.ts";

export { SpawnError };

export interface Custody {
  /** Starts one tool. Rejects with `SpawnError`: then nothing of it ran. `signal` stops it. */
  spawn(spec: ToolSpec, signal: AbortSignal): Promise<Run>;
  /** Runs that have not ended. */
  running(): readonly Pick<Run, "pid" | "token" | "act" | "agent">[];
  /** What `command` would run, for an approval to bind to; null when there is none. */
  resolve(command: string, cwd: string | null, agent: string): Promise<Binary | null>;
  /** Process that ends the tools should the daemon be killed; null while there is none. */
  guardian(): number | null;
  /** The agent's own folder, made when it is missing. */
  home(agent: string): string;
  /** Kills everything and lets the guardian go. */
  stop(): Promise<void>;
}

/** A short name of one daemon on its machine, the same at each start: marks and cgroups carry it. */
export const custodyInstance = (stateDir: string): string => createHash("sha256").update(stateDir).digest("hex").slice(0, 12);

const within = (path: string, folder: string) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
/** Sockets of the system's and other programs' services lie here, name services that ask the network among them. */
const socketFolders = ["/run", "/var/run", "/sys/fs/cgroup", "/dev/shm"];

/** Starts and ends the tools of agents: confined as well as this machine can, tracked by the keeper before their first instruction, dead when it says so. */
export function createCustody(deps: CustodyDeps): Custody {
  const { capabilities, clock, log, ids, instance, keeper } = deps;
  const stateDir = realpathSync(deps.stateDir);
  const workDir = join(stateDir, "work");
  const sharedFolders = ["/tmp", "/var/tmp", tmpdir()].map(real);
  const binaries = createBinaries();
  const guardian = startGuardian({ instance, cgroups: capabilities.cgroup, clock, log });
  const runs = new Set<Run>();
  const hidden = [...new Set([...socketFolders, ...sharedFolders, stateDir, ...deps.hidden].map(real))];

  const installed = realpathSync(fileURLToPath(new URL("../../../../", import.meta.url)));
  // A copy that runs from a shared folder would cover its own programs, and with them the tools' interpreter.
  const covered = sharedFolders.some((folder) => within(installed, folder)) && ![stateDir, ...deps.hidden.map(real)].some((path) => within(path, installed));
  const programs = covered ? installed : null;

  const home = (agent: string): string => {
    // An agent's name may hold anything; its folder's name may not.
    const folder = join(workDir, createHash("sha256").update(agent).digest("hex").slice(0, 16));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (capabilities.privilege === "root") chownSync(folder, toolAccount.uid, toolAccount.gid);
    return folder;
  };
  /** The working folder, judged: a folder that is hidden from tools is no place to work in. */
  const workIn = (cwd: string | null, ownHome: string): string => {
    if (cwd === null) return ownHome;
    let folder: string;
    try {
      folder = realpathSync(cwd);
    } catch (error) {
      throw new SpawnError("cwd-missing", { cause: error });
    }
    if (within(folder, workDir)) return folder;
    const closed = hidden.some((path) => (sharedFolders.includes(path) ? folder === path : within(folder, path)));
    if (closed || folder === sep) throw new SpawnError("cwd-hidden");
    return folder;
  };

  return {
    async spawn(spec, signal) {
      if (!deps.fence.open(spec.epoch)) throw new SpawnError("latched");
      const ownHome = home(spec.agent);
      const token = `${instance}.${ids.id()}`;
      const cgroup = capabilities.cgroup === null ? null : join(capabilities.cgroup, token);
      if (cgroup !== null) makeCgroup(cgroup);
      try {
        const run = await startRun(
          { ...deps, guardian, hidden, programs, binaries },
          spec,
          { token, cgroup, home: ownHome, cwd: workIn(spec.cwd, ownHome) },
          signal,
        );
        runs.add(run);
        const forget = () => void runs.delete(run);
        run.done.then(forget, forget);
        return run;
      } catch (error) {
        if (cgroup !== null) removeCgroup(cgroup);
        throw error instanceof SpawnError ? error : new SpawnError("failed", { cause: error });
      }
    },
    resolve: (command, cwd, agent) => binaries.resolve(command, { path: deps.base.path, cwd: cwd ?? home(agent) }),
    running: () => [...runs],
    guardian: guardian.pid,
    home,
    async stop() {
      try {
        await keeper.killAll();
        if (capabilities.cgroup !== null) removeCgroup(capabilities.cgroup);
      } finally {
        guardian.stop();
      }
    },
  };
}

/** A hidden path as the system knows it; one that doesn't exist has nothing to hide yet and is kept as it is written. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    return path;
  }
}
