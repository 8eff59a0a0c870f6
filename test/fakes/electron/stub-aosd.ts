import { createServer } from "node:http";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocketServer } from "ws";

// A stand-in for aosd: its command line, its first line on stdout, its socket, and an echo in the place of the contract.
const stateDir = process.argv[process.argv.indexOf("--state-dir") + 1] ?? "";
mkdirSync(stateDir, { recursive: true });
const socket = join(stateDir, "aosd.sock");
rmSync(socket, { force: true });

const server = createServer((_request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server, path: "/rpc" });
sockets.on("connection", (client, request) => {
  client.on("message", (data, binary) => {
    const bytes = data as Buffer;
    if (binary) return client.send(Uint8Array.from(bytes).map((byte) => byte + 1));
    const text = bytes.toString();
    if (text === "die") process.exit(1);
    client.send(`${text} from ${String(process.pid)} via ${String(request.headers["x-aos-via"])}`);
  });
});
server.listen(socket, () => {
  writeFileSync(join(stateDir, "aosd.json"), JSON.stringify({ socket, pid: process.pid }));
  process.stdout.write(`${JSON.stringify({ event: "aosd.serving", socket, loopback: "http://127.0.0.1:0", lan: 0, pid: process.pid })}\n`);
});
const stop = () => {
  rmSync(socket, { force: true });
  process.exit(0);
};
process.on("SIGTERM", stop);
if (process.env["AOS_PARENT_PIPE"] === "1") process.stdin.on("end", stop).resume();
