import { RPCLink } from "@orpc/client/message-port";
import { LinkLostError, type Dial } from "./wire.ts";

declare global {
  interface Window {
    /** Left by the desktop's preload: it can hand over a port to its own aosd. */
    readonly aos?: { readonly port?: unknown };
  }
}

const answerWithinMs = 5000;

/** True inside the desktop. */
export const offersPort = (window: Window): boolean => Boolean(window.aos?.port);

/** Asks the desktop's preload for a port to its aosd, and talks over it. */
export function createPortDial(window: Window): Dial {
  const { origin } = window.location;
  return async (signal) => {
    const port = await new Promise<MessagePort>((resolve, reject) => {
      const settle = () => {
        clearTimeout(slow);
        window.removeEventListener("message", read);
      };
      const read = (event: MessageEvent<unknown>) => {
        const kind = typeof event.data === "object" && event.data !== null && "type" in event.data ? event.data.type : undefined;
        const [first] = event.ports;
        if (event.source !== window || event.origin !== origin || kind !== "aos:port" || !first) return;
        settle();
        resolve(first);
      };
      const slow = setTimeout(() => {
        settle();
        reject(new LinkLostError("the desktop offered no port"));
      }, answerWithinMs);
      window.addEventListener("message", read);
      window.postMessage({ type: "aos:port-request" }, origin);
    });
    let end = () => {};
    const closed = new Promise<void>((done) => {
      end = done;
      port.addEventListener("close", () => done());
    });
    const close = () => {
      port.close();
      end();
    };
    signal.addEventListener("abort", close, { once: true });
    const link = new RPCLink({ port });
    port.start();
    return { link, closed, close };
  };
}
