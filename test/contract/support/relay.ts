import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { connect as tlsConnect, createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../../../src/daemon/access/certificates.ts";
import { nodeIdOf } from "../../../src/daemon/access/keys.ts";

export interface Relay {
  address: string;
  connections(): number;
  close(): Promise<void>;
}

interface Listening {
  address(): unknown;
  listen(port: number, host: string, done: () => void): unknown;
  close(done: () => void): unknown;
}

async function serve(server: Listening, sockets: Set<Socket>, count: () => number): Promise<Relay> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: count,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function join(a: Socket, b: Socket, sockets: Set<Socket>, change: (chunk: Buffer) => Buffer = (chunk) => chunk): void {
  for (const socket of [a, b]) {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      a.destroy();
      b.destroy();
    });
  }
  a.on("data", (chunk: Buffer) => b.write(chunk));
  b.on("data", (chunk: Buffer) => a.write(change(chunk)));
}

/** Passes bytes on unread, as a router or a port forwarding does. */
export function startForwarder(to: { port: number }): Promise<Relay> {
  const sockets = new Set<Socket>();
  let count = 0;
  return serve(
    createServer((near) => {
      count += 1;
      join(near, connect({ host: "127.0.0.1", port: to.port }), sockets);
    }),
    sockets,
    () => count,
  );
}

/**
 * Ends TLS with a key of its own and speaks TLS again to the node: reads everything. With `lies` it also puts its own id in the
 * place of the node's in all that comes back, so that key and id fit each other.
 */
export async function startTlsRelay(to: { port: number; id: string }, lies: boolean): Promise<Relay> {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const own = createPrivateKey(key);
  const id = nodeIdOf(own);
  const cert = await selfSigned(own, { kind: "node", id }, Date.now());
  const lie = (chunk: Buffer) => (lies ? Buffer.from(chunk.toString("latin1").replaceAll(to.id, id), "latin1") : chunk);
  const sockets = new Set<Socket>();
  let count = 0;
  return serve(
    createTlsServer({ key, cert, minVersion: "TLSv1.3", ALPNProtocols: ["http/1.1"] }, (near) => {
      count += 1;
      join(near, tlsConnect({ host: "127.0.0.1", port: to.port, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] }), sockets, lie);
    }),
    sockets,
    () => count,
  );
}
