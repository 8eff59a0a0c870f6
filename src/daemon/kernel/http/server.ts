import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps, type Server as HttpsServer } from "node:https";
import { constants } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { OpenAPIHandler } from "@orpc/openapi/fetch";
import type { Router } from "@orpc/server";
import { StandardRPCHandler, type StandardHandler } from "@orpc/server/standard";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { WebSocketServer } from "ws";
import type { Contract } from "../../../contract/index.ts";
import type { FaultCode } from "../../../contract/faults.ts";
import { faults } from "../../../contract/faults.ts";
import type { Connection, Context, Listener } from "../caller.ts";
import type { Log } from "../log.ts";
import type { faultsOnly, Gatekeeper } from "../rpc.ts";
import { securityHeaders } from "./csp.ts";
import { MAX_FRAME_BYTES, serveFrames } from "./frames.ts";

/** TLS material of the LAN listener; swapped while it runs. */
export interface TlsIdentity {
  key: string;
  cert: string;
  /** Certificate authorities whose client certificates count; none before pairing. */
  ca: string | undefined;
}

export type Admission = { ok: true; connection: Connection } | { ok: false; code: FaultCode; data: unknown };

export interface WebServerDeps {
  router: Router<Contract, Context>;
  interceptor: ReturnType<typeof faultsOnly>;
  gate: Gatekeeper & {
    /** Decides who a request or an upgrade comes from; refuses foreign, expired and revoked certificates and strange origins. */
    admit(request: IncomingMessage, listener: Listener, kind: "request" | "upgrade"): Admission;
  };
  /** Folder of the built console; without it a plain line says so. */
  consoleDir: string | undefined;
  caPem(): string | undefined;
  openApi(): Promise<unknown>;
  /** Doors for programs on this machine (`/v1/...`), on the loopback listener only. Null: no such path. */
  doors?(request: Request): Promise<Response | null>;
  log: Log;
}

export interface Bound {
  listener: Listener;
  port: number;
  close(): Promise<void>;
}

/** A peer that doesn't answer the closing handshake is cut after this. */
const CLOSE_MS = 300;
const MAX_BODY_BYTES = 1024 * 1024;
type Bindings = { incoming: IncomingMessage };

