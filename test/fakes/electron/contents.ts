import { EventEmitter } from "node:events";
import type { IpcMain, MessagePortMain, WebContents, WebFrameMain, WindowOpenHandlerResponse, HandlerDetails } from "electron";
import type { FakePort } from "./ports.ts";
import type { PageDriver } from "./driver.ts";

/** A frame as main sees it. */
export class FakeFrame implements Pick<WebFrameMain, "url" | "origin" | "isDestroyed"> {
  url: string;
  origin: string;
  readonly parent: FakeFrame | null;
  destroyed = false;
  constructor(url: string, parent: FakeFrame | null = null, origin?: string) {
    this.url = url;
    this.parent = parent;
    this.origin = origin ?? originOf(url);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
}

/** Origin as Chromium gives it: `app://console` for a standard scheme, `null` for about:blank. */
export function originOf(url: string): string {
  if (!URL.canParse(url)) return "null";
  const { protocol, host, origin } = new URL(url);
  return protocol === "app:" ? `${protocol}//${host}` : origin;
}

export class FakeIpcMain extends EventEmitter implements Pick<IpcMain, "handle" | "removeHandler"> {
  handle(channel: string): void {
    throw new Error(`no handler is expected: ${channel}`);
  }
  removeHandler(): void {}
}

let ids = 0;
type Members = "id" | "getType" | "isDestroyed" | "close" | "setWindowOpenHandler" | "forcefullyCrashRenderer" | "getURL" | "loadURL" | "postMessage";

/** A page's web contents. What happens in the page is the driver's business. */
export class FakeWebContents extends EventEmitter implements Pick<WebContents, Members> {
  readonly id = ++ids;
  readonly mainFrame = new FakeFrame("about:blank");
  /** How many messages main has sent to the page. */
  posts = 0;
  private gone = false;
  private openHandler: ((details: HandlerDetails) => WindowOpenHandlerResponse) | null = null;
  private readonly type: ReturnType<WebContents["getType"]>;
  private readonly driver: PageDriver;

  constructor(driver: PageDriver, type: ReturnType<WebContents["getType"]> = "window") {
    super();
    this.driver = driver;
    this.type = type;
  }
  getType(): ReturnType<WebContents["getType"]> {
    return this.type;
  }
  isDestroyed(): boolean {
    return this.gone;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  loadURL(url: string): Promise<void> {
    return this.driver.load(this, url);
  }
  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    this.posts++;
    this.driver.post(this, channel, message, transfer as unknown as FakePort[]);
  }
  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void {
    this.openHandler = handler;
  }
  /** What the handler says of a window that the page wants; Electron allows where there is none. */
  judgeOpen(url: string): "allow" | "deny" {
    const details: HandlerDetails = { url, frameName: "", features: "", disposition: "new-window", referrer: { url: "", policy: "default" } };
    return this.openHandler?.(details).action ?? "allow";
  }
  forcefullyCrashRenderer(): void {
    this.driver.crash(this);
  }
  close(): void {
    if (this.gone) return;
    this.gone = true;
    this.mainFrame.destroyed = true;
    this.driver.close(this);
    this.emit("destroyed");
  }
  /** Emits a preventable navigation event; true when main refused it. */
  refuses(event: "will-navigate" | "will-frame-navigate" | "will-redirect" | "will-attach-webview", url: string, isMainFrame = true): boolean {
    let refused = false;
    this.emit(event, { url, isMainFrame, preventDefault: () => (refused = true) });
    return refused;
  }
}
