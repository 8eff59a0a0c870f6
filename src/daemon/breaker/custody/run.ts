import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Binaries, Binary } from "./binary.ts";
import { environmentRefusal, goMessage, namesSecret, proxyEnvironment } from "./domain/environment.ts";
import type { GroupReport } from "./domain/group.ts";
import { parseStat } from "./domain/process-table.ts";
import { isGone } from "./errno.ts";
import type { Guardian } from "./guardian.ts";
import { launchLine, systemPath } from "./launcher.ts";
import { createOutput, type OutputLine } from "./output.ts";
import { SpawnError, type CustodyDeps, type SpawnRefusal, type ToolSpec } from "./tool.ts";

export interface RunResult {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** stopped: by the latch or its caller; what it brought is of no effect. */
  outcome: "done" | "failed" | "stopped" | "timed-out";
  stdout: string;
  stderr: string;
  /** Bytes beyond the limit or after a stop, read and thrown away. */
  droppedBytes: number;
  binary: Binary;
  ms: number;
  /** How its processes ended; null when the keeper could not say. */
  end: GroupReport | null;
}

export interface Run {
  pid: number;
  token: string;
  act: string;
  agent: string;
  binary: Binary;
  onLine(listener: (line: OutputLine) => void): () => void;
  /** Never rejects. */
  done: Promise<RunResult>;
}

interface Place {
  token: string;
  cgroup: string | null;
  home: string;
  cwd: string;
}
type Deps = CustodyDeps & { guardian: Guardian; hidden: readonly string[]; programs: string | null; binaries: Binaries };

/** From the spawn to a confined launcher that waits for its go. */
const readyMs = 5000;
/** From the last process's death to the end of its pipes. */
const drainMs = 1000;

/** Starts one tool: confine, track, guard, open its door, fill in secrets, check the fence, go. Whatever fails, nothing of the tool has run. */
export async function startRun(deps: Deps, spec: ToolSpec, place: Place, signal: AbortSignal): Promise<Run> {
  const { fence, keeper, guardian, clock, log, capabilities, binaries } = deps;
  refuseBadArguments(spec);
  const live = () => fence.open(spec.epoch);
  const binary = await binaries.resolve(spec.command, { path: deps.base.path, cwd: place.cwd });
  if (binary === null) throw new SpawnError("no-such-command");
  if (spec.binary && (spec.binary.path !== binary.path || spec.binary.sha256 !== binary.sha256)) throw new SpawnError("binary-changed");
  const traveller = { epoch: spec.epoch, act: spec.act, agent: spec.agent, hosts: spec.hosts ?? null };
  const doors = spec.network === "proxy" ? deps.doors : null;
  if (spec.network === "proxy" && doors === null) throw new SpawnError("no-network-confinement");

  // Where tools share the machine's loopback, the door is there before the tool; in a namespace it needs the namespace first.
  const early = doors !== null && capabilities.network !== "netns" ? await doors.open(traveller, null) : null;
  let door = early;
  let child: ChildProcess | undefined;
  try {
    const line = launchLine({
      capabilities,
      ...place,
      hidden: deps.hidden,
      programs: deps.programs,
      proxyPort: early?.port ?? null,
      binary: binary.path,
      args: spec.args,
    });
    const startedMono = clock.mono();
    child = spawn(line.file, line.args, {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
      env: { PATH: systemPath, AOS_CUSTODY: place.token, AOS_READY: line.ready },
    });
    const started = child;
    const ended = endOf(started);
    const [stdin, stdout, stderr, ready, go] = started.stdio as [Writable, Readable, Readable, Readable, Writable];
    for (const stream of [stdin, go, ready]) stream.on("error", (error) => log.debug("custody.pipe", { error }));
    const output = createOutput({ bytes: spec.limits.outputBytes, live });
    output.read("stdout", stdout);
    output.read("stderr", stderr);
    const pid = started.pid;
    if (pid === undefined) throw new SpawnError("failed", { cause: await ended });
    const { token, cgroup } = place;

    await or(
      "not-tracked",
      keeper.track({ token, epoch: spec.epoch, pid, startedAt: startOf(pid), cgroup, act: spec.act, agent: spec.agent, command: spec.command }),
    );
    await or("not-guarded", guardian.watch(token, pid));
    await or(
      "not-isolated",
      isReady(ready, ended, (give) => clock.after(readyMs, give)),
    );
    if (doors !== null && door === null) door = await or("not-isolated", doors.open(traveller, pid));
    if (!(await binaries.unchanged(binary))) throw new SpawnError("binary-changed");
    const { path, lang } = deps.base;
    const filled = await or("secret-unavailable", deps.fillSecrets({ env: spec.env, stdin: spec.stdin ?? null, act: spec.act, agent: spec.agent }));
    const refused = environmentRefusal(filled.env);
    if (refused !== null) throw new SpawnError(refused);
    const env = {
      PATH: path,
      LANG: lang,
      HOME: place.home,
      TMPDIR: capabilities.network === "netns" ? "/tmp" : place.home,
      ...(door ? proxyEnvironment(door.proxyUrl) : {}),
      ...filled.env,
    };
    if (signal.aborted) throw new SpawnError("stopped");
    // The last step but one, with nothing awaited before the last.
    if (!live()) throw new SpawnError("latched");
    go.end(goMessage(token, env));
    stdin.end(filled.stdin ?? "");

    const done = follow({ deps, spec, token, ended, output, binary, startedMono, signal }).finally(() => {
      door?.close();
      guardian.forget(token);
    });
    return { pid, token, act: spec.act, agent: spec.agent, binary, onLine: output.onLine, done };
  } catch (error) {
    door?.close();
    if (child?.pid !== undefined) await abandon(child.pid, place.token, deps);
    throw error;
  }
}

