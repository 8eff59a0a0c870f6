import type { Capabilities } from "./domain/capabilities.ts";
import { sandboxProfile } from "./domain/sandbox-profile.ts";

/** Where the launcher's own programs are looked for: the system's folders, never the tool's PATH. */
export const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Account of tools where the daemon is root: nobody. */
export const toolAccount = { uid: 65_534, gid: 65_534 };

/** Processes that one tool may have at a time, where it runs under an account of its own. */
const processLimit = 512;

/** Steps into the cgroup ($1, or -) before anything else is there to be outside of it, then becomes the rest. */
const enter = `
set -eu
if [ "$1" != - ]; then echo 0 > "$1/cgroup.procs"; fi
shift
exec "$@"
`;

/**
 * First process of the namespaces: covers what the tool must not see, puts the kept folders back, raises the loopback,
 * says "ready" on fd 3 and runs the rest without rights. As the namespace's init it takes all its processes along.
 * $1 and $2: kept folders; $3: one kept for reading only, or -; then hidden paths, parents first, up to --.
 */
const confine = `
set -eu
kept=$1 home=$2 programs=$3; shift 3
[ "$programs" = - ] || exec 7<"$programs"
exec 8<"$kept" 9<"$home"
# A folder swapped for a link since it was judged is not the folder that was judged.
[ "$(readlink /proc/self/fd/8)" = "$kept" ] && [ "$(readlink /proc/self/fd/9)" = "$home" ]
mount -t proc -o nosuid,nodev,noexec proc /proc 2>/dev/null || :
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev tmpfs "$1"
  elif [ -e "$1" ]; then mount --bind /dev/null "$1"; fi
  shift
done
shift
if [ "$programs" != - ]; then
  mkdir -p "$programs"
  mount -c --bind /proc/self/fd/7 "$programs"
  mount -o remount,bind,ro "$programs"
  exec 7<&-
fi
mkdir -p "$kept" "$home"
mount -c --rbind /proc/self/fd/8 "$kept"
[ "$kept" = "$home" ] || mount -c --rbind /proc/self/fd/9 "$home"
exec 8<&- 9<&-
ip link set lo up
trap : TERM
code=0
echo ready >&3
exec 3>&-
"$@" || code=$?
exit $code
`;

/** Waits, with the tool's own rights and no more, for the go message on fd 4, and becomes the tool. $1: its folder, $2: limit of processes or -. */
const wait = `
[ "$AOS_READY" = said ] || echo ready >&3
unset AOS_READY
exec 3>&-
go=$(cat <&4) || exit 125
exec 4<&-
eval "$go" || exit 125
[ "\${AOS_GO-}" = "$AOS_CUSTODY" ] || exit 125
unset AOS_GO go
[ "$2" = - ] || ulimit -u "$2" 2>/dev/null
cd "$1" || exit 126
shift 2
exec "$@"
`;

export interface Launch {
  capabilities: Capabilities;
  cgroup: string | null;
  /** The tool's working folder and home, absolute and resolved. */
  cwd: string;
  home: string;
  /** The daemon's own programs, where they lie in a folder that is covered; null: they don't. Put back for reading. */
  programs: string | null;
  /** Paths that the tool must not see: the daemon's state, its socket, other programs' sockets. */
  hidden: readonly string[];
  /** Port of the proxy on loopback, for macOS; null: no network. */
  proxyPort: number | null;
  binary: string;
  args: readonly string[];
}

const drop = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"];
const asAccount = [...drop, `--reuid=${toolAccount.uid}`, `--regid=${toolAccount.gid}`, "--clear-groups"];

/** Flags of `unshare` for what was found possible. */
export function unshareFlags({ privilege, pids }: Pick<Capabilities, "privilege" | "pids">): string[] {
  return [
    ...(privilege === "user" ? ["--user", "--map-root-user"] : []),
    "--net",
    "--mount",
    "--ipc",
    ...(pids === "namespace" ? ["--pid", "--fork", "--kill-child=KILL"] : []),
  ];
}

/**
 * Command line of a launch, and whether the confinement says that it is ready (`AOS_READY`) or the last step does. The chain gives up rights before it reads the go message, so nothing that a
 * caller put into the environment (LD_PRELOAD and its like) is ever seen by a process with rights.
 */
export function launchLine(launch: Launch): { file: string; args: string[]; ready: "said" | "unsaid" } {
  const { capabilities, cgroup, cwd, home, binary, args } = launch;
  const root = capabilities.privilege === "root";
  const waiting = ["sh", "-c", wait, "aos-wait", cwd, root ? String(processLimit) : "-", binary, ...args];
  const enterFirst = (rest: string[]) => ({ file: "sh", args: ["-c", enter, "aos-enter", cgroup ?? "-", ...rest] });
  switch (capabilities.network) {
    case "netns": {
      const hidden = [...new Set(launch.hidden)].toSorted((a, b) => a.length - b.length);
      const unprivileged = root ? asAccount : drop;
      const confined = ["sh", "-c", confine, "aos-confine", cwd, home, launch.programs ?? "-", ...hidden, "--", ...unprivileged, ...waiting];
      return { ...enterFirst(["unshare", ...unshareFlags(capabilities), ...confined]), ready: "said" };
    }
    case "sandbox-exec": {
      const profile = sandboxProfile({ proxyPort: launch.proxyPort, hidden: launch.hidden, kept: [cwd, home] });
      return { file: "/usr/bin/sandbox-exec", args: ["-p", profile, ...waiting], ready: "unsaid" };
    }
    case "none":
      return { ...enterFirst(root ? [...asAccount, ...waiting] : waiting), ready: "unsaid" };
  }
}
