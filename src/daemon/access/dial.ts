import { connect, type TLSSocket } from "node:tls";
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { ValidationError, type ContractRouterClient } from "@orpc/contract";
import { ResponseValidationPlugin } from "@orpc/contract/plugins";
import { WebSocket } from "ws";
import { contract, type Contract } from "../../contract/index.ts";
import { fault } from "../kernel/fault.ts";
import { subjectOf } from "./certificates.ts";
import { farFrames } from "./far-frames.ts";
import { certFingerprint } from "./keys.ts";
import type { Issued } from "./issued.ts";
import type { Trust } from "./trust.ts";

export const DEFAULT_PORT = 7443;
const DIAL_MS = 4000;

export interface Target {
  host: string;
  port: number;
}

/** `host`, `host:port`, `[v6]:port`; throws the fault `rack.address-invalid` otherwise. */
export function parseAddress(text: string): Target {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)|([0-9a-f:.%]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  const port = match?.[4] === undefined ? DEFAULT_PORT : Number(match[4]);
  const named = host !== undefined && (isIP(host.replace(/%.*$/, "")) !== 0 || /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?)+$/i.test(host));
  if (!named || host === undefined || port < 1 || port > 65535) throw fault("rack.address-invalid", { address: text.slice(0, 100) });
  return { host, port };
}

export const formatAddress = ({ host, port }: Target): string => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);

export type Client = ContractRouterClient<Contract>;
export interface Link {
  client: Client;
  /** Any procedure by its path, for relaying. */
  call(path: readonly string[], input: unknown, options: { signal?: AbortSignal | undefined; lastEventId?: string | undefined }): Promise<unknown>;
  socket: TLSSocket;
  /** Exporter of the connection, hex: the same on both ends of one TLS connection, and only there. */
  binding: string;
  closed: Promise<void>;
  close(): void;
}

/** Names of a TLS connection's exporter for pairing; both ends must agree. */
export const bindingOf = (socket: TLSSocket): string => socket.exportKeyingMaterial(32, "EXPORTER-aos-pairing-v1", Buffer.alloc(0)).toString("hex");

export type Expect = { kind: "anyone" } | { kind: "node"; id: string; trust: Trust; issued: Pick<Issued, "isRevoked"> };

/**
 * Opens TLS 1.3 to an aosd and the contract's frames over it.
 * anyone: before pairing; nothing is believed, no certificate is shown. node: mutual TLS, our CA only, that node's id only.
 * Throws the faults access.not-responding, access.not-an-aos, access.peer-certificate.
 */
export async function dial(target: Target, expect: Expect, signal?: AbortSignal): Promise<Link> {
  const address = formatAddress(target);
  const socket = await secure(target, expect, address, signal);
  const ws = new WebSocket(`ws://${address}/rpc`, {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: 8 * 1024 * 1024,
    handshakeTimeout: DIAL_MS,
    headers: { "x-aos-via": "peer" },
  });
  await new Promise<void>((resolve, reject) => {
    ws.once("open", resolve);
    ws.once("unexpected-response", (_request, response) => {
      reject(
        response.statusCode === 403 || response.statusCode === 502
          ? fault("access.peer-certificate", { address, reason: "revoked" })
          : fault("access.not-an-aos", { address }),
      );
      socket.destroy();
    });
    ws.once("error", (cause) => {
      socket.destroy();
      reject(Object.assign(fault("access.not-an-aos", { address }), { cause }));
    });
  });
  ws.on("error", () => ws.terminate());
  const rpc = new RPCLink({
    websocket: farFrames(ws),
    // Whatever the far end says is checked by the contract before anything is done with it: it may be anyone, or a broken member.
    plugins: [new ResponseValidationPlugin(contract)],
    interceptors: [
      async ({ next }) => {
        try {
          return await next();
        } catch (cause) {
          throw cause instanceof ValidationError ? Object.assign(fault("access.not-an-aos", { address }), { cause }) : cause;
        }
      },
    ],
  });
  const client: Client = createORPCClient(rpc);
  return {
    client,
    call: (path, input, { signal: stop, lastEventId }) =>
      rpc.call(path, input, { context: {}, ...(stop ? { signal: stop } : {}), ...(lastEventId === undefined ? {} : { lastEventId }) }),
    socket,
    binding: bindingOf(socket),
    closed: new Promise((resolve) => ws.once("close", () => resolve())),
    close: () => {
      ws.close();
      setTimeout(() => ws.terminate(), 500).unref();
    },
  };
}

function secure(target: Target, expect: Expect, address: string, signal?: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const identity = expect.kind === "node" ? expect.trust.tls() : undefined;
    const socket = connect({
      host: target.host,
      port: target.port,
      minVersion: "TLSv1.3",
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(identity ? { key: identity.key, cert: identity.cert, ca: identity.ca ?? [] } : {}),
    });
    const fail = (error: Error) => {
      stop();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(fault("access.not-responding", { address })), DIAL_MS);
    const aborted = () => fail(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    };
    signal?.addEventListener("abort", aborted);
    socket.once("error", (cause: Error & { code?: string }) =>
      fail(Object.assign(cause.code?.startsWith("ERR_SSL") ? fault("access.not-an-aos", { address }) : fault("access.not-responding", { address }), { cause })),
    );
    socket.once("secureConnect", () => {
      const refused = judge(socket, expect);
      if (refused) fail(fault("access.peer-certificate", { address, reason: refused }));
      else {
        stop();
        socket.removeAllListeners("error");
        socket.on("error", () => socket.destroy());
        resolve(socket);
      }
    });
  });
}

/** Why the far certificate is not the one expected; undefined when it is. Unknown reasons count as foreign. */
function judge(socket: TLSSocket, expect: Expect): "foreign" | "expired" | "revoked" | "wrong-node" | undefined {
  if (expect.kind === "anyone") return undefined;
  if (!socket.authorized) return String(socket.authorizationError) === "CERT_HAS_EXPIRED" ? "expired" : "foreign";
  const raw = socket.getPeerCertificate().raw as Buffer | undefined;
  if (!raw) return "foreign";
  if (expect.issued.isRevoked(certFingerprint(raw))) return "revoked";
  const subject = subjectOf(new X509Certificate(raw));
  return subject?.kind === "node" && subject.id === expect.id ? undefined : "wrong-node";
}
