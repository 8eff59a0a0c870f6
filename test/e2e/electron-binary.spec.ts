import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { _electron, expect, test, type ElectronApplication, type Page } from "@playwright/test";
import { buildShell, type BuiltShell } from "../fakes/electron/build.ts";

// The same claims as electron-shell.spec.ts, against the real binary. Where it is not, they are skipped by name.
const root = fileURLToPath(new URL("../..", import.meta.url));
const stub = fileURLToPath(new URL("../fakes/electron/stub-aosd.ts", import.meta.url));

/** Path of Electron's binary: in the folder that ELECTRON_OVERRIDE_DIST_PATH names, or in the package's own. */
function binary(): string | null {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" };
  const folder = process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(root, "node_modules/electron/dist");
  const path = join(folder, names[process.platform] ?? "electron");
  return existsSync(path) ? path : null;
}
const executablePath = binary();

test("electron binary", async () => {
  test.skip(executablePath === null, "electron binary");
  if (executablePath === null) return;
  test.setTimeout(120_000);
  const built: BuiltShell = await buildShell();
  const folder = mkdtempSync(join(tmpdir(), "aos-electron-"));
  let hits = 0;
  const hostile = createServer((_request, response) => {
    hits++;
    response.end("hostile");
  });
  await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  const away = `http://127.0.0.1:${String((hostile.address() as AddressInfo).port)}/`;
  let app: ElectronApplication | null = null;
  try {
    app = await _electron.launch({
      executablePath,
      args: [join(built.trial, "main", "index.js"), `--user-data-dir=${folder}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
      env: { ...(process.env as Record<string, string>), AOS_STATE_DIR: join(folder, "aosd"), AOS_DAEMON: stub, AOS_NODE: process.execPath },
    });
    const running = app;
    const page: Page = await running.firstWindow();
    const log = () => readFileSync(join(folder, "logs", "main.log"), "utf8");

    await test.step("the page has its own origin, its policy, and frames both ways", async () => {
      expect(await page.evaluate("location.origin")).toBe("app://console");
      await expect(page.locator("#answer")).toHaveText(/^hello from \d+ via ipc$/);
      await page.evaluate("trial.sendBytes(1, 2, 254)");
      await expect(page.locator("#answer")).toHaveText("bytes 2,3,255");
      expect(await page.evaluate("typeof require === 'undefined' && typeof process === 'undefined' && Object.isFrozen(window.aos)")).toBe(true);
      expect(await page.evaluate("fetch('/..%5c..%5cpackage.json').then((r) => r.status)")).toBe(400);
    });
    await test.step("navigation, window.open, requests and permissions are refused", async () => {
      await page.evaluate(`void (location.href = ${JSON.stringify(away)})`);
      expect(await page.evaluate(`window.open(${JSON.stringify(away)})`)).toBeNull();
      expect(await page.evaluate(`fetch(${JSON.stringify(away)}, { mode: "no-cors" }).then(() => "through", () => "refused")`)).toBe("refused");
      expect(await page.evaluate("Notification.requestPermission()")).toBe("denied");
      await expect.poll(log).toContain('"event":"will-navigate"');
      expect([hits, running.windows().length, await page.evaluate("location.origin")]).toEqual([0, 1, "app://console"]);
    });
    await test.step("a forged sender gets no port", async () => {
      await running.evaluate(({ ipcMain, BrowserWindow }) => {
        const sender = BrowserWindow.getAllWindows()[0]?.webContents;
        ipcMain.emit("aos:port", {
          sender,
          senderFrame: { origin: "https://evil.example", url: "https://evil.example/", parent: null, isDestroyed: () => false },
          ports: [],
        });
      });
      await expect.poll(log).toContain('"event":"ipc.refused"');
    });
    await test.step("the aosd crashes and comes back", async () => {
      const first = (await page.locator("#answer").textContent()) ?? "";
      await page.evaluate("trial.send('die')");
      await expect(page.locator("#answer")).toHaveText(/^hello from \d+ via ipc$/, { timeout: 15_000 });
      expect(await page.locator("#answer").textContent()).not.toBe(first);
    });
    await test.step("the window comes back after its renderer crashes", async () => {
      const next = running.waitForEvent("window");
      await running.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
      await expect((await next).locator("#answer")).toHaveText(/^hello/, { timeout: 15_000 });
    });
  } finally {
    await app?.close();
    hostile.close();
    hostile.closeAllConnections();
    built.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});
