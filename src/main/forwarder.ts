import type { RawData, WebSocket } from "ws";
import type { MessagePortMain } from "electron";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** A frame of the contract's transport; main never looks inside. */
type Frame = string | ArrayBuffer;

export interface ForwarderLimits {
  /** Largest single frame, in bytes (characters for text). */
  frameBytes: number;
  /** Most that may wait for a socket that is not open yet, or does not read. */
  waitingBytes: number;
  /** Most that goes to a page within `paceMs`: a MessagePort tells nobody how far behind its reader is. */
  paceBytes: number;
  paceMs: number;
}
export const forwarderLimits = { frameBytes: 4 << 20, waitingBytes: 16 << 20, paceBytes: 8 << 20, paceMs: 100 } as const satisfies ForwarderLimits;

/** The part of a WebSocket that the forwarder uses. */
export type Socket = Pick<WebSocket, "on" | "send" | "close" | "terminate" | "pause" | "resume" | "readyState" | "bufferedAmount">;

function frameOf(data: unknown): Frame | null {
  if (typeof data === "string" || data instanceof ArrayBuffer) return data;
  // A view may stand on a larger, shared buffer: copy out its own bytes and no others.
  if (ArrayBuffer.isView(data)) return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).buffer;
  return null;
}
const sizeOf = (frame: Frame) => (typeof frame === "string" ? frame.length : frame.byteLength);

/** Joins a page's port with the local aosd, frame by frame, until either end closes; then closes the other. */
export function createForwarder(deps: { dial(signal: AbortSignal): Promise<Socket>; clock: Clock; log: Log; limits?: ForwarderLimits }) {
  const limits = deps.limits ?? forwarderLimits;

  /** Takes over `port`. The returned function ends the connection. The page, seeing its port close, asks for another. */
  function attach(port: MessagePortMain): () => void {
    const ended = new AbortController();
    let socket: Socket | null = null;
    let waiting: Frame[] = [];
    let waitingBytes = 0;
    let paced = 0;

    const end = (reason: string) => {
      if (ended.signal.aborted) return;
      ended.abort();
      deps.log(reason === "closed" ? "debug" : "warn", "forwarder.ended", { reason });
      waiting = [];
      port.close();
      // Closing handshakes may never be answered; nothing of value is lost by cutting.
      socket?.terminate();
    };

    const toAosd = (frame: Frame) => {
      if (sizeOf(frame) > limits.frameBytes) return end("frame-too-large");
      if (socket === null) {
        waitingBytes += sizeOf(frame);
        if (waitingBytes > limits.waitingBytes) return end("too-much-waiting");
        waiting.push(frame);
        return;
      }
      if (socket.bufferedAmount + sizeOf(frame) > limits.waitingBytes) return end("aosd-too-slow");
      socket.send(frame);
    };

    const paceAgain = async (from: Socket) => {
      await deps.clock.wait(limits.paceMs, ended.signal);
      paced = 0;
      from.resume();
    };
    const toPage = (data: RawData, binary: boolean, from: Socket) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
      const frame = binary ? frameOf(bytes) : bytes.toString("utf8");
      if (frame === null) return;
      port.postMessage(frame);
      const before = paced;
      paced += sizeOf(frame);
      if (before === 0) void paceAgain(from);
      if (paced > limits.paceBytes) from.pause();
    };

    port.on("message", (event) => {
      const frame = frameOf(event.data);
      if (frame === null || event.ports.length > 0) {
        for (const extra of event.ports) extra.close();
        return end("not-a-frame");
      }
      toAosd(frame);
    });
    port.on("close", () => end("closed"));
    port.start();

    const open = async () => {
      try {
        const opened = await deps.dial(ended.signal);
        if (ended.signal.aborted) return opened.terminate();
        opened.on("message", (data: RawData, binary: boolean) => toPage(data, binary, opened));
        opened.on("close", () => end("closed"));
        opened.on("error", () => end("socket-error"));
        socket = opened;
        for (const frame of waiting) toAosd(frame);
        waiting = [];
      } catch (error) {
        end(`unreachable: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    void open();
    return () => end("closed");
  }
  return { attach };
}
