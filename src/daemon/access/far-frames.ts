import type { RPCLink } from "@orpc/client/websocket";
import { decodeResponseMessage } from "@orpc/standard-server-peer";
import type { WebSocket } from "ws";

type SocketLike = ConstructorParameters<typeof RPCLink>[0]["websocket"];

/** A frame that only says "stop" or carries a stream's event; a request has no type. */
function isAfterthought(frame: unknown): boolean {
  return typeof frame === "string" && /^\{"i":"[^"]*","t":/.test(frame);
}

/**
 * The far end's socket as oRPC's client may have it. Left alone, that client lets two promises go that nobody catches, and either
 * would end the daemon: a frame it can't read (here it ends the connection), and an abort sent on a socket that has just closed
 * (here it is dropped: the far end forgot the call with the connection).
 */
export function farFrames(socket: WebSocket): SocketLike {
  const addEventListener: SocketLike["addEventListener"] = (type: string, listener: Parameters<SocketLike["addEventListener"]>[1]) => {
    const deliver = (event: unknown) => void (typeof listener === "function" ? (listener as (event: unknown) => unknown)(event) : undefined);
    if (type === "close") socket.addEventListener("close", deliver);
    else if (type === "open") socket.addEventListener("open", deliver);
    else if (type === "message")
      socket.addEventListener("message", (event) => {
        decodeResponseMessage(event.data as string).then(
          () => deliver(event),
          () => socket.terminate(),
        );
      });
  };
  return {
    addEventListener,
    removeEventListener: () => undefined,
    send(frame) {
      if (socket.readyState === socket.OPEN) socket.send(frame as string | Uint8Array);
      else if (!isAfterthought(frame)) throw new Error("the connection has ended");
    },
    // oRPC throws by itself on any other state, also for afterthoughts.
    get readyState() {
      return socket.readyState === socket.CONNECTING ? socket.CONNECTING : socket.OPEN;
    },
  };
}
