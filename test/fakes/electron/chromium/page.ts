import { readFileSync } from "node:fs";
import { FakeFrame, type FakeWebContents } from "../contents.ts";
import { isMapped, originToElectron, toChromium, toElectron } from "./origin.ts";
import { bindingName, mainWorldSource, preloadSource, worldName } from "./world.ts";
import type { OnBeforeRequestListenerDetails } from "electron";
import type { FakeElectron } from "../create.ts";
import type { FakePort } from "../ports.ts";
import type { FakeBrowserWindow } from "../window.ts";
import type { Cdp, CdpEvent } from "./cdp.ts";

type Told =
  | { kind: "send"; channel: string; args: unknown[] }
  | { kind: "port"; id: number; data: { text: string } | { bytes: string } | { json: string } }
  | { kind: "port-close"; id: number };
type Paused = { requestId: string; frameId: string; resourceType: string; redirectedRequestId?: string; request: { url: string; method: string } };
type Frame = { id: string; parentId?: string; url: string; securityOrigin?: string };
type Context = { id: number; name: string; auxData?: { frameId?: string } };

let portIds = 0;

/** One window's page in Chromium: its requests go to main's protocol handler, its preload talks with main's ipcMain. */
export async function openPage(deps: {
  cdp: Cdp;
  sessionId: string;
  targetId: string;
  window: FakeBrowserWindow;
  fake: () => FakeElectron;
  nonce: string;
  warn(text: string): void;
}) {
  const { cdp, sessionId, window, targetId } = deps;
  const contents: FakeWebContents = window.webContents;
  const send = (method: string, params: Record<string, unknown> = {}) => cdp.send(method, params, sessionId);
  const later = (promise: Promise<unknown>) => void promise.catch((error: unknown) => deps.warn(String(error)));
  const contexts = new Map<number, { frameId: string; isolated: boolean }>();
  const frames = new Map<string, Frame>();
  const ports = new Map<number, FakePort>();
  /** URL that main itself asked for: such a load raises no will-navigate. */
  let asked: { url: string; unguarded: boolean } | null = null;
  let loaded: (() => void) | null = null;
  let shown = false;

  const tell = (message: unknown) => {
    const target = [...contexts].find(([, context]) => context.isolated && context.frameId === targetId);
    if (target === undefined) return deps.warn("no preload in this page");
    later(send("Runtime.evaluate", { contextId: target[0], expression: `__aosReceive(${JSON.stringify(message)})` }));
  };
  const dropPorts = () => {
    for (const port of ports.values()) port.close();
    ports.clear();
  };
  const encode = (data: unknown) =>
    typeof data === "string" ? { text: data } : data instanceof ArrayBuffer ? { bytes: Buffer.from(data).toString("base64") } : { json: JSON.stringify(data) };

  function fromPage(told: Told, frameId: string): void {
    switch (told.kind) {
      case "send": {
        const frame = frames.get(frameId);
        const senderFrame = frameId === targetId ? contents.mainFrame : new FakeFrame(toElectron(frame?.url ?? ""), contents.mainFrame);
        deps.fake().ipcMain.emit(told.channel, { sender: contents, senderFrame, ports: [], frameId: 1, processId: 1, type: "frame" }, ...told.args);
        return;
      }
      case "port": {
        const { data } = told;
        ports
          .get(told.id)
          ?.postMessage("text" in data ? data.text : "bytes" in data ? Uint8Array.from(Buffer.from(data.bytes, "base64")).buffer : JSON.parse(data.json));
        return;
      }
      case "port-close": {
        ports.get(told.id)?.close();
        ports.delete(told.id);
      }
    }
  }

  async function request(paused: Paused): Promise<void> {
    const { requestId } = paused;
    const url = toElectron(paused.request.url);
    const fail = (errorReason: string) => send("Fetch.failRequest", { requestId, errorReason });
    const top = paused.frameId === targetId;
    let unguarded = false;
    if (paused.resourceType === "Document") {
      const ours = top && asked !== null && toChromium(asked.url).split("#")[0] === paused.request.url;
      if (ours) {
        unguarded = asked?.unguarded ?? false;
        asked = null;
      } else if (paused.redirectedRequestId !== undefined) {
        if (contents.refuses("will-redirect", url, top)) return void (await fail("Aborted"));
      } else {
        const refused = contents.refuses("will-frame-navigate", url, top);
        if ((top && contents.refuses("will-navigate", url, true)) || refused) return void (await fail("Aborted"));
      }
    }
    const kind = (
      paused.resourceType === "Document" ? (top ? "mainFrame" : "subFrame") : paused.resourceType.toLowerCase()
    ) as OnBeforeRequestListenerDetails["resourceType"];
    if (!unguarded && (await deps.fake().session.stops(url, kind))) return void (await fail("BlockedByClient"));
    if (!isMapped(paused.request.url)) return void (await send("Fetch.continueRequest", { requestId }));
    const handler = deps.fake().protocol.handlers.get("app");
    if (handler === undefined) return void (await fail("NameNotResolved"));
    const response = await handler(new Request(url, { method: paused.request.method }));
    await send("Fetch.fulfillRequest", {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString("base64"),
    });
  }

  function hear({ method, params }: CdpEvent): void {
    switch (method) {
      case "Fetch.requestPaused":
        return later(request(params as unknown as Paused));
      case "Runtime.executionContextCreated": {
        const context = params["context"] as Context;
        contexts.set(context.id, { frameId: context.auxData?.frameId ?? "", isolated: context.name === worldName });
        return;
      }
      case "Runtime.executionContextDestroyed":
        contexts.delete(params["executionContextId"] as number);
        return;
      case "Runtime.executionContextsCleared":
        contexts.clear();
        return dropPorts();
      case "Runtime.bindingCalled": {
        const context = contexts.get(params["executionContextId"] as number);
        if (context !== undefined && params["name"] === bindingName) fromPage(JSON.parse(params["payload"] as string) as Told, context.frameId);
        return;
      }
      case "Page.frameNavigated": {
        const frame = params["frame"] as Frame;
        frames.set(frame.id, frame);
        if (frame.id !== targetId) return;
        contents.mainFrame.url = toElectron(frame.url);
        contents.mainFrame.origin = originToElectron(frame.securityOrigin ?? frame.url);
        return;
      }
      case "Page.navigatedWithinDocument":
        if (params["frameId"] === targetId) contents.mainFrame.url = toElectron(params["url"] as string);
        return;
      case "Page.loadEventFired":
        loaded?.();
        if (!shown) window.emit("ready-to-show");
        shown = true;
        contents.emit("did-finish-load");
        return;
      case "Inspector.targetCrashed":
        dropPorts();
        contents.emit("render-process-gone", {}, { reason: "crashed", exitCode: 5 });
    }
  }
  cdp.on((event) => {
    if (event.sessionId === sessionId) hear(event);
  });

  const preferences = window.options.webPreferences ?? {};
  if (preferences.contextIsolation === false || preferences.nodeIntegration === true || preferences.sandbox === false)
    throw new Error("this fake can only play a sandboxed, isolated window");
  const preload = preferences.preload === undefined ? "" : readFileSync(preferences.preload, "utf8");
  await Promise.all([
    send("Page.enable"),
    send("Inspector.enable"),
    send("Runtime.enable"),
    send("Runtime.addBinding", { name: bindingName, executionContextName: worldName }),
    send("Page.addScriptToEvaluateOnNewDocument", { source: mainWorldSource(deps.nonce) }),
    send("Page.addScriptToEvaluateOnNewDocument", { source: preloadSource(preload, deps.nonce, preferences.additionalArguments ?? []), worldName }),
    send("Fetch.enable", { patterns: [{ urlPattern: "*" }] }),
    send("Emulation.setDeviceMetricsOverride", { width: window.bounds.width, height: window.bounds.height, deviceScaleFactor: 1, mobile: false }),
  ]);

  return {
    async load(url: string, unguarded = false): Promise<void> {
      const document = toChromium(url).split("#")[0];
      const current = toChromium(contents.mainFrame.url).split("#")[0];
      const done = document === current ? Promise.resolve() : new Promise<void>((resolve) => (loaded = resolve));
      asked = document === current ? null : { url, unguarded };
      const result = await send("Page.navigate", { url: toChromium(url) });
      if (typeof result["errorText"] === "string") throw new Error(`${result["errorText"]} (${url})`);
      await done;
    },
    post(channel: string, message: unknown, transferred: FakePort[]): void {
      const ids = transferred.map((port) => {
        const id = ++portIds;
        ports.set(id, port);
        port.on("message", (event: { data: unknown }) => tell({ kind: "port", id, data: encode(event.data) }));
        port.on("close", () => {
          if (ports.delete(id)) tell({ kind: "port-close", id });
        });
        return id;
      });
      tell({ kind: "message", channel, args: [message], ports: ids });
      for (const port of transferred) port.start();
    },
    // Page.crash never answers: the page that would is gone.
    crash: () => void send("Page.crash").catch(() => undefined),
    close(): void {
      dropPorts();
      later(cdp.send("Target.closeTarget", { targetId }));
    },
  };
}
export type Page = Awaited<ReturnType<typeof openPage>>;
