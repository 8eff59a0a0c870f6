import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { WebSocket } from "ws";
import type { Aosd } from "../../../demo/aosd.ts";
import { createCa, createRequest, sign, type SignOptions, type Subject } from "../../../src/daemon/access/certificates.ts";
import type { Client, HttpAnswer } from "./transports.ts";

/** What a TLS client shows: nothing, or a key with its certificate (PEM). */
export interface Shown {
  key?: string;
  cert?: string;
}

const text = (node: Pick<Aosd, "stateDir">, name: string) => readFileSync(join(node.stateDir, "trust", name), "utf8");

/** The key and the certificate that a node has on its disk. */
export const materialOf = (node: Pick<Aosd, "stateDir">): Required<Shown> => ({ key: text(node, "node.key"), cert: text(node, "node.crt") });

/** A certificate by the rack's own CA, as main would sign it, for a fresh key or for `key`. */
export async function signedBy(
  main: Pick<Aosd, "stateDir">,
  subject: Subject,
  when: { now?: number; days?: number; key?: string } = {},
): Promise<Required<Shown>> {
  const key = when.key ?? freshKey();
  const options: SignOptions = {
    caKey: createPrivateKey(text(main, "rack-ca.key")),
    caCert: text(main, "rack-ca.crt"),
    csr: await createRequest(createPrivateKey(key), subject),
    subject,
    now: when.now ?? Date.now(),
    ...(when.days === undefined ? {} : { days: when.days }),
  };
  return { key, cert: await sign(options) };
}

/** The same names, signed by a CA that nobody here knows. */
export async function signedByStranger(subject: Subject): Promise<Required<Shown>> {
  const caKey = createPrivateKey(freshKey());
  const key = freshKey();
  const caCert = await createCa(caKey, "strangers", "stranger", Date.now());
  return { key, cert: await sign({ caKey, caCert, csr: await createRequest(createPrivateKey(key), subject), subject, now: Date.now() }) };
}

export const freshKey = (): string => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export type Upgraded = { open: true; client: Client; socket: WebSocket } | { open: false; status: number; body: { code?: string; data?: unknown } };

/** Knocks at a LAN listener's WebSocket; `open` once it let us in, else its refusal. */
export function knock(port: number, shown: Shown = {}, headers: Record<string, string> = {}): Promise<Upgraded> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, {
    createConnection: () => tlsConnect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...shown }),
    headers,
  });
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.on("error", () => socket.terminate());
      resolve({ open: true, client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })), socket });
    });
    socket.once("unexpected-response", (_request, response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        socket.terminate();
        resolve({ open: false, status: response.statusCode ?? 0, body: JSON.parse(body) as { code?: string; data?: unknown } });
      });
    });
    socket.once("error", reject);
  });
}

/** One https request to a LAN listener, with a certificate or without. */
export function https(
  port: number,
  path: string,
  options: Shown & { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<HttpAnswer> {
  const { method = "GET", headers = {}, body, ...shown } = options;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        agent: false,
        rejectUnauthorized: false,
        ...shown,
        headers: { ...(sent === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(sent) }), ...headers },
      },
      (res) => {
        let answer = "";
        res.setEncoding("utf8");
        res.on("data", (chunk: string) => (answer += chunk));
        res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: parse(answer) }));
      },
    );
    req.on("error", reject);
    req.end(sent);
  });
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
