import { FakeApp, type FakeAppSetting } from "./app.ts";
import { FakeIpcMain } from "./contents.ts";
import { createFakeMenu, FakeDialog, FakeSafeStorage, FakeTray } from "./parts.ts";
import { FakeChannel } from "./ports.ts";
import { FakeProtocol, FakeSession } from "./session.ts";
import { FakeBrowserWindow } from "./window.ts";
import type { BrowserWindowConstructorOptions, Rectangle } from "electron";
import type { ElectronParts } from "../../../src/main/desktop.ts";
import type { PageDriver } from "./driver.ts";

/**
 * A fake `electron`. `electron` is typed as the real one and goes into the desktop; the rest is for the test.
 * Each class says by `implements Pick<...>` which of Electron's members it plays, so that a change of Electron's types
 * is a compile error here.
 */
export function createFakeElectron(driver: PageDriver, setting: FakeAppSetting) {
  const app = new FakeApp(setting);
  const protocol = new FakeProtocol(() => app.isReady());
  const session = new FakeSession(protocol);
  const ipcMain = new FakeIpcMain();
  const Menu = createFakeMenu();
  const dialog = new FakeDialog();
  const safeStorage = new FakeSafeStorage();
  const windows: FakeBrowserWindow[] = [];
  const trays: FakeTray[] = [];
  const area: Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };

  class BrowserWindow extends FakeBrowserWindow {
    constructor(options: BrowserWindowConstructorOptions = {}) {
      super(options, driver, (made) => {
        windows.push(made);
        made.on("closed", () => {
          windows.splice(windows.indexOf(made), 1);
          if (windows.length === 0 && app.ended === "no") app.emit("window-all-closed");
        });
        app.emit("web-contents-created", {}, made.webContents);
      });
    }
  }
  class Tray extends FakeTray {
    constructor(image: string) {
      super(image, (made) => trays.push(made));
    }
  }
  app.closeWindows = () => {
    for (const window of windows.slice()) window.close();
  };
  const parts = {
    app,
    BrowserWindow,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain: FakeChannel,
    nativeTheme: { shouldUseDarkColors: false },
    protocol,
    safeStorage,
    screen: { getAllDisplays: () => [{ workArea: area }] },
    session: { defaultSession: session },
    Tray,
  } satisfies Record<keyof ElectronParts, unknown>;
  // The one place where the fake passes for the real thing.
  return { electron: parts as unknown as ElectronParts, app, protocol, session, ipcMain, Menu, dialog, safeStorage, windows, trays, area };
}
export type FakeElectron = ReturnType<typeof createFakeElectron>;
