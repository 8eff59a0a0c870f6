import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Log } from "./log.ts";

/** aosd's exit code when another instance holds the state folder. */
export const heldByAnother = 75;

export interface Endpoint {
  /** Path of the local socket, or the name of a Windows pipe. */
  socket: string;
  pid: number | null;
}

/** One running aosd. */
export interface AosdProcess {
  pid: number | null;
  /** Resolves with its socket when it serves; never resolves if it ends first. */
  serving: Promise<Endpoint>;
  /** Resolves when it is gone. `code` is null after a signal or when it could not be started. */
  exited: Promise<{ code: number | null; reason: string }>;
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

export interface AosdCommand {
  file: string;
  args: string[];
}

/**
 * How this machine starts its aosd. Packaged: the bundled Node and daemon beside the app's own resources (the
 * RunAsNode fuse is off, so Electron can't play Node). In development: Node from node_modules and the source.
 */
export function aosdCommand(at: {
  packaged: boolean;
  resourcesPath: string;
  appPath: string;
  platform: string;
  stateDir: string;
  overrides: { node?: string | undefined; entry?: string | undefined };
}): AosdCommand {
  const exe = at.platform === "win32" ? "node.exe" : "node";
  const args = (entry: string) => [entry, "--state-dir", at.stateDir, "--desktop"];
  if (at.packaged) return { file: join(at.resourcesPath, "node", exe), args: args(join(at.resourcesPath, "daemon", "src", "daemon", "main.js")) };
  return {
    file: at.overrides.node ?? join(at.appPath, "node_modules", "node", "bin", exe),
    args: args(at.overrides.entry ?? join(at.appPath, "src", "daemon", "main.ts")),
  };
}

/** Reads `{"event":"aosd.serving","socket":"..."}`; null for any other line. */
export function readServing(line: string): Endpoint | null {
  if (!line.startsWith("{")) return null;
  try {
    const told: unknown = JSON.parse(line);
    if (typeof told !== "object" || told === null || !("event" in told) || told.event !== "aosd.serving") return null;
    if (!("socket" in told) || typeof told.socket !== "string") return null;
    return { socket: told.socket, pid: "pid" in told && typeof told.pid === "number" ? told.pid : null };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Socket of the aosd that holds `stateDir`, as it wrote it into aosd.json; null when there is none to read. */
export async function readHolder(stateDir: string): Promise<Endpoint | null> {
  try {
    const told: unknown = JSON.parse(await readFile(join(stateDir, "aosd.json"), "utf8"));
    if (typeof told !== "object" || told === null || !("socket" in told) || typeof told.socket !== "string") return null;
    return { socket: told.socket, pid: "pid" in told && typeof told.pid === "number" ? told.pid : null };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
}

/**
 * Starts an aosd as a child. It holds our end of its stdin: when this process ends in any way, a kill included, the
 * pipe closes and the aosd stops by itself. What it prints on stderr is only passed on.
 */
export function launchAosd(command: AosdCommand, deps: { env: NodeJS.ProcessEnv; log: Log; stderr: (line: string) => void }): AosdProcess {
  const child = spawn(command.file, command.args, { env: { ...deps.env, AOS_PARENT_PIPE: "1" }, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  const serving = Promise.withResolvers<Endpoint>();
  const exited = Promise.withResolvers<{ code: number | null; reason: string }>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const endpoint = readServing(line);
    if (endpoint !== null) serving.resolve(endpoint);
  });
  createInterface({ input: child.stderr }).on("line", deps.stderr);
  // It may be gone before its stdin is: the exit below says so.
  child.stdin.on("error", (error) => deps.log("debug", "aosd.stdin", { reason: error.message }));
  child.once("error", (error) => exited.resolve({ code: null, reason: error.message }));
  child.once("exit", (code, signal) => exited.resolve({ code, reason: signal ?? `code ${String(code)}` }));
  return {
    pid: child.pid ?? null,
    serving: serving.promise,
    exited: exited.promise,
    signal(name) {
      // Windows knows no SIGTERM: a kill there is outright. The closed pipe asks for the same stop.
      if (process.platform === "win32" && name === "SIGTERM") child.stdin.end();
      else if (!child.kill(name)) deps.log("debug", "aosd.signal-missed", { name });
    },
  };
}
