import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { selfSigned } from "./certificates.ts";
import { dial } from "./dial.ts";

const servers: Server[] = [];
const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
process.on("unhandledRejection", note);
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A far end that speaks TLS and WebSocket, and then does as `act` says with each connection. */
async function farEnd(act: (socket: WebSocket) => void): Promise<{ host: string; port: number }> {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const server = createServer({ key, cert: await selfSigned(createPrivateKey(key), { kind: "node", id: "aaaaaaaaaaaaaaaa" }, Date.now()) });
  servers.push(server);
  new WebSocketServer({ server }).on("connection", act);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test.each([
  ["no JSON", "{"],
  ["null", "null"],
  ["a number", "7"],
  ["an answer without a payload", '{"i":"0"}'],
  ["bytes", Buffer.from([255, 0, 255])],
  ["a list", "[[[["],
])("a far end that answers with %s ends its own connection and nothing else", { timeout: 2000 }, async (_, garbage) => {
  const target = await farEnd((socket) => socket.on("message", () => socket.send(garbage)));
  const link = await dial(target, { kind: "anyone" });
  await expect(link.client.access.me()).rejects.toThrow();
  await link.closed;
  await settle();
  expect(uncaught).toEqual([]);
});

test("an answer that the contract doesn't allow is refused: costs that would stall us, members that say nonsense", async () => {
  const answers: Record<string, object> = {
    "/access/pair/parameters": { windowId: "w", salt: "00".repeat(32), iterations: 2 ** 31 },
    "/access/me": { role: "owner" },
    "/access/peer/request": { csr: 7 },
  };
  const target = await farEnd((socket) =>
    socket.on("message", (data) => {
      const { i, p } = JSON.parse((data as Buffer).toString()) as { i: string; p: { u: string } };
      socket.send(JSON.stringify({ i, p: { b: { json: answers[p.u] } } }));
    }),
  );
  const link = await dial(target, { kind: "anyone" });
  const calls = [link.client.access.pair.parameters(), link.client.access.me(), link.client.access.peer.request()];
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: "access.not-an-aos" })));
  link.close();
});

test("a call that is given up as its connection closes ends quietly", async () => {
  const target = await farEnd(() => {});
  const link = await dial(target, { kind: "anyone" });
  const stop = new AbortController();
  const call = link.client.access.me(undefined, { signal: stop.signal }).then(
    () => "answered",
    () => "given up",
  );
  await settle();
  stop.abort();
  link.close();
  expect(await call).toBe("given up");
  await settle();
  expect(uncaught).toEqual([]);
});

test("a call on a connection that has ended is refused, it doesn't wait for ever", async () => {
  const target = await farEnd(() => {});
  const link = await dial(target, { kind: "anyone" });
  link.close();
  await link.closed;
  await expect(link.client.access.me()).rejects.toThrow("ended");
});
