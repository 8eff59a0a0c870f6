import { randomUUID } from "node:crypto";
import { openPage, type Page } from "./page.ts";
import type { FakeWebContents } from "../contents.ts";
import type { FakeElectron } from "../create.ts";
import type { PageDriver } from "../driver.ts";
import type { FakeBrowserWindow } from "../window.ts";
import type { Cdp } from "./cdp.ts";

/** Electron's names of permissions, and the web's that they decide. Electron's own default is to grant. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  geolocation: ["geolocation"],
  notifications: ["notifications"],
  media: ["camera", "microphone"],
  midi: ["midi"],
  "clipboard-read": ["clipboard-read"],
  "clipboard-sanitized-write": ["clipboard-write"],
  "idle-detection": ["idle-detection"],
  "persistent-storage": ["persistent-storage"],
};

/**
 * Windows are targets of one Chromium. A page that the renderer opens is held before it loads anything, main's
 * window-open handler is asked, and a refusal closes it. Permissions are asked of main once for each window, when it
 * opens, and told to Chromium: main's answers can't depend on anything later.
 */
export function createChromiumDriver(deps: { cdp: Cdp; fake: () => FakeElectron; warn: (text: string) => void }) {
  const { cdp, warn } = deps;
  const pages = new Map<FakeWebContents, Promise<Page>>();
  const attaching = new Map<string, (sessionId: string) => void>();
  /** Windows that the page opened and main refused, or allowed. */
  const opened: { url: string; verdict: "allow" | "deny" }[] = [];
  const nonce = `aos-${randomUUID()}`;
  const owned = new Set<string>();
  const later = (promise: Promise<unknown>) => void promise.catch((error: unknown) => warn(String(error)));

  cdp.on((event) => {
    if (event.method !== "Target.attachedToTarget" || event.sessionId !== undefined) return;
    const { sessionId, targetInfo } = event.params as { sessionId: string; targetInfo: { targetId: string; type: string; url: string; openerId?: string } };
    if (targetInfo.openerId !== undefined && targetInfo.type === "page") {
      const opener = [...pages.keys()].at(-1);
      const url = targetInfo.url;
      const verdict = opener?.judgeOpen(url) ?? "deny";
      opened.push({ url, verdict });
      if (verdict === "deny") return later(cdp.send("Target.closeTarget", { targetId: targetInfo.targetId }));
    }
    const resolve = attaching.get(targetInfo.targetId);
    if (resolve !== undefined) return resolve(sessionId);
    if (!owned.has(targetInfo.targetId)) later(cdp.send("Runtime.runIfWaitingForDebugger", {}, sessionId));
  });

  async function grant(contents: FakeWebContents): Promise<void> {
    const { session } = deps.fake();
    for (const [name, webNames] of Object.entries(permissions)) {
      const granted = session.check(contents, name, "app://console/") || (await session.request(contents, name, "app://console/"));
      for (const webName of webNames) {
        await cdp
          .send("Browser.setPermission", { permission: { name: webName }, setting: granted ? "granted" : "denied" })
          .catch((error: unknown) => warn(`${webName}: ${String(error)}`));
      }
    }
  }

  async function make(window: FakeBrowserWindow): Promise<Page> {
    await grant(window.webContents);
    const made = await cdp.send("Target.createTarget", { url: "about:blank", newWindow: true });
    const targetId = made["targetId"] as string;
    owned.add(targetId);
    const attached = await cdp.send("Target.attachToTarget", { targetId, flatten: true });
    return openPage({ cdp, sessionId: attached["sessionId"] as string, targetId, window, fake: deps.fake, nonce, warn });
  }

  const using = (contents: FakeWebContents, act: (page: Page) => unknown) => {
    const page = pages.get(contents);
    if (page !== undefined) later(page.then(act));
  };
  const driver: PageDriver = {
    open(window) {
      const page = make(window);
      pages.set(window.webContents, page);
      later(page);
    },
    load: async (contents, url) => (await pages.get(contents))?.load(url),
    post: (contents, channel, message, ports) => using(contents, (page) => page.post(channel, message, ports)),
    crash: (contents) => using(contents, (page) => page.crash()),
    close(contents) {
      using(contents, (page) => page.close());
      pages.delete(contents);
    },
  };
  return {
    driver,
    opened,
    /** Loads a page past main's guards: what if one ever failed? */
    force: async (contents: FakeWebContents, url: string) => (await pages.get(contents))?.load(url, true),
    start: () => cdp.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: "page" }] }),
  };
}
