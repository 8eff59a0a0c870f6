import type { StandardHandler } from "@orpc/server/standard";
import { createServerPeerHandleRequestFn } from "@orpc/server/standard-peer";
import { decodeRequestMessage, MessageType, ServerPeer } from "@orpc/standard-server-peer";
import type { RawData, WebSocket } from "ws";
import type { Connection, Context } from "../caller.ts";
import type { Log } from "../log.ts";
import type { Gatekeeper } from "../rpc.ts";

/** Limits of one connection. The contract has no streams from the client, so a frame of that kind is hostile. */
export const MAX_FRAME_BYTES = 1024 * 1024;
const MAX_CALLS = 64;
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

/**
 * Serves the contract's frames on one WebSocket. A malformed or hostile frame closes the connection (code 1007 or 1008)
 * after one log line; a reader that doesn't read is cut (1013). Resolves when the connection has ended.
 */
export function serveFrames(ws: WebSocket, handler: StandardHandler<Context>, gate: Gatekeeper, connection: Connection, log: Log): Promise<void> {
  const peer = new ServerPeer((message) => {
    if (ws.bufferedAmount > MAX_UNSENT_BYTES) ws.close(1013, "not reading");
    else if (ws.readyState === ws.OPEN) ws.send(message as string | Uint8Array);
  });
  const refuse = (code: number, why: string) => {
    if (ws.readyState !== ws.OPEN) return;
    log.warn("rpc.frame-refused", { listener: connection.listener, why });
    ws.close(code, why);
  };
  // Our own count: the peer's begins only after it has read the frame once more, so a burst would slip past it.
  let calls = 0;
  const receive = async (data: RawData, isBinary: boolean) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const message = isBinary ? new Uint8Array(bytes) : bytes.toString("utf8");
    let type: MessageType;
    try {
      const decoded = await decodeRequestMessage(message);
      type = decoded[1];
      if (typeof decoded[0] !== "string" || decoded[0].length > 64) throw new TypeError("bad id");
    } catch {
      refuse(1007, "malformed");
      return;
    }
    // What still comes in after a refusal is not looked at.
    if (ws.readyState !== ws.OPEN) return;
    if (type === MessageType.EVENT_ITERATOR || (type === MessageType.REQUEST && calls >= MAX_CALLS)) {
      refuse(1008, "too much");
      return;
    }
    calls += 1;
    try {
      await peer.message(message, (request) => createServerPeerHandleRequestFn(handler, { context: gate.context(connection) })(request));
    } catch (error) {
      log.debug("rpc.peer-ended", { error });
      refuse(1007, "malformed");
    } finally {
      calls -= 1;
    }
  };
  ws.on("message", (data, isBinary) => {
    void receive(data, isBinary);
  });
  ws.on("error", () => ws.terminate());
  return new Promise((resolve) => {
    ws.on("close", () => {
      peer.close();
      resolve();
    });
  });
}
