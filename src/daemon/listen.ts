import { rmSync } from "node:fs";
import type { Config } from "./kernel/config.ts";
import type { createWebServer, TlsIdentity } from "./kernel/http/server.ts";
import type { Log } from "./kernel/log.ts";
import { socketPath } from "./kernel/socket-path.ts";

/** Opens the local socket, loopback and the LAN. Rejects when a port is taken, but for a desktop's, which takes a free one: a node or a second account may run beside it. */
export async function listen(web: ReturnType<typeof createWebServer>, config: Config, tls: TlsIdentity, log: Log) {
  const path = socketPath(config.stateDir);
  if (process.platform !== "win32") rmSync(path, { force: true });
  const free = async <T>(open: (port: number) => Promise<T>, wanted: number): Promise<T> =>
    open(wanted).catch((error: unknown) => {
      if (!config.desktop || (error as { code?: string }).code !== "EADDRINUSE") throw error;
      log.warn("http.port-in-use", { port: wanted });
      return open(0);
    });
  const socket = await web.socket(path);
  const loopback = await free((port) => web.loopback(port), config.loopbackPort);
  const lan = await free((port) => web.lan(config.lanHost, port, tls), config.lanPort);
  return { path, bound: [socket, loopback, lan], loopback, lan };
}
