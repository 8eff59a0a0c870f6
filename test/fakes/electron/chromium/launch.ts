import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const switches = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-breakpad",
  "--disable-crash-reporter",
  "--no-first-run",
  "--no-default-browser-check",
  "--remote-debugging-port=0",
  // Electron's own Blink tells a port that its other end is gone; plain Chromium has it behind this switch.
  "--enable-blink-features=MessagePortCloseEvent",
];

/** Starts a Chromium of its own with an empty profile; `endpoint` is its DevTools address. Pages see `locale` as their language, as they do in Electron. */
export async function launchChromium(executable: string, locale: string) {
  const profile = mkdtempSync(join(tmpdir(), "aos-chromium-"));
  const child = spawn(executable, [...switches, `--accept-lang=${locale}`, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32",
  });
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`chromium ended with ${String(code)} before it listened`)));
    child.once("error", reject);
  });
  let stopped = false;
  return {
    endpoint,
    stop(): void {
      if (stopped) return;
      stopped = true;
      // Its own process group: Chromium's helpers must not outlive it.
      if (child.pid !== undefined) process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
