import { createServer } from "node:http";
import { rmSync } from "node:fs";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { eventIterator, oc, type ContractRouterClient } from "@orpc/contract";
import { implement } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer, type WebSocket } from "ws";
import { z } from "zod";
import type { FakePort } from "./ports.ts";

/** A small contract over the same transports as the real one: a call, bytes both ways, a stream. */
const contract = {
  greet: oc.input(z.object({ name: z.string() })).output(z.object({ text: z.string() })),
  mirror: oc.input(z.instanceof(Blob)).output(z.instanceof(Blob)),
  count: oc.input(z.object({ to: z.number() })).output(eventIterator(z.number())),
};

/** Serves it on a local socket, as aosd serves the real contract. */
export async function startRpcServer(socketPath: string) {
  const vias: string[] = [];
  const open = new Set<WebSocket>();
  let streams = 0;
  const os = implement(contract);
  const handler = new RPCHandler(
    os.router({
      greet: os.greet.handler(({ input }) => ({ text: `안녕하세요, ${input.name}` })),
      mirror: os.mirror.handler(({ input }) => input),
      count: os.count.handler(async function* ({ input }) {
        streams++;
        try {
          for (let n = 1; n <= input.to; n++) {
            yield n;
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        } finally {
          streams--;
        }
      }),
    }),
  );
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: "/rpc" });
  sockets.on("connection", (client, request) => {
    vias.push(String(request.headers["x-aos-via"]));
    open.add(client);
    client.on("close", () => open.delete(client));
    void handler.upgrade(client);
  });
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    vias,
    open,
    streams: () => streams,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const client of open) client.terminate();
        server.close(() => resolve());
      }),
  };
}

/** A client on the page's end of a channel. */
export function createPortClient(port: FakePort): ContractRouterClient<typeof contract> {
  port.start();
  return createORPCClient(new RPCLink({ port: port as never }));
}
