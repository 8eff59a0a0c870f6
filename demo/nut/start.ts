import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, chmodSync, constants, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { scenarioFile, type Scenario } from "./scenario.ts";

export interface RunningNut {
  port: number;
  ups: string;
  /** A login that upsd accepts (a secondary: it may read and log in, not force a shutdown). */
  user: string;
  password: string;
  pids: readonly number[];
  /** Ends upsd alone and leaves the driver: a server that vanished. */
  stopUpsd(): Promise<void>;
  stop(): Promise<void>;
}

export interface NutOptions {
  /** Folder for its configuration and state; made if it is missing, never removed. */
  dir: string;
  /** 0 takes a free port. */
  port: number;
  scenario: Scenario;
  /** Another `.seq` file in place of the scenario's. */
  file?: string;
  /** Serve STARTTLS with a certificate made here (needs certutil). */
  tls?: boolean;
}

/** Where Debian keeps the programs; the `upsd` in sbin is a wrapper that ends at once without a word. */
const programs = { upsd: "/lib/nut/upsd", driver: "/lib/nut/dummy-ups", certutil: "/usr/bin/certutil" };
const readyWithinMs = 15_000;
const upsName = "aosups";

/** Whether Debian's NUT server is installed here (and certutil, when TLS is wanted). */
export function nutInstalled({ tls = false }: { tls?: boolean } = {}): boolean {
  const needed = [programs.upsd, programs.driver, ...(tls ? [programs.certutil] : [])];
  return needed.every((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts the real upsd with dummy-ups playing a scenario, and waits until it tells where the power comes from. Null where NUT is not installed. */
export async function startNut(options: NutOptions): Promise<RunningNut | null> {
  if (!nutInstalled({ tls: options.tls ?? false })) return null;
  const port = options.port === 0 ? await freePort() : options.port;
  const password = randomBytes(12).toString("hex");
  configure(options, port, password);
  const env = { PATH: process.env["PATH"] ?? "", NUT_CONFPATH: options.dir, NUT_STATEPATH: join(options.dir, "run"), NUT_ALTPIDPATH: join(options.dir, "run") };
  const user = userInfo().username;
  // -F keeps both in the foreground: their pids are ours and their end is seen.
  const driver = child(programs.driver, ["-u", user, "-a", upsName, "-F", "-D"], env);
  const upsd = child(programs.upsd, ["-u", user, "-F"], env);
  const stop = async () => {
    await end(upsd);
    await end(driver);
  };
  try {
    await ready(port, [driver, upsd]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, ups: upsName, user: "console", password, pids: [driver.pid, upsd.pid].flatMap((pid) => pid ?? []), stopUpsd: () => end(upsd), stop };
}

function configure({ dir, scenario, file, tls }: NutOptions, port: number, password: string): void {
  const run = join(dir, "run");
  mkdirSync(run, { recursive: true, mode: 0o700 });
  copyFileSync(file ?? scenarioFile(scenario), join(dir, `${upsName}.seq`));
  const write = (name: string, lines: readonly string[]) => {
    writeFileSync(join(dir, name), `${lines.join("\n")}\n`);
    chmodSync(join(dir, name), 0o640);
  };
  // The driver looks at its file each second, so that a change is out within the 3 s it may take.
  write("ups.conf", ["maxretry = 3", "pollinterval = 1", `[${upsName}]`, "driver = dummy-ups", `port = "${join(dir, `${upsName}.seq`)}"`, "mode = dummy-loop"]);
  const secure = tls === true ? [`CERTPATH "${certificates(dir)}"`, `CERTIDENT "${upsName}" ""`] : [];
  write("upsd.conf", [`LISTEN 127.0.0.1 ${port}`, "MAXAGE 15", `STATEPATH "${run}"`, ...secure]);
  const other = randomBytes(12).toString("hex");
  write("upsd.users", [
    "[console]",
    `password = ${password}`,
    "upsmon secondary",
    "[primary]",
    `password = ${other}`,
    "actions = SET FSD",
    "instcmds = ALL",
    "upsmon primary",
  ]);
}

/** An NSS database with a certificate of its own for localhost. upsd takes its path without `sql:`. */
function certificates(dir: string): string {
  const path = join(dir, "cert");
  const noise = join(dir, "noise");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(noise, randomBytes(512));
  const certutil = (...args: string[]) => execFileSync(programs.certutil, args, { stdio: "pipe", timeout: 30_000 });
  certutil("-N", "-d", path, "--empty-password");
  certutil("-S", "-d", path, "-n", upsName, "-s", "CN=localhost", "-8", "localhost", "-x", "-t", "CT,,", "-z", noise, "-k", "rsa", "-g", "2048", "-v", "12");
  writeFileSync(join(dir, "cert.pem"), certutil("-L", "-d", path, "-n", upsName, "-a"));
  rmSync(noise);
  return path;
}

function child(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const started = spawn(program, args, { env, stdio: "ignore" });
  // Its absence shows as an exit code in `ready`.
  started.on("error", () => started.kill());
  return started;
}

const over = (process: ChildProcess) => process.exitCode !== null || process.signalCode !== null || process.pid === undefined;

async function end(process: ChildProcess): Promise<void> {
  if (over(process)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("exit", () => resolve());
  process.kill("SIGTERM");
  const kill = setTimeout(() => process.kill("SIGKILL"), 2000);
  await promise;
  clearTimeout(kill);
}

async function ready(port: number, children: readonly ChildProcess[]): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  for (let pauseMs = 50; performance.now() < deadline; pauseMs = Math.min(300, pauseMs * 1.5)) {
    if (children.some(over)) throw new Error("NUT ended before it was ready");
    // WAIT means that the driver has not looked yet.
    if (/"[^"]*\bO[LB]\b/.test(await ask(port, `GET VAR ${upsName} ups.status`))) return;
    await wait(pauseMs);
  }
  throw new Error(`NUT was not ready within ${readyWithinMs} ms`);
}

function ask(port: number, command: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  socket.setTimeout(1000, () => socket.destroy());
  socket.on("connect", () => socket.write(`${command}\n`));
  socket.on("data", (chunk) => {
    text += chunk.toString("utf8");
    if (text.includes("\n")) socket.destroy();
  });
  // Not listening yet is what we wait out: an empty answer.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => resolve(text));
  return promise;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
