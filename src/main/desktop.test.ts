import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MenuItemConstructorOptions } from "electron";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeElectron } from "../../test/fakes/electron/create.ts";
import { createMemoryDriver } from "../../test/fakes/electron/driver.ts";
import type { FakePort } from "../../test/fakes/electron/ports.ts";
import { createClock } from "./clock.ts";
import { startDesktop } from "./desktop.ts";

const stub = fileURLToPath(new URL("../../test/fakes/electron/stub-aosd.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
let folder = "";
let quit: () => Promise<void> = () => Promise.resolve();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aos-desktop-"));
  mkdirSync(join(folder, "out", "renderer"), { recursive: true });
  writeFileSync(join(folder, "out", "renderer", "index.html"), "<!doctype html><title>x</title>");
});
afterEach(async () => {
  await quit();
  quit = () => Promise.resolve();
  rmSync(folder, { recursive: true, force: true });
});

function start(setting: { first?: boolean; locale?: string; argv?: string[]; daemon?: string } = {}) {
  const memory = createMemoryDriver();
  const fake = createFakeElectron(memory.driver, {
    userData: folder,
    appPath: root,
    locale: setting.locale ?? "ko-KR",
    packaged: false,
    first: setting.first ?? true,
  });
  const log: string[] = [];
  const desktop = startDesktop({
    electron: fake.electron,
    outDir: join(folder, "out"),
    platform: "linux",
    resourcesPath: "/none",
    argv: setting.argv ?? [],
    env: { ...process.env, AOS_NODE: process.execPath, AOS_DAEMON: setting.daemon ?? stub, AOS_STATE_DIR: join(folder, "aosd") },
    clock: createClock(),
    random: () => 0.5,
    log: (_level, event) => log.push(event),
    stderr: () => undefined,
    loadUpdater: () => Promise.reject(new Error("updates are off")),
  });
  quit = async () => {
    fake.app.quit();
    await vi.waitUntil(() => desktop === null || fake.app.ended === "quit", { timeout: 15_000 });
  };
  const ask = () => {
    const page = fake.windows[0]?.webContents;
    fake.ipcMain.emit("aos:port", { sender: page, senderFrame: page?.mainFrame, ports: [] });
    const port = memory.posted.at(-1)?.ports[0];
    if (port === undefined) throw new Error("no port came");
    return port;
  };
  return { fake, desktop, log, ask, posted: memory.posted };
}
const answer = (port: FakePort, text: string) =>
  new Promise<unknown>((resolve, reject) => {
    port.once("message", (event: { data: unknown }) => resolve(event.data));
    port.once("close", () => reject(new Error("closed")));
    port.start();
    port.postMessage(text);
  });

