import { once } from "node:events";
import { request } from "node:http";
import { connect as tlsConnect } from "node:tls";
import { MessageChannel, type MessagePort as NodePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket } from "ws";
import type { Contract } from "../../../src/contract/index.ts";
import { createForwarder } from "../../../src/main/forwarder.ts";
import { openLocal } from "../../../src/main/local-socket.ts";
import type { Aosd } from "../../../demo/aosd.ts";

export type Client = ContractRouterClient<Contract>;
export interface Wire {
  client: Client;
  close(): void;
}

/** A client of the whole contract on a socket, once it is open. */
export const opened = async (socket: WebSocket): Promise<Wire> => {
  await once(socket, "open");
  socket.on("error", () => socket.terminate());
  return { client: createORPCClient(new RPCLink({ websocket: socket as never })), close: () => socket.terminate() };
};
const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` });

/** A raw socket of each WebSocket transport, for frames that no client would send. */
export const rawSockets = {
  loopback: (node: Aosd, token?: string) => new WebSocket(`${node.loopback.replace("http", "ws")}/rpc`, { headers: bearer(token) }),
  lan: (node: Aosd, token?: string) =>
    new WebSocket(`ws://127.0.0.1:${node.lan}/rpc`, {
      createConnection: () => tlsConnect({ host: "127.0.0.1", port: node.lan, rejectUnauthorized: false }),
      headers: bearer(token),
    }),
  socket: (node: Aosd, token?: string) => new WebSocket(`ws+unix://${node.socket}:/rpc`, { headers: bearer(token) }),
} satisfies Record<string, (node: Aosd, token?: string) => WebSocket>;

const clock = { now: () => Date.now(), wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

/** Each transport as a client of the whole contract. `token` is a session of a person; without it nobody (on the local socket: the local account). */
export const wires: Record<"ws" | "wss" | "socket" | "messagePort", (node: Aosd, token?: string) => Promise<Wire>> = {
  ws: (node, token) => opened(rawSockets.loopback(node, token)),
  wss: (node, token) => opened(rawSockets.lan(node, token)),
  socket: (node, token) => opened(rawSockets.socket(node, token)),
  messagePort: (node) => {
    const { port, end } = rawPort(node);
    const client: Client = createORPCClient(new PortLink({ port }));
    return Promise.resolve({ client, close: end });
  },
};

/** The page's end of a port that Electron's forwarder joins with the local socket. */
export function rawPort(node: Aosd): { port: NodePort; end(): void } {
  const { port1, port2 } = new MessageChannel();
  const forwarder = createForwarder({ dial: () => openLocal(node.socket, 4 << 20), clock, log: () => {} });
  const end = forwarder.attach(asMainPort(port2));
  port1.start();
  return {
    port: port1,
    end() {
      end();
      port1.close();
    },
  };
}

type MessagePortMain = Parameters<ReturnType<typeof createForwarder>["attach"]>[0];

/** Node's port with the surface of Electron's: events carry `{ data }`. */
function asMainPort(port: NodePort): MessagePortMain {
  const self = {
    on(event: string, listener: (value: unknown) => void) {
      port.on(event as "message", (data: unknown) => listener(event === "message" ? { data, ports: [] } : data));
      return self;
    },
    once(event: string, listener: (value: unknown) => void) {
      port.once(event as "message", (data: unknown) => listener(event === "message" ? { data, ports: [] } : data));
      return self;
    },
    off() {
      return self;
    },
    start: () => port.start(),
    close: () => port.close(),
    postMessage: (message: unknown) => port.postMessage(message),
  };
  return self as unknown as MessagePortMain;
}

export interface HttpAnswer {
  status: number;
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** One HTTP request, over loopback or the local socket. */
export function http(
  node: Aosd,
  path: string,
  options: { method?: string; over?: "loopback" | "socket"; headers?: Record<string, string>; body?: unknown } = {},
): Promise<HttpAnswer> {
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  const { hostname, port } = new URL(node.loopback);
  return new Promise((resolve, reject) => {
    const req = request(
      {
        ...(options.over === "socket" ? { socketPath: node.socket } : { host: hostname, port }),
        path,
        method: options.method ?? "GET",
        headers: { ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }), ...options.headers },
      },
      (res) => {
        let body = "";
        res.setEncoding("utf8");
        res.on("data", (chunk: string) => (body += chunk));
        res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: parse(body) }));
      },
    );
    req.on("error", reject);
    req.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
