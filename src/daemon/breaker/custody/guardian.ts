import { spawn, type ChildProcess } from "node:child_process";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { systemPath } from "./launcher.ts";

/**
 * What must happen when the daemon is gone, in a program of one megabyte: it reads "+ token pid" and "- token" from the
 * daemon, and at the end of the pipe (the kernel closes it, however the daemon died) it kills what is still listed and
 * what carries the daemon's mark, until nothing is left. $1: the daemon's instance, $2: folder of its cgroups or -.
 */
const script = `
trap '' TERM INT HUP
runs=''
while read -r op token pid; do
  case $op in
    +) runs="$runs $token:$pid" ;;
    -) rest=''
       for run in $runs; do case $run in "$token":*) ;; *) rest="$rest $run" ;; esac; done
       runs=$rest ;;
  esac
done
marked() {
  if [ -r /proc/self/environ ]; then
    for file in $(grep -las "AOS_CUSTODY=$1[.]" /proc/[0-9]*/environ); do pid=\${file#/proc/}; echo "\${pid%/environ}"; done
  else
    ps -A -E -ww -o pid=,command= | awk -v "mark=CUSTODY=$1." 'index($0, "AOS_" mark) { print $1 }'
  fi
}
tree() {
  ps -A -o pid=,ppid=,pgid=,stat= 2>/dev/null | awk -v "seeds=$1" '
    BEGIN { n = split(seeds, s, " "); for (i = 1; i <= n; i++) hit[s[i]] = 1 }
    $4 !~ /^Z/ { pid[NR] = $1; up[$1] = $2; if ($3 in hit) hit[$1] = 1 }
    END { do { more = 0; for (i in pid) if (!(pid[i] in hit) && (up[pid[i]] in hit)) { hit[pid[i]] = 1; more = 1 } } while (more)
      for (i in pid) if (pid[i] in hit) print pid[i] }'
}
seeds=''
for run in $runs; do seeds="$seeds \${run##*:}"; done
round=0
while [ $round -lt 40 ]; do
  found="$(marked "$1") $([ -z "$seeds" ] || tree "$seeds")"
  for run in $runs; do
    kill -KILL -- "-\${run##*:}" 2>/dev/null
    [ "$2" = - ] || echo 1 2>/dev/null >"$2/\${run%:*}/cgroup.kill"
  done
  left=''
  for pid in $found; do kill -KILL "$pid" 2>/dev/null && left=1; done
  [ -n "$left" ] || [ $round -eq 0 ] || break
  round=$((round + 1))
  sleep 0.05
done
[ "$2" = - ] || rmdir "$2"/*/ "$2" 2>/dev/null
`;

/** The guardian outlives the daemon by a moment: the tools' death when the daemon is killed. */
export interface Guardian {
  /** Resolves once the guardian's pipe holds the run. Rejects when there is no guardian: then nothing may start. */
  watch(token: string, pid: number): Promise<void>;
  forget(token: string): void;
  pid(): number | null;
  /** Lets it go; it kills what is still listed. */
  stop(): void;
}

/** Starts the guardian, and another when it dies. */
export function startGuardian({ instance, cgroups, clock, log }: { instance: string; cgroups: string | null; clock: Clock; log: Log }): Guardian {
  const runs = new Map<string, number>();
  let child: ChildProcess | null = null;
  let stopped = false;
  let deaths = 0;

  const write = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const pipe = child?.stdin;
      if (!pipe || !pipe.writable) reject(new Error("there is no guardian"));
      else pipe.write(line, (error) => (error ? reject(error) : resolve()));
    });

  const start = (): void => {
    if (stopped) return;
    const next = spawn("sh", ["-c", script, "aos-guardian", instance, cgroups ?? "-"], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: systemPath, LC_ALL: "C" },
    });
    child = next;
    next.stdin.on("error", (error) => log.warn("custody.guardian-pipe", { error }));
    const gone = (why: unknown) => {
      if (child !== next) return;
      child = null;
      if (stopped) return;
      deaths += 1;
      log.error("custody.guardian-died", { why, deaths });
      clock.after(Math.min(100 * 2 ** Math.min(deaths, 6), 5000), start);
    };
    next.on("error", gone);
    next.on("exit", (code, signal) => gone(signal ?? code));
    // It must not keep the daemon from ending: the end of the pipe is its cue.
    next.unref();
    for (const [token, pid] of runs) write(`+ ${token} ${pid}\n`).catch((error: unknown) => log.warn("custody.guardian-pipe", { error }));
  };
  start();

  return {
    async watch(token, pid) {
      runs.set(token, pid);
      try {
        await write(`+ ${token} ${pid}\n`);
      } catch (error) {
        runs.delete(token);
        throw error;
      }
    },
    forget(token) {
      if (!runs.delete(token)) return;
      write(`- ${token}\n`).catch((error: unknown) => log.warn("custody.guardian-pipe", { error }));
    },
    pid: () => child?.pid ?? null,
    stop() {
      stopped = true;
      child?.stdin?.end();
    },
  };
}
