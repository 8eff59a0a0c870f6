import { EventEmitter } from "node:events";
import type { MessageChannelMain, MessagePortMain } from "electron";

/**
 * One end of a channel. As in Electron: messages wait until `start()`, are cloned, come later than the call, and
 * `close` is told to the other end.
 */
export class FakePort extends EventEmitter implements Pick<MessagePortMain, "close" | "postMessage" | "start"> {
  private other: FakePort | null = null;
  private started = false;
  private closed = false;
  private queue: (() => void)[] = [];

  static pair(): [FakePort, FakePort] {
    const [a, b] = [new FakePort(), new FakePort()];
    a.other = b;
    b.other = a;
    return [a, b];
  }
  private arrive(deliver: () => void): void {
    if (this.started) setImmediate(deliver);
    else this.queue.push(deliver);
  }
  start(): void {
    if (this.started) return;
    this.started = true;
    for (const deliver of this.queue.splice(0)) setImmediate(deliver);
  }
  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const { other } = this;
    if (this.closed || other === null) return;
    const data: unknown = structuredClone(message);
    other.arrive(() => {
      if (!other.closed) other.emit("message", { data, ports: transfer });
    });
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { other } = this;
    if (other === null || other.closed) return;
    setImmediate(() => {
      if (other.closed) return;
      other.closed = true;
      other.emit("close");
    });
  }
}

/** A channel whose ends are FakePorts. */
export class FakeChannel implements Record<keyof MessageChannelMain, FakePort> {
  readonly port1: FakePort;
  readonly port2: FakePort;
  constructor() {
    [this.port1, this.port2] = FakePort.pair();
  }
}