describe("the desktop", () => {
  test("does what only works before the app is ready, before it is", async () => {
    const { fake, desktop } = start();
    expect([fake.app.sandboxed, fake.protocol.schemes.map(({ scheme }) => scheme), fake.windows.length]).toEqual([true, ["app"], 0]);
    fake.app.becomeReady();
    await desktop?.ready;
    expect([fake.windows.length, fake.protocol.isProtocolHandled("app"), fake.windows[0]?.webContents.getURL()]).toEqual([1, true, "app://console/"]);
    const response = await fake.protocol.handlers.get("app")?.(new Request("app://console/"));
    expect([response?.status, await response?.text()]).toEqual([200, "<!doctype html><title>x</title>"]);
  });

  test("a second instance opens nothing, starts nothing and leaves", async () => {
    const { fake, desktop, log } = start({ first: false });
    fake.app.becomeReady();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([desktop, fake.app.ended, fake.windows.length, fake.trays.length, log]).toEqual([null, "quit", 0, 0, []]);
  });

  test("a second start brings the first one's window forward, at its link", async () => {
    const { fake, desktop } = start();
    fake.app.becomeReady();
    await desktop?.ready;
    fake.app.emit("second-instance", {}, ["aos", "--flag", "mupengism-aos://power"]);
    expect([fake.windows.length, fake.windows[0]?.focused, fake.windows[0]?.webContents.getURL()]).toEqual([1, 1, "app://console/#/power"]);
    fake.app.emit("second-instance", {}, ["aos", "https://evil.example/"]);
    expect(fake.windows[0]?.webContents.getURL()).toBe("app://console/#/power");
  });

  test("a link that comes before the app is ready is opened first", async () => {
    const { fake, desktop } = start();
    let prevented = false;
    fake.app.emit("open-url", { preventDefault: () => (prevented = true) }, "mupengism-aos://connect");
    fake.app.becomeReady();
    await desktop?.ready;
    expect([prevented, fake.windows[0]?.webContents.getURL()]).toEqual([true, "app://console/#/connect"]);
  });

  test("joins its page with its own aosd; that one crashes, comes back, and a new port works", async () => {
    const { fake, desktop, ask } = start();
    fake.app.becomeReady();
    await desktop?.ready;
    const first = await answer(ask(), "hello");
    expect(first).toMatch(/^hello from \d+ via ipc$/);
    await expect(answer(ask(), "die")).rejects.toThrow("closed");
    const second = await answer(ask(), "hello");
    expect(second).toMatch(/^hello from \d+ via ipc$/);
    expect(second).not.toBe(first);
    expect(fake.trays[0]?.tip).toContain("동작 중이에요");
  });

  test("keeps its aosd and its tray when the window is closed, and opens it again from there", async () => {
    const { fake, desktop } = start();
    fake.app.becomeReady();
    await desktop?.ready;
    await desktop?.supervisor.serving(10_000, new AbortController().signal);
    fake.windows[0]?.close();
    expect([fake.windows.length, fake.app.ended, desktop?.supervisor.state().kind]).toEqual([0, "no", "serving"]);
    fake.trays[0]?.emit("click");
    expect(fake.windows).toHaveLength(1);
  });

  test("quitting stops the aosd first", async () => {
    const { fake, desktop } = start();
    fake.app.becomeReady();
    await desktop?.ready;
    const { pid } = (await desktop?.supervisor.serving(10_000, new AbortController().signal)) ?? { pid: null };
    fake.app.quit();
    fake.app.quit();
    expect(fake.app.ended).toBe("no");
    await vi.waitFor(() => expect(fake.app.ended).toBe("quit"));
    expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
  });

  test("an aosd that can't be started is said in the person's language, and tried again at a word", async () => {
    const { fake, desktop, log } = start({ daemon: join(folder, "nothing.ts"), locale: "en-US" });
    fake.app.becomeReady();
    await desktop?.ready;
    expect(fake.trays[0]?.tip).toMatch(/^Mupengism AOS: AOS on this computer/);
    expect(log).toContain("aosd.starting");
  });

  test("wrong settings are named to the person, and updates stay off", async () => {
    writeFileSync(join(folder, "desktop.json"), '{"updateFeed":"http://evil.example/"}');
    const { fake, desktop } = start();
    fake.app.becomeReady();
    await vi.waitFor(() => expect(fake.dialog.asked).toHaveLength(1));
    expect(fake.dialog.asked[0]?.options.detail).toContain("updateFeed must be null or an https address");
    fake.dialog.asked[0]?.answer(0);
    await desktop?.ready;
  });

  test.each(["ko-KR", "en-GB", "fr-FR"])("has a menu in the language of %s whose every item says something and does something", async (locale) => {
    const { fake, desktop } = start({ locale });
    fake.app.becomeReady();
    await desktop?.ready;
    const labels: string[] = [];
    const idle: string[] = [];
    const walk = (items: MenuItemConstructorOptions[]) => {
      for (const item of items) {
        if (item.type === "separator") continue;
        labels.push(item.label ?? "");
        if (item.role === undefined && item.click === undefined && !Array.isArray(item.submenu)) idle.push(item.label ?? "");
        if (Array.isArray(item.submenu)) walk(item.submenu);
      }
    };
    walk(fake.Menu.getApplicationMenu()?.template ?? []);
    expect(idle).toEqual([]);
    expect(labels.length).toBeGreaterThan(15);
    const korean = labels.filter((label) => /[가-힣]/.test(label)).length;
    expect(korean).toBe(locale === "ko-KR" ? labels.length : 0);
  });
});
