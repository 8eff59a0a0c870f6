import { connect } from "node:net";
import { WebSocket } from "ws";

/**
 * Dials an aosd's RPC on its local socket (a path; on Windows a named pipe).
 * Not `ws+unix:`, which takes a path with a space or a colon for another path: "Application Support" has one.
 */
function dialLocal(socketPath: string, maxPayload: number): WebSocket {
  return new WebSocket("ws://aosd.local/rpc", {
    createConnection: () => connect(socketPath),
    headers: { "x-aos-via": "ipc" },
    maxPayload,
    perMessageDeflate: false,
    handshakeTimeout: 5_000,
  });
}

/** Opens the RPC on a local socket; rejects when nobody answers there. `maxPayload` in bytes. */
export function openLocal(socketPath: string, maxPayload: number): Promise<WebSocket> {
  const socket = dialLocal(socketPath, maxPayload);
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** True when somebody listens on the socket. */
export function answers(socketPath: string, withinMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(withinMs, () => settle(false));
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
