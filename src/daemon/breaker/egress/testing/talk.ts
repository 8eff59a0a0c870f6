import { connect, type Socket } from "node:net";

/** Where the proxy listens: a loopback port, or a socket's path. */
type Where = { port: number } | { path: string };

/** Sends raw bytes to the proxy and reads until it closes, or until `enough`. */
export function talk(
  where: Where,
  parts: (string | Buffer)[],
  { enough, end = false }: { enough?: (text: string) => boolean; end?: boolean } = {},
): Promise<{ text: string; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const socket = connect("path" in where ? where : { ...where, host: "127.0.0.1" });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (enough?.(text)) resolve({ text, socket });
    });
    socket.on("error", (error) => (text === "" ? reject(error) : resolve({ text, socket })));
    socket.on("close", () => resolve({ text, socket }));
    for (const part of parts) socket.write(part);
    if (end) socket.end();
  });
}
