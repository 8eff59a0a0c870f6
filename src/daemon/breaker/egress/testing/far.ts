import { createHash } from "node:crypto";
import { createServer } from "node:net";

// A far server in a process of its own that records the very bytes it receives. Each connection's end is one line on
// stdout: { bytes, sha256, head }. It answers HTTP requests when they are whole, and sends back everything else.
const server = createServer((socket) => {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  let http: boolean | null = null;
  socket.on("data", (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    if (head.length < 1_000_000) head = Buffer.concat([head, chunk]);
    http ??= /^[A-Z]+ \/\S* HTTP\/1\.1\r\n/.test(head.toString("latin1"));
    if (!http) return void socket.write(chunk);
    const text = head.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
    const whole = /\r\ntransfer-encoding: chunked/i.test(text.slice(0, end)) ? text.endsWith("0\r\n\r\n") : text.length >= end + 4 + length;
    if (!whole) return;
    if (text.startsWith("GET /slow")) return void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nfirst part");
    if (text.startsWith("GET /until-close")) return void socket.end("HTTP/1.1 200 OK\r\nX-Far: 1\r\n\r\nall of it");
    if (text.startsWith("GET /upgrade")) return void socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
    if (text.startsWith("GET /garbage")) return void socket.end("not http at all\r\n\r\n");
    const body = `got ${bytes}`;
    socket.end(
      `HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Far: 2\r\nContent-Length: ${body.length}\r\n\r\n${text.startsWith("HEAD ") ? "" : body}`,
    );
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => process.stdout.write(`${JSON.stringify({ bytes, sha256: hash.digest("hex"), head: head.subarray(0, 4000).toString("latin1") })}\n`));
});
server.listen(0, process.argv[2] ?? "127.0.0.1", () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
process.stdin.resume().on("end", () => process.exit(0));
