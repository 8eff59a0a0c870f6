import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FakeReport, Order } from "./chromium/control.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Starts the built desktop (`outDir`: main, preload and renderer) on the Chromium form of the fake, in a process of
 * its own as Electron's main is. `endpoint` is Chromium's DevTools address, for a spec to look at the same page.
 */
export async function startShell(setting: { outDir: string; daemon: string; chromium?: string; locale?: string; env?: NodeJS.ProcessEnv }) {
  // Short, because a local socket's path may have 104 characters only.
  const folder = mkdtempSync(join(tmpdir(), "aos-shell-"));
  const env = {
    ...process.env,
    ...setting.env,
    AOS_FAKE_CHROMIUM: setting.chromium ?? "/usr/bin/chromium",
    AOS_FAKE_USER_DATA: folder,
    AOS_FAKE_APP_PATH: here("../../.."),
    AOS_FAKE_LOCALE: setting.locale ?? "ko-KR",
    AOS_STATE_DIR: join(folder, "aosd"),
    AOS_DAEMON: setting.daemon,
  };
  const child = fork(join(setting.outDir, "main", "index.js"), [], {
    env,
    execArgv: ["--import", here("./chromium/register.ts")],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => (said += data.toString()));
  const exited = once(child, "exit");
  const waiting = new Map<number, { resolve(report: FakeReport): void; reject(error: Error): void }>();
  const up = Promise.withResolvers<string>();
  child.on("message", (message: { chromium?: string; id?: number; state?: FakeReport; error?: string }) => {
    if (message.chromium !== undefined) up.resolve(message.chromium);
    const call = message.id === undefined ? undefined : waiting.get(message.id);
    if (call === undefined) return;
    if (message.state === undefined) call.reject(new Error(message.error));
    else call.resolve(message.state);
  });
  void exited.then(() => up.reject(new Error(`the shell ended early:\n${said}`)));
  let ids = 0;
  return {
    folder,
    endpoint: await up.promise,
    said: () => said,
    /** Main's own log so far. */
    log: () => readFileSync(join(folder, "logs", "main.log"), "utf8"),
    order(order: Order): Promise<FakeReport> {
      const id = ++ids;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ ...order, id });
      });
    },
    /** Quits as a person does; kills only if that is not obeyed within ten seconds. */
    async stop(): Promise<{ code: number | null; insisted: boolean }> {
      let insisted = false;
      if (child.exitCode === null && child.connected) child.send({ do: "quit", id: ++ids });
      const late = setTimeout(() => {
        insisted = true;
        child.kill("SIGKILL");
      }, 10_000);
      await exited;
      clearTimeout(late);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      return { code: child.exitCode, insisted };
    },
  };
}
export type Shell = Awaited<ReturnType<typeof startShell>>;
