import { EventEmitter } from "node:events";
import { FakeWebContents } from "./contents.ts";
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from "electron";
import type { PageDriver } from "./driver.ts";

type Members =
  | "show"
  | "focus"
  | "maximize"
  | "restore"
  | "isMinimized"
  | "isMaximized"
  | "isVisible"
  | "isDestroyed"
  | "getNormalBounds"
  | "loadURL"
  | "destroy"
  | "close";

/** A window: its options as given, its place, and a page behind it. */
export class FakeBrowserWindow extends EventEmitter implements Pick<BrowserWindow, Members> {
  readonly webContents: FakeWebContents;
  readonly options: BrowserWindowConstructorOptions;
  bounds: Rectangle;
  minimized = false;
  focused = 0;
  private maximized = false;
  private visible: boolean;
  private gone = false;

  constructor(options: BrowserWindowConstructorOptions, driver: PageDriver, made: (window: FakeBrowserWindow) => void) {
    super();
    this.options = options;
    this.visible = options.show ?? true;
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.webContents = new FakeWebContents(driver);
    made(this);
    driver.open(this);
  }
  show(): void {
    this.visible = true;
  }
  focus(): void {
    this.focused++;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isVisible(): boolean {
    return this.visible;
  }
  isDestroyed(): boolean {
    return this.gone;
  }
  getNormalBounds(): Rectangle {
    return { ...this.bounds };
  }
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  /** Asks first, as a person's click on the close button does. */
  close(): void {
    let refused = false;
    this.emit("close", { preventDefault: () => (refused = true) });
    if (!refused) this.destroy();
  }
  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    this.webContents.close();
    this.emit("closed");
  }
}
