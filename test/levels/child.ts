import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  timedOut: boolean;
  /** What it wrote to stdout and stderr, the last part of it. */
  tail: string;
}

const kept = 60_000;
const groups = new Set<number>();

/** Runs a program in a process group of its own and ends the whole group with it, whatever it left running. */
export function runToEnd(command: readonly string[], options: { limitMs: number; env?: Record<string, string>; cwd?: string }): Promise<Ended> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  let tail = "";
  let timedOut = false;
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-kept);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const group = child.pid;
  if (group !== undefined) groups.add(group);
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(limit);
      if (group !== undefined) endGroup(group);
    };
    const limit = setTimeout(() => {
      timedOut = true;
      if (group !== undefined) endGroup(group);
    }, options.limitMs);
    child.once("error", (error) => {
      finish();
      reject(error);
    });
    child.once("exit", (code) => {
      // Grandchildren may hold the pipes: end them first, then take what is left to read.
      finish();
      const done = () => resolve({ code, timedOut, tail });
      const patience = setTimeout(done, 2_000);
      child.once("close", () => {
        clearTimeout(patience);
        done();
      });
    });
  });
}

function endGroup(group: number): void {
  groups.delete(group);
  try {
    if (process.platform === "win32") process.kill(group, "SIGKILL");
    else process.kill(-group, "SIGKILL");
  } catch (error) {
    // ESRCH: nobody is left in it, which is what we want.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Ends every group that is still there when this process is told to stop. */
export function endGroupsOnSignals(): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.once(signal, () => {
      for (const group of groups) endGroup(group);
      process.exit(code);
    });
  }
}
