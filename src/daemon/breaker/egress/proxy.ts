import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { chmodSync } from "node:fs";
import { createServer as createSocketServer, type Server as SocketServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Ids } from "../../kernel/ids.ts";
import { createAdmission, type Admission, type AdmissionDeps } from "./admission.ts";
import { createCarrier } from "./carry.ts";
import { parseAbsolute, parseConnect, type Authority } from "./domain/authority.ts";
import { proxyToken, requestFault } from "./domain/headers.ts";
import type { EgressRefusal, Traveller } from "./domain/row.ts";
import { refusalAnswer } from "./refusal.ts";

/** A traveller whose epoch is the one of each request: a runtime that outlives a stop. */
export type StandingTraveller = Omit<Traveller, "epoch"> & { epoch: number | "present" };

export interface Refused {
  traveller: StandingTraveller | null;
  /** "unknown" when the request named none that could be read. */
  host: string;
  port: number | "unknown";
  method: string;
  reason: EgressRefusal;
  detail?: string;
}

export interface EgressDeps extends AdmissionDeps {
  ids: Ids;
  /** Told of everything that was not let out. */
  onRefused?: (refused: Refused) => void;
  limits?: Partial<EgressLimits>;
}
export interface EgressLimits {
  headerBytes: number;
  headersMs: number;
  idleMs: number;
  connectMs: number;
  connections: number;
}
/** Slow senders are cut off; a model that thinks for minutes is not. */
const defaults: EgressLimits = { headerBytes: 16 * 1024, headersMs: 10_000, idleMs: 300_000, connectMs: 10_000, connections: 64 };

export interface Egress {
  /** Opens the loopback port for runtimes outside any namespace; 0 takes a free one. */
  start(port: number): Promise<{ port: number }>;
  /** What comes over this server's connections is this traveller's. The returned function closes it and what it carries. */
  serve(server: SocketServer, traveller: StandingTraveller): () => void;
  /** The same on a Unix socket made here, for this account only. */
  listen(path: string, traveller: StandingTraveller): Promise<() => void>;
  /** A token by which the loopback port knows this traveller. */
  admit(traveller: StandingTraveller): { token: string; revoke(): void };
  port(): number;
  /** Connections to far servers. */
  open(): number;
  stop(): Promise<void>;
}

