import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, nativeTheme, protocol, safeStorage, screen, session, Tray } from "electron";
import { createClock } from "./clock.ts";
import { startDesktop } from "./desktop.ts";
import { createLog } from "./log.ts";

const logs = join(app.getPath("userData"), "logs");
mkdirSync(logs, { recursive: true });
// Appended to, because a second instance opens it too before it learns that it is one.
const file = createWriteStream(join(logs, "main.log"), { flags: "a", mode: 0o600 });

startDesktop({
  electron: { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, nativeTheme, protocol, safeStorage, screen, session, Tray },
  outDir: dirname(import.meta.dirname),
  platform: process.platform,
  resourcesPath: process.resourcesPath,
  argv: process.argv,
  env: process.env,
  clock: createClock(),
  random: Math.random,
  log: createLog((line) => file.write(line), Date.now),
  stderr: (line) => file.write(`${line}\n`),
  loadUpdater: async () => (await import("electron-updater")).default.autoUpdater,
});
