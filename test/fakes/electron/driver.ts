import { originOf, type FakeWebContents } from "./contents.ts";
import type { FakePort } from "./ports.ts";
import type { FakeBrowserWindow } from "./window.ts";

/** What stands behind a window: nothing (in memory), or a real Chromium. */
export interface PageDriver {
  open(window: FakeBrowserWindow): void;
  load(contents: FakeWebContents, url: string): Promise<void>;
  /** A message for the preload, with ports. */
  post(contents: FakeWebContents, channel: string, message: unknown, ports: FakePort[]): void;
  crash(contents: FakeWebContents): void;
  close(contents: FakeWebContents): void;
}

/** Form 1: pages are only a URL. Messages to the preload are kept in `posted`. */
export function createMemoryDriver() {
  const windows = new Map<FakeWebContents, FakeBrowserWindow>();
  const posted: { contents: FakeWebContents; channel: string; message: unknown; ports: FakePort[] }[] = [];
  const driver: PageDriver = {
    open(window) {
      windows.set(window.webContents, window);
    },
    async load(contents, url) {
      contents.mainFrame.url = url;
      contents.mainFrame.origin = originOf(url);
      await Promise.resolve();
      windows.get(contents)?.emit("ready-to-show");
      contents.emit("did-finish-load");
    },
    post(contents, channel, message, ports) {
      posted.push({ contents, channel, message, ports });
    },
    crash(contents) {
      contents.emit("render-process-gone", {}, { reason: "killed", exitCode: 9 });
    },
    close(contents) {
      windows.delete(contents);
    },
  };
  return { driver, posted };
}
