/** Why this machine can or can't confine a tool. The screen has a sentence for each. */
export type CapabilityWhy = "ok" | "tools-missing" | "namespaces-refused" | "sandbox-exec-missing" | "unsupported-system" | "unknown";

/** What this machine can do to keep a tool in. Found by trying, never by guessing from versions. */
export interface Capabilities {
  /** netns: the tool's network holds a loopback and the proxy's door, nothing else. none: nothing keeps it from dialling out. */
  network: "netns" | "sandbox-exec" | "none";
  /** root: as root, and tools run as another account. user: in a user namespace of the daemon's account. */
  privilege: "root" | "user" | "none";
  /** namespace: all that a tool starts dies with the namespace's first process, by the kernel. none: sweeps find it. */
  pids: "namespace" | "none";
  /** Folder of a cgroup v2 in which groups can be made and killed; null where there is none. */
  cgroup: string | null;
  why: CapabilityWhy;
}

export const nothingConfined = (why: CapabilityWhy): Capabilities => ({ network: "none", privilege: "none", pids: "none", cgroup: null, why });

/** The highest level at which a tool may use the network where nothing confines it. */
const unconfinedLevel = 2;

/** Whether a tool that may use the network starts at autonomy `level` (1 to 5). A level that is no number of the slider never does. */
export function mayUseNetwork(capabilities: Pick<Capabilities, "network">, level: number): boolean {
  if (!Number.isInteger(level) || level < 1 || level > 5) return false;
  switch (capabilities.network) {
    case "netns":
    case "sandbox-exec":
      return true;
    case "none":
      return level <= unconfinedLevel;
    default:
      return false;
  }
}
