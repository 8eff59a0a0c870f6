import { consoleOrigin, isConsoleUrl } from "./console-origin.ts";
import type { IpcMain, IpcMainEvent, MessageChannelMain, MessagePortMain, WebContents } from "electron";
import type { Log } from "./log.ts";

/** The one channel. The page asks on it, and one end of a channel to the local aosd comes back on it. */
export const portChannel = "aos:port";

/** Largest request in characters of JSON: the request carries nothing, so anything longer is not ours. */
const maxRequest = 64;

type Refusal = "no-frame" | "not-top" | "wrong-origin" | "unknown-window" | "unexpected-ports" | "too-large";

/** Why a message is refused, or null when it may pass: top frame, exact origin, known window, no ports, small. */
function judge(
  event: Pick<IpcMainEvent, "sender" | "senderFrame" | "ports">,
  args: readonly unknown[],
  known: (contents: WebContents) => boolean,
): Refusal | null {
  const frame = event.senderFrame;
  if (frame === null || frame.isDestroyed()) return "no-frame";
  if (frame.parent !== null || frame !== event.sender.mainFrame) return "not-top";
  if (frame.origin !== consoleOrigin || !isConsoleUrl(frame.url)) return "wrong-origin";
  if (!known(event.sender)) return "unknown-window";
  if (event.ports.length > 0) return "unexpected-ports";
  return args.length > 0 && (JSON.stringify(args)?.length ?? Infinity) > maxRequest ? "too-large" : null;
}

/**
 * The only listener on ipcMain. Each window has at most one port: a new request closes the one before it.
 * Returns `stop()`.
 */
export function openDoor(deps: {
  ipcMain: Pick<IpcMain, "on" | "off">;
  MessageChannelMain: new () => MessageChannelMain;
  /** True for the webContents of a window that main made itself. */
  known: (contents: WebContents) => boolean;
  /** Takes over main's end; returns its `stop`. */
  attach: (port: MessagePortMain) => () => void;
  log: Log;
}): () => void {
  const attached = new Map<number, () => void>();
  const refused = new Map<Refusal, number>();

  const listener = (event: IpcMainEvent, ...args: unknown[]) => {
    const refusal = judge(event, args, deps.known);
    if (refusal !== null) {
      for (const port of event.ports) port.close();
      const count = (refused.get(refusal) ?? 0) + 1;
      refused.set(refusal, count);
      // Powers of two: a page that floods the door must not flood the log too.
      if ((count & (count - 1)) === 0) deps.log("warn", "ipc.refused", { reason: refusal, count });
      return;
    }
    const { sender } = event;
    attached.get(sender.id)?.();
    const { port1, port2 } = new deps.MessageChannelMain();
    const detach = deps.attach(port1);
    if (!attached.has(sender.id)) {
      sender.once("destroyed", () => {
        attached.get(sender.id)?.();
        attached.delete(sender.id);
      });
    }
    attached.set(sender.id, detach);
    sender.postMessage(portChannel, null, [port2]);
  };
  deps.ipcMain.on(portChannel, listener);
  return () => {
    deps.ipcMain.off(portChannel, listener);
    for (const detach of attached.values()) detach();
    attached.clear();
  };
}
