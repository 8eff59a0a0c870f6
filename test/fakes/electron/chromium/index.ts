import { createFakeElectron, type FakeElectron } from "../create.ts";
import { FakeFrame } from "../contents.ts";
import { connectCdp } from "./cdp.ts";
import { createChromiumDriver } from "./driver.ts";
import { launchChromium } from "./launch.ts";
import { obey } from "./control.ts";

// Form 2 under the name `electron`: run main with `node --import .../register.ts out/main/index.js`.
const warn = (text: string) => process.stderr.write(`fake electron: ${text}\n`);
const env = (name: string, fallback: string) => process.env[name] ?? fallback;

const chromium = await launchChromium(env("AOS_FAKE_CHROMIUM", "/usr/bin/chromium"), env("AOS_FAKE_LOCALE", "ko-KR"));
const cdp = await connectCdp(chromium.endpoint);
// oxlint-disable-next-line prefer-const -- the driver and the fake know each other
let fake: FakeElectron;
const chrome = createChromiumDriver({ cdp, fake: () => fake, warn });
await chrome.start();
fake = createFakeElectron(chrome.driver, {
  userData: env("AOS_FAKE_USER_DATA", ""),
  appPath: env("AOS_FAKE_APP_PATH", process.cwd()),
  locale: env("AOS_FAKE_LOCALE", "ko-KR"),
  packaged: false,
  first: true,
});

fake.app.once("quit", () => {
  cdp.close();
  chromium.stop();
  setImmediate(() => process.exit(0));
});
process.once("exit", () => chromium.stop());
process.on("SIGTERM", () => fake.app.quit());
obey({ fake, chrome, endpoint: chromium.endpoint, newFrame: (url) => new FakeFrame(url) });
// As in Electron, main's first turn runs before the app is ready.
setTimeout(() => fake.app.becomeReady(), 50);

export const { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, nativeTheme, protocol, safeStorage, screen, session, Tray } = fake.electron;
