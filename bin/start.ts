import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureConsole, ensureDesktop } from "../build/console.ts";
import { openLink, type Link } from "../src/cli/link.ts";
import { readAosdFile, stateDir } from "../src/cli/state-dir.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);
const dir = stateDir({ env: process.env, platform: process.platform, home: homedir() });
const START_MS = 30_000;

/** Path of Electron's binary, where it was downloaded; the npm package alone doesn't hold it. */
function electronBinary(): string | undefined {
  const pkg = join(root, "node_modules", "electron");
  const override = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  const name = join(pkg, "path.txt");
  const path = existsSync(name) ? join(override ?? join(pkg, "dist"), readFileSync(name, "utf8").trim()) : undefined;
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** A browser that can show a window of its own for one page. */
function appBrowser(): string | undefined {
  const display = process.platform === "darwin" || process.platform === "win32" || Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
  if (!display) return undefined;
  const known = {
    darwin: ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"],
    win32: [
      join(process.env["ProgramFiles"] ?? "", "Google/Chrome/Application/chrome.exe"),
      join(process.env["ProgramFiles(x86)"] ?? "", "Microsoft/Edge/Application/msedge.exe"),
    ],
  };
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => ["google-chrome", "chromium", "microsoft-edge"].map((name) => join(folder, name)));
  return [...(process.platform === "darwin" || process.platform === "win32" ? known[process.platform] : []), ...onPath].find((path) => existsSync(path));
}

async function connect(): Promise<Link | undefined> {
  const file = readAosdFile(dir);
  if (!file.ok) return undefined;
  try {
    return await openLink({ socket: file.socket, stateDir: dir, token: undefined });
  } catch {
    // Left behind by a daemon that was killed: a new one will write it anew.
    return undefined;
  }
}

/** Connects to this account's aosd; starts one when none runs. `ended` is there only for one that we started. */
async function ownAosd(): Promise<{ link: Link; ended: Promise<void> | undefined; stop(): void }> {
  const running = await connect();
  if (running) return { link: running, ended: undefined, stop: () => {} };
  const child = spawn(process.execPath, [join(root, "src", "daemon", "main.ts"), "--state-dir", dir, "--desktop"], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const link = await connect();
    if (link) return { link, ended, stop: () => child.kill("SIGTERM") };
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  child.kill("SIGTERM");
  throw new Error("aosd did not start; its log is in the state folder");
}

/** The one-time link of the owner on this machine; at the very first start it also makes them, and shows the recovery key once. */
async function entrance(link: Link): Promise<string> {
  const { aosd } = await link.ask((client) => client.access.me());
  if (aosd.claimed || aosd.standing !== "rack") return (await link.ask((client) => client.access.session.link())).url;
  const claimed = await link.ask((client) => client.access.claim({ name: "owner", deviceName: "this computer" }));
  say(`\n  Recovery key (shown once, write it down): ${claimed.recoveryKey}\n`);
  return claimed.link.url;
}

async function openConsole(): Promise<void> {
  ensureConsole(say);
  const aosd = await ownAosd();
  process.on("SIGINT", aosd.stop);
  process.on("SIGTERM", aosd.stop);
  const url = await entrance(aosd.link);
  aosd.link.close();
  const browser = appBrowser();
  if (browser === undefined) say(`Open this link within 15 minutes (it works once): ${url}`);
  else spawn(browser, [`--app=${url}`], { detached: true, stdio: "ignore" }).unref();
  if (aosd.ended) {
    say("aosd runs until Ctrl-C.");
    await aosd.ended;
  }
}

const electron = electronBinary();
if (electron === undefined) {
  say("Electron's binary is not here, so the console opens in a browser.");
  await openConsole();
} else {
  ensureDesktop(say);
  const child = spawn(electron, [root], { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
