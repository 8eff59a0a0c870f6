import { createSocket, type RemoteInfo } from "node:dgram";
import { lineLimit } from "./domain/frame.ts";
import type { ButtonLink, LinkEvents } from "./link.ts";

/**
 * Hears a button's datagrams, one line each, on an address of this machine. Answers go only to where the last line came from that proved
 * the key: nobody can point them elsewhere, or learn that somebody listens. `port` 0 takes any free one. Rejects where it can't be bound.
 */
export async function openUdp({ host, port }: { host: string; port: number }, { onLine, onClosed }: LinkEvents): Promise<ButtonLink & { port: number }> {
  const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4" });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  let peer: RemoteInfo | null = null;
  let open = true;
  const close = (then: () => void) => {
    if (!open) return then();
    open = false;
    socket.close(then);
  };
  socket.on("message", (datagram, from) => {
    const line = datagram.length > lineLimit + 2 ? "" : datagram.toString("latin1").replace(/\r?\n$/, "");
    if (open && onLine(line)) peer = from;
  });
  socket.on("error", (error) => {
    if (open) close(() => onClosed(error.message));
  });
  return {
    port: socket.address().port,
    send(line) {
      // Nobody there: the button's silence says so.
      if (open && peer !== null) socket.send(`${line}\n`, peer.port, peer.address, () => undefined);
    },
    close: () => new Promise((resolve) => close(resolve)),
  };
}
