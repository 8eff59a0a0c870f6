import { createFakeElectron } from "./create.ts";
import { createMemoryDriver } from "./driver.ts";

/** Form 1 under the name `electron` (see the alias in vitest.config.ts): one app in memory. */
export const memory = createMemoryDriver();
export const fake = createFakeElectron(memory.driver, {
  userData: process.env["AOS_FAKE_USER_DATA"] ?? "/nonexistent",
  appPath: process.cwd(),
  locale: "ko-KR",
  packaged: false,
  first: true,
});
export const { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, nativeTheme, protocol, safeStorage, screen, session, Tray } = fake.electron;
