import { consoleUrl } from "./console-origin.ts";
import { minimum, place, type WindowStateFile } from "./window-state.ts";
import type { Log } from "./log.ts";
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from "electron";

export interface WindowSetting {
  preload: string;
  version: string;
  title: string;
  dark: boolean;
  developerTools: boolean;
}

/** A window's options. What hardens it stands here and nowhere else; a test reads it. */
export function windowOptions(setting: WindowSetting, at: { width: number; height: number; x?: number; y?: number }): BrowserWindowConstructorOptions {
  return {
    ...at,
    minWidth: minimum.width,
    minHeight: minimum.height,
    show: false,
    title: setting.title,
    autoHideMenuBar: true,
    // The page's own ground colours, so that a window never flashes while it loads.
    backgroundColor: setting.dark ? "#16181b" : "#f7f7f5",
    webPreferences: {
      preload: setting.preload,
      additionalArguments: [`--aos-version=${setting.version}`],
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
      devTools: setting.developerTools,
    },
  };
}

/** Address of a route of the page, such as `/power`. */
const urlOf = (route: string): string => (route === "/" ? consoleUrl : `${consoleUrl}#${route}`);

/**
 * The console's one window: opened, shown again, and opened anew after its renderer died. `known` tells the door
 * which web contents are ours. `watch` is called for each window that is made.
 */
export function createConsoleWindow(deps: {
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  areas(): Rectangle[];
  file: WindowStateFile;
  setting(): WindowSetting;
  watch(window: BrowserWindow): void;
  log: Log;
}) {
  let current: BrowserWindow | null = null;
  const live = () => (current !== null && !current.isDestroyed() ? current : null);

  const save = (window: BrowserWindow) => deps.file.save({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });

  const load = (window: BrowserWindow, route: string) => {
    // A page that can't load dies or stays blank, and the crash guard or the person acts; here it is only written down.
    window.loadURL(urlOf(route)).catch((error: unknown) => deps.log("error", "window.load-failed", { reason: String(error) }));
  };

  /** Opens the window at a route, or brings the open one to the front. */
  function open(route: string | null): void {
    const existing = live();
    if (existing !== null) {
      if (existing.isMinimized()) existing.restore();
      existing.show();
      existing.focus();
      if (route !== null) load(existing, route);
      return;
    }
    const { maximized, ...at } = place(deps.file.load(), deps.areas());
    const window = new deps.BrowserWindow(windowOptions(deps.setting(), at));
    current = window;
    window.once("ready-to-show", () => {
      if (maximized) window.maximize();
      window.show();
    });
    window.on("close", () => save(window));
    window.on("closed", () => {
      if (current === window) current = null;
    });
    deps.watch(window);
    load(window, route ?? "/");
  }

  return {
    open,
    /** A fresh window in the place of one whose page died. */
    replace: (): void => {
      const old = live();
      if (old !== null) {
        save(old);
        current = null;
        old.destroy();
      }
      open(null);
    },
    known: (contents: { id: number }) => live()?.webContents.id === contents.id,
    live,
  };
}
