/** Names inside the page. The isolated world's are out of the page's reach; `exposed` is an event name that is new for each run. */
export const worldName = "electron preload";
export const bindingName = "__aosElectron";

/**
 * Source for the page's own world, run before any script of the page: takes what contextBridge exposes. The real
 * contextBridge also passes functions; ours passes data only, and throws at functions.
 */
export const mainWorldSource = (exposed: string): string => `(() => {
  const define = (event) => {
    const { key, json } = JSON.parse(event.detail);
    Object.defineProperty(window, key, { value: Object.freeze(JSON.parse(json)), writable: false, configurable: false, enumerable: true });
  };
  window.addEventListener(${JSON.stringify(exposed)}, define, { once: true });
})();`;

/** Source for the isolated world: the preload as built, with a \`require\` that knows \`electron\` only. Top frame only, as in Electron. */
export const preloadSource = (preload: string, exposed: string, argv: readonly string[]): string => `(() => {
  if (window.top !== window) return;
  const binding = globalThis[${JSON.stringify(bindingName)}];
  delete globalThis[${JSON.stringify(bindingName)}];
  const tell = (message) => binding(JSON.stringify(message));
  const listeners = new Map();
  const ports = new Map();
  const toText = (bytes) => { let s = ""; for (const b of bytes) s += String.fromCharCode(b); return btoa(s); };
  const fromText = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const encode = (data) => typeof data === "string" ? { text: data }
    : data instanceof ArrayBuffer ? { bytes: toText(new Uint8Array(data)) }
    : ArrayBuffer.isView(data) ? { bytes: toText(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) }
    : { json: JSON.stringify(data) };
  const decode = (data) => "text" in data ? data.text : "bytes" in data ? fromText(data.bytes) : JSON.parse(data.json);
  const makePort = (id) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = (event) => tell({ kind: "port", id, data: encode(event.data) });
    port2.addEventListener("close", () => { if (ports.delete(id)) tell({ kind: "port-close", id }); });
    ports.set(id, port2);
    return port1;
  };
  globalThis.__aosReceive = (message) => {
    if (message.kind === "message") {
      const event = { ports: message.ports.map(makePort) };
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args);
    } else if (message.kind === "port") ports.get(message.id)?.postMessage(decode(message.data));
    else if (message.kind === "port-close") { const port = ports.get(message.id); ports.delete(message.id); port?.close(); }
  };
  const electron = {
    ipcRenderer: {
      send: (channel, ...args) => tell({ kind: "send", channel, args }),
      on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
    },
    contextBridge: {
      exposeInMainWorld: (key, value) => {
        const json = JSON.stringify(value, (name, inner) => { if (typeof inner === "function") throw new Error("the fake contextBridge passes data only"); return inner; });
        window.dispatchEvent(new CustomEvent(${JSON.stringify(exposed)}, { detail: JSON.stringify({ key, json }) }));
      },
    },
  };
  const require = (name) => { if (name !== "electron") throw new Error("module not found in a sandboxed preload: " + name); return electron; };
  const process = { platform: ${JSON.stringify(process.platform)}, argv: ${JSON.stringify(argv)}, versions: { electron: "fake" } };
  const module = { exports: {} };
  (function (require, module, exports, process) {
${preload}
  })(require, module, module.exports, process);
})();`;