/** Servers of one aosd: the same procedures over HTTP (`/api`), WebSocket (`/rpc`) on loopback, LAN and the local socket. */
export function createWebServer(deps: WebServerDeps) {
  const { router, gate, log, interceptor } = deps;
  const rpc: StandardHandler<Context> = new StandardRPCHandler(router, { clientInterceptors: [interceptor] });
  const api = new OpenAPIHandler(router, { clientInterceptors: [interceptor] });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const live = new Set<{ connection: Connection; end(code: number, why: string): void }>();

  const refusal = (code: FaultCode, data: unknown) => ({ defined: true, code, status: faults[code].status, message: code, data });

  const app = (listener: Listener) => {
    const hono = new Hono<{ Bindings: Bindings }>();
    hono.use(async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value);
    });
    hono.get("/healthz", (c) => c.json({ ok: true }));
    hono.get("/openapi.json", async (c) => c.json((await deps.openApi()) as object));
    hono.get("/trust/ca.crt", (c) => {
      const ca = deps.caPem();
      return ca
        ? c.body(ca, 200, { "content-type": "application/x-x509-ca-cert", "content-disposition": 'attachment; filename="aos-rack-ca.crt"' })
        : c.notFound();
    });
    // The address that is told to people; the console itself routes by the fragment.
    hono.get("/trust", (c) => c.redirect("/#/trust"));
    hono.all("/api/*", async (c) => {
      if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES || (c.req.header("transfer-encoding") !== undefined && c.req.method !== "GET"))
        return c.json(refusal("kernel.too-large", { limitBytes: MAX_BODY_BYTES }), 413);
      const admission = gate.admit(c.env.incoming, listener, "request");
      if (!admission.ok) return c.json(refusal(admission.code, admission.data), faults[admission.code].status as 403);
      const responseHeaders = new Headers();
      const connection = { ...admission.connection, responseHeaders };
      const { matched, response } = await api.handle(c.req.raw, { prefix: "/api", context: gate.context(connection) });
      if (!matched) return c.json(refusal("kernel.unknown-procedure", {}), 404);
      const answer = new Response(response.body, response);
      for (const [name, value] of responseHeaders) answer.headers.append(name, value);
      answer.headers.set("cache-control", "no-store");
      return answer;
    });
    const { doors } = deps;
    if (doors && listener === "loopback")
      hono.all("/v1/*", async (c) => (c.env.incoming.headers.origin === undefined ? await doors(c.req.raw) : null) ?? c.notFound());
    const root = deps.consoleDir;
    if (root === undefined) hono.get("/", (c) => c.text("aosd runs, but its console is not built here. Run: npm run build\n"));
    else {
      hono.use("*", compress(), etag());
      hono.get(
        "*",
        serveStatic({ root, onFound: (path, c) => c.header("cache-control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache") }),
      );
    }
    return hono;
  };

  const upgrade = (listener: Listener) => (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?")[0];
    const admission: Admission = path === "/rpc" ? gate.admit(request, listener, "upgrade") : { ok: false, code: "kernel.unknown-procedure", data: {} };
    if (!admission.ok) {
      const body = JSON.stringify(refusal(admission.code, admission.data));
      socket.end(
        `HTTP/1.1 ${faults[admission.code].status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    const { connection } = admission;
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const entry = {
        connection,
        end(code: number, why: string) {
          ws.close(code, why);
          setTimeout(() => ws.terminate(), CLOSE_MS).unref();
        },
      };
      live.add(entry);
      void serveFrames(ws, rpc, gate, connection, log).finally(() => live.delete(entry));
    });
  };

  const bind = (server: Server | HttpsServer, listener: Listener, listen: (done: () => void) => void): Promise<Bound> =>
    new Promise((resolve, reject) => {
      server.on("upgrade", upgrade(listener));
      server.on("clientError", (_error, socket) => socket.destroy());
      server.headersTimeout = 10_000;
      server.requestTimeout = 30_000;
      server.keepAliveTimeout = 10_000;
      server.once("error", reject);
      listen(() => {
        server.off("error", reject);
        server.on("error", (error) => log.error("http.server-error", { listener, error }));
        const address: AddressInfo | string | null = server.address();
        resolve({
          listener,
          port: typeof address === "object" && address ? address.port : 0,
          close: () =>
            new Promise((done) => {
              server.close(() => done());
              server.closeAllConnections();
            }),
        });
      });
    });

  const listenerOf = (listener: Listener) => {
    const answer = getRequestListener(app(listener).fetch, { overrideGlobalObjects: false });
    return (request: IncomingMessage, response: ServerResponse) => {
      answer(request, response).catch((error: unknown) => {
        log.warn("http.answer-failed", { listener, error });
        response.destroy();
      });
    };
  };
  return {
    /** Plain http on 127.0.0.1. Rejects when the port is taken. */
    loopback(port: number): Promise<Bound> {
      const server = createHttp(listenerOf("loopback"));
      return bind(server, "loopback", (done) => server.listen(port, "127.0.0.1", done));
    },
    /** The local socket (a named pipe on Windows); the folder's permissions are its guard. */
    socket(path: string): Promise<Bound> {
      const server = createHttp(listenerOf("socket"));
      return bind(server, "socket", (done) => server.listen(path, done));
    },
    /** https and wss, TLS 1.3 only, client certificates asked for and judged by `admit`. */
    async lan(host: string, port: number, identity: TlsIdentity): Promise<Bound & { swap(identity: TlsIdentity): void }> {
      const tls = (from: TlsIdentity) => ({
        key: from.key,
        cert: from.cert,
        ...(from.ca === undefined ? { ca: [] } : { ca: from.ca }),
        minVersion: "TLSv1.3" as const,
        secureOptions: constants.SSL_OP_NO_TICKET,
      });
      const server = createHttps({ ...tls(identity), requestCert: true, rejectUnauthorized: false }, listenerOf("lan"));
      server.on("tlsClientError", (_error: Error, socket: TLSSocket) => socket.destroy());
      const bound = await bind(server, "lan", (done) => server.listen(port, host, done));
      return { ...bound, swap: (next) => server.setSecureContext(tls(next)) };
    },
    /** Ends the connections for which `which` says so. */
    end(which: (connection: Connection) => boolean, why: string) {
      for (const entry of live) if (which(entry.connection)) entry.end(1008, why);
    },
    close() {
      for (const entry of live) entry.end(1001, "stopping");
      sockets.close();
    },
  };
}
