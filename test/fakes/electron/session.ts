import { EventEmitter } from "node:events";
import type { CustomScheme, OnBeforeRequestListenerDetails, Protocol, Session, WebContents } from "electron";
import type { FakeWebContents } from "./contents.ts";

type Handler = (request: Request) => Response | Promise<Response>;
type RequestHandler = Exclude<Parameters<Session["setPermissionRequestHandler"]>[0], null>;
type CheckHandler = Exclude<Parameters<Session["setPermissionCheckHandler"]>[0], null>;
type BeforeRequest = (details: OnBeforeRequestListenerDetails, callback: (response: { cancel?: boolean }) => void) => void;
type Permission = Parameters<CheckHandler>[1];

export class FakeProtocol implements Pick<Protocol, "handle" | "isProtocolHandled" | "registerSchemesAsPrivileged"> {
  readonly handlers = new Map<string, Handler>();
  schemes: CustomScheme[] = [];
  private readonly ready: () => boolean;
  constructor(ready: () => boolean) {
    this.ready = ready;
  }
  registerSchemesAsPrivileged(schemes: CustomScheme[]): void {
    if (this.ready()) throw new Error("registerSchemesAsPrivileged must come before the app is ready");
    this.schemes = schemes;
  }
  handle(scheme: string, handler: (request: never) => ReturnType<Handler>): void {
    this.handlers.set(scheme, handler as unknown as Handler);
  }
  isProtocolHandled(scheme: string): boolean {
    return this.handlers.has(scheme);
  }
}

type Members = "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler" | "setDisplayMediaRequestHandler";

/** A session that asks its handlers as Electron does, and grants where there is none: Electron's own default. */
export class FakeSession extends EventEmitter implements Pick<Session, Members> {
  readonly protocol: FakeProtocol;
  private requestHandler: RequestHandler | null = null;
  private checkHandler: CheckHandler | null = null;
  private beforeRequest: BeforeRequest | null = null;
  private deviceHandler: Parameters<Session["setDevicePermissionHandler"]>[0] = null;
  private displayHandler: Parameters<Session["setDisplayMediaRequestHandler"]>[0] = null;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest | null) => {
      this.beforeRequest = listener;
    },
  };
  constructor(protocol: FakeProtocol) {
    super();
    this.protocol = protocol;
  }
  setPermissionRequestHandler(handler: RequestHandler | null): void {
    this.requestHandler = handler;
  }
  setPermissionCheckHandler(handler: CheckHandler | null): void {
    this.checkHandler = handler;
  }
  setDevicePermissionHandler(handler: Parameters<Session["setDevicePermissionHandler"]>[0]): void {
    this.deviceHandler = handler;
  }
  setDisplayMediaRequestHandler(handler: Parameters<Session["setDisplayMediaRequestHandler"]>[0]): void {
    this.displayHandler = handler;
  }
  /** A page asks for a permission. */
  request(contents: FakeWebContents, permission: string, url: string, isMainFrame = true): Promise<boolean> {
    const handler = this.requestHandler;
    if (handler === null) return Promise.resolve(true);
    return new Promise((resolve) =>
      handler(contents as unknown as WebContents, permission as Parameters<RequestHandler>[1], resolve, { requestingUrl: url, isMainFrame }),
    );
  }
  /** A page checks for a permission. */
  check(contents: FakeWebContents | null, permission: string, url: string, isMainFrame = true): boolean {
    const handler = this.checkHandler;
    if (handler === null) return true;
    const origin = URL.canParse(url) ? new URL(url).origin : "";
    return handler(contents as unknown as WebContents | null, permission as Permission, origin, { requestingUrl: url, isMainFrame });
  }
  device(origin: string): boolean {
    return this.deviceHandler?.({ deviceType: "usb", origin, device: { vendorId: 1, productId: 1, deviceId: "x" } as never }) ?? true;
  }
  displayMedia(): Promise<unknown> {
    const handler = this.displayHandler;
    return handler === null ? Promise.resolve("allowed") : new Promise((resolve) => handler({} as never, resolve));
  }
  /** True when main stops a request for `url`. */
  stops(url: string, resourceType: OnBeforeRequestListenerDetails["resourceType"]): Promise<boolean> {
    const listener = this.beforeRequest;
    if (listener === null) return Promise.resolve(false);
    const details: OnBeforeRequestListenerDetails = { id: 1, url, method: "GET", resourceType, referrer: "", timestamp: 0, uploadData: [] };
    return new Promise((resolve) => listener(details, ({ cancel }) => resolve(cancel === true)));
  }
}
