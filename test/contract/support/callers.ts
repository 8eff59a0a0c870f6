import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as tlsConnect } from "node:tls";
import { ORPCError } from "@orpc/client";
import { isContractProcedure, type AnyContractRouter } from "@orpc/contract";
import { WebSocket } from "ws";
import { contract } from "../../../src/contract/index.ts";
import type { Meta } from "../../../src/contract/procedure.ts";
import type { Aosd } from "../../../demo/aosd.ts";
import type { Shown } from "./peer.ts";
import { opened, type Client } from "./transports.ts";

export interface Procedure {
  path: readonly string[];
  method: string;
  http: string;
  meta: Meta;
}

/** Every procedure of the contract. */
export function procedures(router: AnyContractRouter = contract, path: readonly string[] = []): Procedure[] {
  if (isContractProcedure(router)) {
    const { meta, route } = router["~orpc"];
    return [{ path, method: route.method ?? "POST", http: route.path ?? `/${path.join("/")}`, meta: meta as Meta }];
  }
  return Object.entries(router).flatMap(([key, inner]) => procedures(inner as AnyContractRouter, [...path, key]));
}

export interface Answer {
  code: string;
  data?: unknown;
}
/** One way in, as one caller: calls any procedure with an empty input. */
export interface Caller {
  call(procedure: Procedure): Promise<Answer>;
  close(): void;
}
/** Who calls: a session's token, a certificate, or neither. */
export interface As extends Shown {
  token?: string | undefined;
}
export interface Way {
  transport: "http" | "ws" | "socket";
  listener: "loopback" | "lan" | "socket";
  open(node: Aosd, as: As): Promise<Caller>;
}

const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` });
const port = (node: Aosd) => Number(new URL(node.loopback).port);

/** A whole client's procedure, called by its path; a stream that begins counts as an answer and is ended. */
export async function callWith(client: Client, { path }: Procedure): Promise<Answer> {
  let step: unknown = client;
  for (const key of path) step = (step as Record<string, unknown>)[key];
  try {
    const answer = await (step as (input: object) => Promise<unknown>)({});
    const stream = answer as { return?: () => Promise<unknown> } | null;
    if (typeof stream === "object" && stream !== null && Symbol.asyncIterator in stream) await stream.return?.();
    return { code: "answered" };
  } catch (error) {
    return error instanceof ORPCError ? { code: error.code as string, data: error.data as unknown } : { code: `error: ${String(error)}` };
  }
}

const byFrames =
  (dial: (node: Aosd, as: As) => WebSocket) =>
  async (node: Aosd, as: As): Promise<Caller> => {
    const { client, close } = await opened(dial(node, as));
    return { call: (procedure) => callWith(client, procedure), close };
  };
const byHttp =
  (send: (node: Aosd, as: As, options: RequestOptions, done: (response: IncomingMessage) => void) => ReturnType<typeof httpRequest>) =>
  (node: Aosd, as: As): Promise<Caller> =>
    Promise.resolve({
      call: ({ method, http }) =>
        new Promise((resolve, reject) => {
          const body = method === "GET" ? undefined : "{}";
          const headers = { ...bearer(as.token), ...(body === undefined ? {} : { "content-type": "application/json", "content-length": body.length }) };
          const request = send(node, as, { path: `/api${http.replaceAll(/\{\w+\}/g, "x")}`, method, headers, agent: false }, (response) => {
            if (response.headers["content-type"]?.startsWith("text/event-stream")) {
              resolve({ code: "answered" });
              request.destroy();
              return;
            }
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (chunk: string) => (text += chunk));
            response.on("end", () => resolve(response.statusCode === 200 ? { code: "answered" } : (JSON.parse(text) as Answer)));
          });
          request.on("error", reject);
          request.end(body);
        }),
      close: () => {},
    });

/** The ways in that an aosd lists itself (`aos doctor --routes`), beside mDNS and the relay. */
export const ways = {
  "WebSocket on loopback": {
    transport: "ws",
    listener: "loopback",
    open: byFrames((node, as) => new WebSocket(`${node.loopback.replace("http", "ws")}/rpc`, { headers: bearer(as.token) })),
  },
  "WebSocket over TLS": {
    transport: "ws",
    listener: "lan",
    open: byFrames(
      (node, { token, ...shown }) =>
        new WebSocket(`ws://127.0.0.1:${node.lan}/rpc`, {
          createConnection: () => tlsConnect({ host: "127.0.0.1", port: node.lan, rejectUnauthorized: false, ...shown }),
          headers: bearer(token),
        }),
    ),
  },
  "local socket": {
    transport: "socket",
    listener: "socket",
    open: byFrames((node, as) => new WebSocket(`ws+unix://${node.socket}:/rpc`, { headers: bearer(as.token) })),
  },
  "HTTP on loopback": {
    transport: "http",
    listener: "loopback",
    open: byHttp((node, _as, options, done) => httpRequest({ host: "127.0.0.1", port: port(node), ...options }, done)),
  },
  HTTPS: {
    transport: "http",
    listener: "lan",
    open: byHttp((node, { token: _token, ...shown }, options, done) =>
      httpsRequest({ host: "127.0.0.1", port: node.lan, rejectUnauthorized: false, ...shown, ...options }, done),
    ),
  },
  "HTTP on the local socket": {
    transport: "http",
    listener: "socket",
    open: byHttp((node, _as, options, done) => httpRequest({ socketPath: node.socket, ...options }, done)),
  },
} as const satisfies Record<string, Way>;
