import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { OpenAPIHandler } from "@orpc/openapi/node";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { createPeopleAndRack } from "./world.ts";
import type { BackendOptions } from "./options.ts";
import type { Caller } from "./guard.ts";

/** The header that the real daemon sends with the console's files. */
export const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
const cookieName = "aos_session";

function sessionOf(request: IncomingMessage): string | undefined {
  const found = (request.headers.cookie ?? "").split(/;\s*/).find((part) => part.startsWith(`${cookieName}=`));
  return found?.slice(cookieName.length + 1);
}

/**
 * A complete console backend in one process: the built console at `/`, the contract at `/rpc` (WebSocket) and `/api`.
 * `root` is the folder of the built console. Listens on 127.0.0.1; port 0 takes a free one.
 */
export async function startBackend(options: BackendOptions, root: string, port: number) {
  let url = "";
  const world = createPeopleAndRack(options, () => url);
  const api = new OpenAPIHandler(world.router);
  const rpc = new RPCHandler(world.router);

  const caller = (request: IncomingMessage, via: Caller["via"], response?: ServerResponse): Caller => {
    const session = sessionOf(request);
    return {
      role: world.people.sessionRole(session) ?? options.as,
      via,
      session,
      setCookie: response && ((value) => response.setHeader("Set-Cookie", `${cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/`)),
    };
  };

  const file = async (path: string, response: ServerResponse) => {
    const wanted = path === "/" || path === "/trust" ? "/index.html" : path;
    const full = normalize(join(root, wanted));
    const found = full.startsWith(root + sep) ? await stat(full).catch(() => null) : null;
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": types[extname(full)] ?? "application/octet-stream",
      "Content-Security-Policy": csp,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    createReadStream(full).pipe(response);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    if (path === "/trust/ca.crt") {
      response.writeHead(200, { "Content-Type": "application/x-x509-ca-cert" }).end("-----BEGIN CERTIFICATE-----\n");
      return;
    }
    if (path.startsWith("/api/")) {
      const { matched } = await api.handle(request, response, { prefix: "/api", context: caller(request, "http", response) });
      if (!matched) response.writeHead(404).end();
      return;
    }
    await file(path, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.destroy();
    });
  });

  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (new URL(request.url ?? "/", "http://x").pathname !== "/rpc") {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      void rpc.upgrade(ws, { context: caller(request, "ws") });
    });
  });
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stopBeating = world.rack.start(options.nodes > 16 ? 1000 : 500);
  const stopTelling = world.breaker.start();

  return {
    url,
    rack: world.rack,
    people: world.people,
    breaker: world.breaker,
    /** Ends every console's WebSocket, as a dead main node would. */
    drop: () => sockets.clients.forEach((ws) => ws.terminate()),
    async stop(): Promise<void> {
      stopBeating();
      stopTelling();
      sockets.clients.forEach((ws) => ws.terminate());
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
