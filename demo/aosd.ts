import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openLink, type Link } from "../src/cli/link.ts";

const daemonMain = fileURLToPath(new URL("../src/daemon/main.ts", import.meta.url));
const servingLine = z.object({ event: z.literal("aosd.serving"), pid: z.number(), socket: z.string(), loopback: z.string(), lan: z.number(), id: z.string() });
export type Serving = z.infer<typeof servingLine>;

const STOP_MS = 6000;

export interface Aosd extends Serving {
  stateDir: string;
  link: Link;
  /** Opens the local socket again, as the person that the token stands for. */
  signIn(token: string): Promise<Link>;
  /** Resolves with the exit code or signal once the process has ended. */
  ended: Promise<string>;
  running(): boolean;
  stop(): Promise<void>;
}

/** Starts a real aosd as a child of this process and waits until it serves. It ends with us: its stdin is our pipe. */
export async function startAosd(
  stateDir: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
  entry: string = daemonMain,
): Promise<Aosd> {
  const child: ChildProcess = spawn(process.execPath, [entry, "--state-dir", stateDir, ...flags], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env, AOS_PARENT_PIPE: "1" },
  });
  const trouble: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => trouble.push(chunk.toString()));
  const ended = new Promise<string>((resolve) => child.once("exit", (code, signal) => resolve(signal ?? String(code))));
  const serving = await new Promise<Serving>((resolve, reject) => {
    if (!child.stdout) throw new Error("no stdout");
    createInterface(child.stdout).on("line", (line) => {
      const parsed = servingLine.safeParse(JSON.parse(line));
      if (parsed.success) resolve(parsed.data);
    });
    child.once("error", reject);
    void ended.then((how) => reject(new Error(`aosd ended (${how}) before it served: ${trouble.join("").trim()}`)));
  });
  let stopping = false;
  child.once("exit", (code, signal) => {
    if (!stopping) process.stderr.write(`aosd ${serving.id} ended by itself (${signal ?? String(code)}). ${trouble.join("").trim()}\n`);
  });
  const open = (token: string | undefined) => openLink({ socket: serving.socket, stateDir, token });
  const link = await open(undefined);
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    ...serving,
    stateDir,
    link,
    signIn: open,
    ended,
    running,
    async stop() {
      stopping = true;
      link.close();
      if (!running()) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
