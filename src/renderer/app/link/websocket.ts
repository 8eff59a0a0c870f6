import { RPCLink } from "@orpc/client/websocket";
import { LinkLostError, type Dial } from "./wire.ts";

const openWithinMs = 4000;

/** Where the aosd that served this page answers. */
export function rpcUrl(location: Location): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/rpc`;
}

/** Dials an aosd over a WebSocket. */
export function createWebSocketDial(url: string): Dial {
  return async (signal) => {
    const socket = new WebSocket(url);
    const closed = new Promise<void>((done) => {
      socket.addEventListener("close", () => done(), { once: true });
    });
    const close = () => socket.close();
    signal.addEventListener("abort", close, { once: true });
    const slow = setTimeout(close, openWithinMs);
    const isOpen = await new Promise<boolean>((done) => {
      socket.addEventListener("open", () => done(true), { once: true });
      socket.addEventListener("close", () => done(false), { once: true });
    });
    clearTimeout(slow);
    if (!isOpen) throw new LinkLostError("websocket closed before it opened");
    return { link: new RPCLink({ websocket: socket }), closed, close };
  };
}
