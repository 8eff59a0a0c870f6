import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface World {
  /** On 127.0.0.1; a demo's egress finds every name below shop.example there. */
  port: number;
  /** What arrived, in order: for tests that look from the far side. `sha256`, hex, is over every byte of the connection until then. */
  received: readonly { host: string; method: string; path: string; body: string; sha256: string }[];
  stop(): Promise<void>;
}

/** SIMULATOR: the shop's far servers (channels, orders, weather) in one small server on this machine. One of them is always too busy. */
export async function startWorld(): Promise<World> {
  const received: World["received"][number][] = [];
  const bytes = new WeakMap<object, ReturnType<typeof createHash>>();
  const server = createServer((request, response) => {
    const host = request.headers.host ?? "";
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const sha256 = bytes.get(request.socket)?.copy().digest("hex") ?? "";
      received.push({ host, method: request.method ?? "", path: request.url ?? "", body, sha256 });
      if (host.startsWith("busy.")) response.writeHead(429, { "retry-after": "60" }).end("too many requests");
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ simulated: true, host, seen: received.length }));
    });
  });
  server.on("connection", (socket) => {
    const hash = createHash("sha256");
    bytes.set(socket, hash);
    socket.prependListener("data", (chunk: Buffer) => hash.update(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
