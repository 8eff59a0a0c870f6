import { EventEmitter } from "node:events";
import type { App } from "electron";

export interface FakeAppSetting {
  userData: string;
  appPath: string;
  locale: string;
  packaged: boolean;
  /** False plays the second instance. */
  first: boolean;
}

type Members =
  | "whenReady"
  | "isReady"
  | "quit"
  | "exit"
  | "requestSingleInstanceLock"
  | "getPath"
  | "getAppPath"
  | "getVersion"
  | "getLocale"
  | "isPackaged"
  | "enableSandbox"
  | "setAsDefaultProtocolClient";

/** Electron's `app`, as far as the desktop uses it. Quitting runs before-quit (which may refuse), will-quit, quit. */
export class FakeApp extends EventEmitter implements Pick<App, Members> {
  readonly isPackaged: boolean;
  sandboxed = false;
  protocolClients: string[] = [];
  ended: "no" | "quit" = "no";
  private readonly ready = Promise.withResolvers<void>();
  private isUp = false;
  private readonly setting: FakeAppSetting;
  /** Called by quit, so that windows close as they do in Electron. */
  closeWindows: () => void = () => undefined;

  constructor(setting: FakeAppSetting) {
    super();
    this.setting = setting;
    this.isPackaged = setting.packaged;
  }
  becomeReady(): void {
    this.isUp = true;
    this.ready.resolve();
  }
  isReady(): boolean {
    return this.isUp;
  }
  whenReady(): Promise<void> {
    return this.ready.promise;
  }
  quit(): void {
    if (this.ended === "quit") return;
    let refused = false;
    this.emit("before-quit", { preventDefault: () => (refused = true) });
    if (refused) return;
    this.closeWindows();
    this.ended = "quit";
    this.emit("will-quit", { preventDefault: () => undefined });
    this.emit("quit", {}, 0);
  }
  exit(): void {
    this.ended = "quit";
    this.emit("quit", {}, 0);
  }
  requestSingleInstanceLock(): boolean {
    return this.setting.first;
  }
  getPath(): string {
    return this.setting.userData;
  }
  getAppPath(): string {
    return this.setting.appPath;
  }
  getVersion(): string {
    return "0.1.0";
  }
  getLocale(): string {
    return this.setting.locale;
  }
  enableSandbox(): void {
    if (this.isUp) throw new Error("enableSandbox must come before the app is ready");
    this.sandboxed = true;
  }
  setAsDefaultProtocolClient(protocol: string): boolean {
    this.protocolClients.push(protocol);
    return true;
  }
}
