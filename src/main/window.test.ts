import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeElectron } from "../../test/fakes/electron/create.ts";
import { createMemoryDriver } from "../../test/fakes/electron/driver.ts";
import { createConsoleWindow, windowOptions } from "./window.ts";
import { createWindowStateFile, minimum, parseWindowState, place } from "./window-state.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aos-window-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const setting = { preload: "/out/preload/index.cjs", version: "0.1.0", title: "무펭이즘 AOS", dark: false, developerTools: false };
const area = { x: 0, y: 0, width: 1920, height: 1080 };

test("a window is hardened in every way that its options know", () => {
  const { webPreferences, show } = windowOptions(setting, { width: 800, height: 600 });
  expect(show).toBe(false);
  expect(webPreferences).toEqual({
    preload: "/out/preload/index.cjs",
    additionalArguments: ["--aos-version=0.1.0"],
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    devTools: false,
  });
});

describe("the window's place", () => {
  const saved = (x: number, y: number, width = 1000, height = 700) => ({ bounds: { x, y, width, height }, maximized: false });
  test("is as it was left while a screen shows it", () => {
    expect(place(saved(100, 50), [area])).toEqual({ x: 100, y: 50, width: 1000, height: 700, maximized: false });
    expect(place(saved(2500, 50), [area, { x: 1920, y: 0, width: 1920, height: 1080 }])).toMatchObject({ x: 2500 });
  });
  test("is the middle of a screen when the one it was on is gone", () => {
    for (const away of [saved(2500, 50), saved(-990, 50), saved(100, 1070), saved(100, -50)])
      expect(place(away, [area])).toEqual({ width: 1280, height: 800, maximized: false });
  });
  test("always keeps its title within reach", () => {
    const n = fc.integer({ min: -9999, max: 9999 });
    fc.assert(
      fc.property(n, n, fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }), (x, y, width, height) => {
        const at = place(saved(x, y, width, height), [area]);
        expect(at.width).toBeGreaterThanOrEqual(minimum.width);
        if (at.x === undefined || at.y === undefined) return;
        expect(Math.min(at.x + at.width, area.width) - Math.max(at.x, 0)).toBeGreaterThanOrEqual(minimum.reachable);
        expect(at.y).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
  test("is not taken from a file that is broken", () => {
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"bounds":{}}',
      '{"bounds":{"x":"1","y":1,"width":1,"height":1}}',
      '{"bounds":{"x":1e9,"y":1,"width":1,"height":1}}',
      '{"bounds":{"x":0.5,"y":1,"width":1,"height":1}}',
    ])
      expect([text, parseWindowState(text)]).toEqual([text, null]);
    const log: string[] = [];
    const file = createWindowStateFile(join(folder, "none", "window.json"), (_level, event) => log.push(event));
    expect(file.load()).toBeNull();
    expect(log).toEqual([]);
    writeFileSync(join(folder, "blocked"), "");
    createWindowStateFile(join(folder, "blocked", "window.json"), (_level, event) => log.push(event)).save(saved(1, 1));
    expect(log).toEqual(["window-state.unwritable"]);
  });
});

describe("the console's window", () => {
  function setup() {
    const { driver } = createMemoryDriver();
    const fake = createFakeElectron(driver, { userData: folder, appPath: "/", locale: "ko", packaged: true, first: true });
    const file = createWindowStateFile(join(folder, "window.json"), () => undefined);
    const watched: unknown[] = [];
    const consoleWindow = createConsoleWindow({
      BrowserWindow: fake.electron.BrowserWindow,
      areas: () => [area],
      file,
      setting: () => setting,
      watch: (window) => watched.push(window),
      log: () => undefined,
    });
    return { fake, consoleWindow, watched };
  }
  test("shows when its page is ready, once, and is brought back by a second open", async () => {
    const { fake, consoleWindow, watched } = setup();
    consoleWindow.open("/power");
    const [window] = fake.windows;
    expect(window?.isVisible()).toBe(false);
    await new Promise(setImmediate);
    expect([window?.isVisible(), window?.webContents.getURL()]).toEqual([true, "app://console/#/power"]);
    if (window !== undefined) window.minimized = true;
    consoleWindow.open(null);
    expect([fake.windows.length, window?.minimized, window?.focused, window?.webContents.getURL(), watched.length]).toEqual([
      1,
      false,
      1,
      "app://console/#/power",
      1,
    ]);
  });
  test("is where it was left", async () => {
    const { fake, consoleWindow } = setup();
    consoleWindow.open(null);
    await new Promise(setImmediate);
    const [window] = fake.windows;
    if (window !== undefined) window.bounds = { x: 33, y: 44, width: 900, height: 650 };
    window?.maximize();
    window?.close();
    expect(JSON.parse(readFileSync(join(folder, "window.json"), "utf8"))).toEqual({ bounds: { x: 33, y: 44, width: 900, height: 650 }, maximized: true });
    consoleWindow.open(null);
    await new Promise(setImmediate);
    expect([fake.windows[0]?.bounds, fake.windows[0]?.isMaximized()]).toEqual([{ x: 33, y: 44, width: 900, height: 650 }, true]);
  });
  test("known are the contents of the window that lives, and no others", () => {
    const { fake, consoleWindow } = setup();
    consoleWindow.open(null);
    const old = fake.windows[0]?.webContents;
    consoleWindow.replace();
    const fresh = fake.windows[0]?.webContents;
    expect([fake.windows.length, old === fresh]).toEqual([1, false]);
    expect([consoleWindow.known({ id: old?.id ?? -1 }), consoleWindow.known({ id: fresh?.id ?? -1 })]).toEqual([false, true]);
  });
});