/** The one way out of this machine for agents, tools and packs: an HTTP/1.1 forward proxy (absolute-form requests and CONNECT). */
export function createEgress(deps: EgressDeps): Egress {
  const { fence, log, ids } = deps;
  const limits = { ...defaults, ...deps.limits };
  const admit = createAdmission(deps);
  const senders = new WeakMap<object, StandingTraveller>();
  const tokens = new Map<string, StandingTraveller>();
  const carrier = createCarrier({ fence, clock: deps.clock, connectMs: limits.connectMs, idleMs: limits.idleMs });
  const servers = new Set<SocketServer>();
  const inbound = new Set<Socket>();
  let port = 0;

  const http: Server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  http.maxRequestsPerSocket = 1000;

  const senderOf = (message: IncomingMessage): StandingTraveller | undefined => {
    const own = senders.get(message.socket);
    if (own) return own;
    const token = proxyToken(message.rawHeaders, (base64) => Buffer.from(base64, "base64").toString("utf8"));
    return token === undefined ? undefined : tokens.get(token);
  };
  const present = (traveller: StandingTraveller): Traveller => ({ ...traveller, epoch: traveller.epoch === "present" ? fence.epoch() : traveller.epoch });

  /** Everything before the first byte: who, where, may it. Null: it was refused, and `no` has said so. */
  const judge = async <T extends Authority>(message: IncomingMessage, target: T | undefined, no: (reason: EgressRefusal) => void) => {
    const method = message.method ?? "";
    const sender = senderOf(message);
    const traveller = sender && present(sender);
    const early = (): EgressRefusal | null => {
      if (!traveller) return "unknown-sender";
      if (!fence.open(traveller.epoch)) return "latched";
      const fault = requestFault(message.rawHeaders);
      if (fault !== null) return fault;
      if (!target) return "bad-request";
      return carrier.open(sender) >= limits.connections ? "too-many" : null;
    };
    const reason = early();
    const admission: Admission =
      reason !== null || !traveller || !target ? { ok: false, reason: reason ?? "bad-request" } : await admit(traveller, target, method);
    if (admission.ok && sender && traveller && target) return { target, passage: { admission, epoch: traveller.epoch, port: target.port, owner: sender } };
    const refusal = admission.ok ? { ok: false as const, reason: "bad-request" as const } : admission;
    const asked = { traveller: sender ?? null, host: target?.host ?? "unknown", port: target?.port ?? ("unknown" as const), method };
    deps.onRefused?.({ ...asked, reason: refusal.reason, ...(refusal.detail === undefined ? {} : { detail: refusal.detail }) });
    no(refusal.reason);
    return null;
  };

  const forward = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const judged = await judge(req, parseAbsolute(req.url ?? ""), (reason) => {
      const { status, headers, body } = refusalAnswer(reason);
      res.writeHead(status, headers);
      res.end(body);
      req.resume();
    });
    if (judged) await carrier.forward(req, res, judged.target, judged.passage);
  };
  const tunnel = async (req: IncomingMessage, near: Duplex, head: Buffer): Promise<void> => {
    const judged = await judge(req, parseConnect(req.url ?? ""), (reason) => {
      const { status, headers, body } = refusalAnswer(reason);
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      near.end(`HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n${body}`);
    });
    if (judged) await carrier.tunnel(near, head, judged.passage);
  };

  http.on("request", (req: IncomingMessage, res: ServerResponse) => {
    forward(req, res).catch((error: unknown) => {
      log.error("egress.failed", { error });
      req.socket.destroy();
    });
  });
  http.on("connect", (req: IncomingMessage, near: Duplex, head: Buffer) => {
    near.on("error", () => near.destroy());
    tunnel(req, near, head).catch((error: unknown) => {
      log.error("egress.failed", { error });
      near.destroy();
    });
  });
  // Without a listener Node would read such a request as a plain one.
  http.on("upgrade", (_req: IncomingMessage, near: Duplex) => {
    const { status, headers, body } = refusalAnswer("upgrade");
    near.on("error", () => near.destroy());
    near.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: ${headers["content-length"]}\r\n\r\n${body}`);
  });
  http.on("clientError", (_error, near) => {
    if (near.writable) near.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else near.destroy();
  });

  const take = (socket: Socket, traveller?: StandingTraveller) => {
    if (traveller) senders.set(socket, traveller);
    inbound.add(socket);
    socket.once("close", () => inbound.delete(socket));
  };
  http.on("connection", (socket: Socket) => take(socket, senders.get(socket)));

  const serve = (server: SocketServer, traveller: StandingTraveller): (() => void) => {
    const own = new Set<Socket>();
    // A sender that has said all it had to say still wants to hear the answer.
    Object.assign(server, { allowHalfOpen: true });
    servers.add(server);
    server.on("connection", (socket) => {
      own.add(socket);
      socket.once("close", () => own.delete(socket));
      socket.on("error", () => socket.destroy());
      senders.set(socket, traveller);
      http.emit("connection", socket);
    });
    return () => {
      servers.delete(server);
      server.close();
      carrier.cut(traveller);
      for (const socket of own) socket.destroy();
    };
  };

  const unsubscribe = fence.onClose(() => carrier.cut());

  return {
    start: (wanted) =>
      new Promise((resolve, reject) => {
        http.once("error", reject);
        http.listen(wanted, "127.0.0.1", () => {
          const address = http.address();
          port = typeof address === "object" && address !== null ? address.port : 0;
          resolve({ port });
        });
      }),
    serve,
    listen: (path, traveller) =>
      new Promise((resolve, reject) => {
        const server = createSocketServer();
        server.once("error", reject);
        server.listen(path, () => {
          chmodSync(path, 0o600);
          resolve(serve(server, traveller));
        });
      }),
    admit(traveller) {
      const token = ids.token();
      tokens.set(token, traveller);
      return {
        token,
        revoke() {
          tokens.delete(token);
          carrier.cut(traveller);
        },
      };
    },
    port: () => port,
    open: () => carrier.open(),
    async stop() {
      unsubscribe();
      carrier.cut();
      for (const server of servers) server.close();
      for (const socket of inbound) socket.destroy();
      if (http.listening) await new Promise<void>((resolve) => void http.close(() => resolve()));
    },
  };
}