function refuseBadArguments(spec: ToolSpec): void {
  if (namesSecret([spec.command, ...spec.args])) throw new SpawnError("secret-in-args");
  if (spec.command === "" || [spec.command, ...spec.args].some((arg) => arg.includes("\0"))) throw new SpawnError("args-invalid");
  const { ms, outputBytes } = spec.limits;
  if (!(ms > 0 && Number.isFinite(ms) && outputBytes >= 0 && Number.isFinite(outputBytes))) throw new SpawnError("args-invalid");
  const refused = environmentRefusal(spec.env);
  if (refused !== null) throw new SpawnError(refused);
}

async function or<T>(code: SpawnRefusal, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw new SpawnError(code, { cause: error });
  }
}

/** The process's start, as the keeper compares it; null when it can't be read. */
function startOf(pid: number): string | null {
  if (process.platform !== "linux") return null;
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"))?.startedAt ?? null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  closed: Promise<void>;
}

function endOf(child: ChildProcess): Promise<Ended> {
  const closed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null, closed: Promise.resolve() }));
    child.once("exit", (code, signal) => resolve({ code, signal, closed }));
  });
}

/** Resolves when the launcher says that it is confined; rejects when it ends before that or takes too long. */
function isReady(ready: Readable, ended: Promise<Ended>, late: (give: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = late(() => reject(new Error(`no launcher was ready within ${readyMs} ms`)));
    ready.once("data", () => {
      cancel();
      resolve();
    });
    ended.then(({ code, signal }) => {
      cancel();
      return reject(new Error(`the launcher ended with ${signal ?? code}`));
    }, reject);
  });
}

/** Nothing was let go; what waits there is killed at once. */
async function abandon(pid: number, token: string, { keeper, guardian, log }: Deps): Promise<void> {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!isGone(error)) log.error("custody.kill-failed", { pid, error });
  }
  await keeper.end(token).catch((error: unknown) => log.error("custody.keeper-silent", { token, error }));
  guardian.forget(token);
}

interface Following {
  deps: Deps;
  spec: ToolSpec;
  token: string;
  ended: Promise<Ended>;
  output: ReturnType<typeof createOutput>;
  binary: Binary;
  startedMono: number;
  signal: AbortSignal;
}

async function follow({ deps, spec, token, ended, output, binary, startedMono, signal }: Following): Promise<RunResult> {
  const { fence, keeper, clock, log } = deps;
  let why: "stopped" | "timed-out" | null = null;
  const end = () =>
    keeper.end(token).catch((error: unknown) => {
      log.error("custody.keeper-silent", { token, error });
      return null;
    });
  let ending: Promise<GroupReport | null> | undefined;
  const cut = (reason: "stopped" | "timed-out") => {
    why ??= reason;
    ending ??= end();
  };
  const onAbort = () => cut("stopped");
  const limit = clock.after(spec.limits.ms, () => cut("timed-out"));
  signal.addEventListener("abort", onAbort, { once: true });
  // The latch may have fallen, or the caller gone, between the last check and the go.
  if (signal.aborted || !fence.open(spec.epoch)) cut("stopped");
  // The keeper kills on its own; this only makes sure of the report.
  const unsubscribe = fence.onClose(onAbort);

  const { code, signal: by, closed } = await ended;
  limit();
  signal.removeEventListener("abort", onAbort);
  unsubscribe();
  const open = fence.open(spec.epoch);
  // What the tool left in the background ends with it.
  const report = await (ending ?? end());
  await Promise.race([closed, new Promise<void>((resolve) => void clock.after(drainMs, resolve))]);
  const status = by === null && code !== null ? statusOf(code) : { code, signal: by };
  const outcome = why ?? (!open ? "stopped" : status.code === 0 ? "done" : "failed");
  return { ...status, outcome, ...output.result(), binary, ms: Math.round(clock.mono() - startedMono), end: report };
}

/** The launcher's shells report a signal as 128 + its number. */
function statusOf(code: number): { code: number | null; signal: NodeJS.Signals | null } {
  const named = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return named ? { code: null, signal: named[0] as NodeJS.Signals } : { code, signal: null };
}
