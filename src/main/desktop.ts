import { join } from "node:path";
import { aosdCommand, launchAosd, readHolder } from "./aosd-process.ts";
import { createCrashGuard } from "./crash.ts";
import { deepLinkScheme, routeInArguments, routeOf } from "./deep-link.ts";
import { createForwarder, forwarderLimits } from "./forwarder.ts";
import { guardApp, guardSession } from "./guards.ts";
import { openDoor } from "./ipc.ts";
import { menuTemplate } from "./menu.ts";
import { createNotices } from "./notices.ts";
import { answers, openLocal } from "./local-socket.ts";
import { customScheme, serveConsole } from "./protocol.ts";
import { createSecrets } from "./secrets.ts";
import { readSettings } from "./settings.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { createTray, trayIcon } from "./tray.ts";
import { checkForUpdate, type Updater } from "./updater.ts";
import { createConsoleWindow } from "./window.ts";
import { createWindowStateFile } from "./window-state.ts";
import { wordsFor } from "./words.ts";
import type * as Electron from "electron";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** The part of Electron that the desktop uses. */
export type ElectronParts = Pick<
  typeof Electron,
  "app" | "BrowserWindow" | "dialog" | "ipcMain" | "Menu" | "MessageChannelMain" | "nativeTheme" | "protocol" | "safeStorage" | "screen" | "session" | "Tray"
>;

export interface Surroundings {
  electron: ElectronParts;
  /** Folder that holds main, preload and renderer as built. */
  outDir: string;
  platform: string;
  resourcesPath: string;
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  clock: Clock;
  random: () => number;
  log: Log;
  stderr: (line: string) => void;
  loadUpdater: () => Promise<Updater>;
}

/** Opens the served socket. An aosd that just died still counts as serving for a moment: so it is tried for two seconds. */
async function dialSupervised(supervisor: Supervisor, clock: Clock, signal: AbortSignal) {
  for (let left = 10; ; left--) {
    const { socket } = await supervisor.serving(20_000, signal);
    try {
      return await openLocal(socket, forwarderLimits.frameBytes);
    } catch (error) {
      if (left === 0 || signal.aborted) throw error;
      await clock.wait(200, signal);
    }
  }
}

/** Wires the desktop and runs it until the app quits. Returns null when another instance already runs. */
export function startDesktop(around: Surroundings): { supervisor: Supervisor; ready: Promise<void> } | null {
  const { electron, clock, log, platform } = around;
  const { app } = electron;
  // Before the app is ready, or they have no effect.
  app.enableSandbox();
  electron.protocol.registerSchemesAsPrivileged([customScheme]);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  guardApp(app, log);

  const packaged = app.isPackaged;
  const overrides = packaged ? {} : { node: around.env["AOS_NODE"], entry: around.env["AOS_DAEMON"], stateDir: around.env["AOS_STATE_DIR"] };
  const data = app.getPath("userData");
  const stateDir = overrides.stateDir ?? join(data, "aosd");
  const command = aosdCommand({ packaged, resourcesPath: around.resourcesPath, appPath: app.getAppPath(), platform, stateDir, overrides });
  const words = wordsFor(app.getLocale());
  const resources = packaged ? around.resourcesPath : join(app.getAppPath(), "resources");

  let showState: Parameters<typeof createSupervisor>[0]["onChange"] = () => undefined;
  const supervisor = createSupervisor({
    launch: () => launchAosd(command, { env: around.env, log, stderr: around.stderr }),
    holder: () => readHolder(stateDir),
    answers: (endpoint) => answers(endpoint.socket),
    clock,
    random: around.random,
    log,
    onChange: (state) => showState(state),
  });
  const forwarder = createForwarder({
    dial: (signal) => dialSupervised(supervisor, clock, signal),
    clock,
    log,
  });

  const consoleWindow = createConsoleWindow({
    BrowserWindow: electron.BrowserWindow,
    areas: () => electron.screen.getAllDisplays().map((display) => display.workArea),
    file: createWindowStateFile(join(data, "window.json"), log),
    setting: () => ({
      preload: join(around.outDir, "preload", "index.cjs"),
      version: app.getVersion(),
      title: words.appName,
      dark: electron.nativeTheme.shouldUseDarkColors,
      developerTools: !packaged,
    }),
    watch: (window) => crashes.watch(window),
    log,
  });
  const notices = createNotices({ dialog: electron.dialog, window: consoleWindow.live, words });
  const crashes = createCrashGuard({
    app,
    replace: consoleWindow.replace,
    askReopen: notices.askReopen,
    askFrozen: notices.askFrozen,
    quit: () => app.quit(),
    clock,
    log,
  });

  // A link may come before the app is ready (macOS) and is kept for the first window.
  let firstRoute = routeInArguments(around.argv);
  let opened = false;
  const go = (route: string | null) => {
    if (opened) consoleWindow.open(route);
    else firstRoute = route ?? firstRoute;
  };
  app.on("second-instance", (_event, argv) => go(routeInArguments(argv)));
  app.on("open-url", (event, url) => {
    event.preventDefault();
    go(routeOf(url));
  });
  app.on("activate", () => go(null));
  // The aosd of this desktop goes on working with the window closed; the tray and a second start bring it back.
  app.on("window-all-closed", () => log("info", "window.closed"));

  let stopped: "no" | "stopping" | "yes" = "no";
  app.on("before-quit", (event) => {
    if (stopped === "yes") return;
    event.preventDefault();
    if (stopped === "stopping") return;
    stopped = "stopping";
    void supervisor.stop().finally(() => {
      stopped = "yes";
      app.quit();
    });
  });

  const run = async () => {
    await app.whenReady();
    const session = electron.session.defaultSession;
    guardSession(session, { developerTools: !packaged, log });
    serveConsole(session.protocol, { root: join(around.outDir, "renderer"), log });
    const closeDoor = openDoor({
      ipcMain: electron.ipcMain,
      MessageChannelMain: electron.MessageChannelMain,
      known: consoleWindow.known,
      attach: forwarder.attach,
      log,
    });
    app.on("will-quit", closeDoor);
    if (packaged) app.setAsDefaultProtocolClient(deepLinkScheme);

    const quit = () => app.quit();
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate({ words, platform, developerTools: !packaged, go })));
    const tray = createTray({
      Tray: electron.Tray,
      Menu: electron.Menu,
      icon: trayIcon(join(resources, "tray"), platform),
      words,
      open: () => go(null),
      restart: () => void supervisor.restart(),
      quit,
    });
    tray.show(supervisor.state());
    const askRestart = async () => {
      if ((await notices.askRestart()) === "restart") await supervisor.restart();
    };
    showState = (state) => {
      tray.show(state);
      if (state.kind === "given-up") void askRestart();
    };
    supervisor.start();
    opened = true;
    consoleWindow.open(firstRoute);

    const read = await readSettings(join(data, "desktop.json"));
    if (!read.ok) await notices.tellSettings(read.problem);
    const secrets = createSecrets({ safeStorage: electron.safeStorage, platform, file: (name) => join(data, "secrets", name) });
    await checkForUpdate({
      feed: read.ok && packaged ? read.settings.updateFeed : null,
      load: around.loadUpdater,
      token: async () => {
        const secret = await secrets.get("update-feed");
        return secret.ok ? secret.value : null;
      },
      ask: notices.askUpdate,
      log,
    });
  };
  return { supervisor, ready: run() };
}
