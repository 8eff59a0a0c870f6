import { isMainThread } from "node:worker_threads";
import { createLineCutter } from "./domain/frame.ts";
import type { ButtonLink, LinkEvents } from "./link.ts";

/** 8N1; a USB button doesn't care, one behind a real UART does. */
const baudRate = 115_200;
/** More than this waits only where nobody reads: what comes later would be stale, and is dropped. */
const waitingBytes = 1024;

/** The binding is loaded when the first port is opened: most machines have no button. */
const load = async () => (await import("serialport")).SerialPort;

/**
 * Opens a serial device, which is then nobody else's. Rejects where it can't be opened, and in a worker thread, where the binding would
 * abort the process: `openSerialApart` works there.
 */
export async function openSerial(path: string, { onLine, onClosed }: LinkEvents): Promise<ButtonLink> {
  if (!isMainThread) throw new Error("serialport can't be used in a worker thread");
  const SerialPort = await load();
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
  let gone = false;
  // `close` may come twice, and an error before it.
  const lost = (why: string) => {
    if (gone) return;
    gone = true;
    if (port.isOpen) port.close(() => onClosed(why));
    else onClosed(why);
  };
  port.on("close", () => lost("closed"));
  port.on("error", (error) => lost(error.message));
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(error)));
  });
  const cut = createLineCutter();
  port.on("data", (chunk: Uint8Array) => {
    for (const line of cut(chunk)) if (!gone) onLine(line);
  });
  return {
    send(line) {
      if (gone || port.writableLength > waitingBytes) return;
      port.write(`${line}\n`, "ascii", (error) => {
        if (error) lost(error.message);
      });
    },
    close() {
      if (gone && !port.isOpen) return Promise.resolve();
      gone = true;
      return new Promise((resolve) => port.close(() => resolve()));
    },
  };
}

/** A serial port of this machine, as the system names it. */
export interface PortView {
  path: string;
  /** Who made it, as USB tells; null: it doesn't. */
  maker: string | null;
}

/** Serial ports of this machine; those on USB first. */
export async function listPorts(): Promise<PortView[]> {
  const SerialPort = await load();
  const ports = await SerialPort.list();
  return ports
    .toSorted((a, b) => Number(b.vendorId !== undefined) - Number(a.vendorId !== undefined))
    .map(({ path, manufacturer }) => ({ path, maker: manufacturer ?? null }));
}
