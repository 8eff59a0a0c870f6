import { contextBridge, ipcRenderer } from "electron";

// Kept in step with src/main/ipc.ts by a test: a sandboxed preload can't import at run time.
const channel = "aos:port";

window.addEventListener("message", (event: MessageEvent<unknown>) => {
  const { data } = event;
  if (event.source !== window || event.origin !== window.origin) return;
  if (typeof data !== "object" || data === null || !("type" in data) || data.type !== "aos:port-request") return;
  ipcRenderer.send(channel);
});

// A port can't cross contextBridge, so it takes the window: the page checks source and origin as we do above.
ipcRenderer.on(channel, (event) => {
  const [port] = event.ports;
  if (port !== undefined) window.postMessage({ type: "aos:port" }, window.origin, [port]);
});

const version = process.argv.find((argument) => argument.startsWith("--aos-version="))?.split("=")[1] ?? "unknown";
contextBridge.exposeInMainWorld("aos", Object.freeze({ platform: process.platform, version, shell: "electron", port: true }));
