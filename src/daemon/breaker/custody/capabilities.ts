import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeCgroup, removeCgroup } from "./cgroup.ts";
import { nothingConfined, type Capabilities } from "./domain/capabilities.ts";
import { systemPath, unshareFlags } from "./launcher.ts";
import type { Log } from "../../kernel/log.ts";

const tryMs = 5000;

/** Runs a program of the system; true when it ended well in time. */
function works(file: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: tryMs, killSignal: "SIGKILL", env: { PATH: systemPath, LC_ALL: "C" } }, (error) => resolve(error === null));
  });
}

const covered = 'mount -t tmpfs tmpfs /run && ip link set lo up && mount -c --rbind /proc/self/fd/0 /run </ && "$@"';

async function linux(): Promise<Pick<Capabilities, "network" | "privilege" | "pids" | "why">> {
  const uid = process.getuid?.();
  const drop = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "true"];
  const asRoot = uid === 0 && (await works("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "true"]));
  for (const privilege of [...(asRoot ? (["root"] as const) : []), ...(uid === 0 ? [] : (["user"] as const))]) {
    for (const pids of ["namespace", "none"] as const)
      if (await works("unshare", [...unshareFlags({ privilege, pids }), "sh", "-c", covered, "sh", ...drop]))
        return { network: "netns", privilege, pids, why: "ok" };
  }
  const tools = (await Promise.all(["unshare", "setpriv", "ip", "mount"].map((name) => works("sh", ["-c", `command -v ${name}`])))).every(Boolean);
  return { network: "none", privilege: asRoot ? "root" : "none", pids: "none", why: tools ? "namespaces-refused" : "tools-missing" };
}

/** Where a cgroup v2 folder of ours could be: below the daemon's own, so that the system's limits for it go on holding. */
export function cgroupHome(mounts: string, own: string): string | null {
  const mount = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  const path = /^0::(\/.*)$/m.exec(own)?.[1];
  return mount === undefined || path === undefined || path.startsWith("/..") ? null : join(mount, path).replace(/\/$/, "");
}

/** The folder in which this daemon's tools get their groups, proved by moving a process in; null where that can't be done. */
async function cgroupOf(instance: string, log: Log): Promise<string | null> {
  try {
    const home = cgroupHome(readFileSync("/proc/self/mounts", "utf8"), readFileSync("/proc/self/cgroup", "utf8"));
    if (home === null) return null;
    const root = join(home, `aos-custody-${instance}`);
    const probe = join(root, "probe");
    makeCgroup(probe);
    const moved = await works("sh", ["-c", 'echo 0 > "$1/cgroup.procs" && [ -w "$1/cgroup.kill" ]', "sh", probe]);
    removeCgroup(probe);
    return moved && existsSync(root) ? root : null;
  } catch (error) {
    log.info("custody.no-cgroup", { error });
    return null;
  }
}

/** Tries what this machine can do to keep tools in. Takes some tens of milliseconds; called once at start. */
export async function detectCapabilities({ instance, log }: { instance: string; log: Log }): Promise<Capabilities> {
  if (process.platform === "linux") return { ...(await linux()), cgroup: await cgroupOf(instance, log) };
  if (process.platform !== "darwin") return nothingConfined("unsupported-system");
  return (await works("/usr/bin/sandbox-exec", ["-p", "(version 1)(allow default)", "/usr/bin/true"]))
    ? { ...nothingConfined("ok"), network: "sandbox-exec" }
    : nothingConfined("sandbox-exec-missing");
}
