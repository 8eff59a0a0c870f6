import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEgress, startFar, type EgressBench } from "./testing/bench.ts";
import { talk as sendRaw } from "./testing/talk.ts";

let far: Awaited<ReturnType<typeof startFar>>;
let bench: EgressBench;
beforeAll(async () => {
  far = await startFar();
});
afterAll(() => far.stop());
beforeEach(async () => {
  far.received.length = 0;
  bench = await startEgress(far.port);
});
afterEach(async () => {
  await bench.stop();
});
const begin = async (changes: Parameters<typeof startEgress>[1]) => {
  await bench.stop();
  bench = await startEgress(far.port, changes);
};

const talk = (parts: (string | Buffer)[], options: Parameters<typeof sendRaw>[2] & { path?: string } = {}) =>
  sendRaw(options.path === undefined ? { port: bench.port } : { path: options.path }, parts, options);
const request = (line: string, ...headers: string[]) => `${line} HTTP/1.1\r\n${[bench.auth, "Host: x", ...headers].map((one) => `${one}\r\n`).join("")}\r\n`;
const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const rows = async (count: number) => {
  await expect.poll(async () => (await bench.ledger.list()).filter((row) => row.outcome !== "open").length, { timeout: 5000 }).toBe(count);
  return bench.ledger.list();
};
const openTunnel = async () => {
  const { text, socket } = await talk([request(`CONNECT far.test:${far.port}`)], { enough: (said) => said.includes("\r\n\r\n") });
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  return socket;
};

describe("what goes through", () => {
  it("a tunnel's row has the bytes and the hash that the far server saw", async () => {
    const sent = randomBytes(700_000);
    const socket = await openTunnel();
    let back = 0;
    const all = new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        back += chunk.length;
        if (back === sent.length) resolve();
      });
    });
    for (let at = 0; at < sent.length; at += 70_001) socket.write(sent.subarray(at, at + 70_001));
    await all;
    socket.end();
    const [row, ...others] = await rows(1);
    expect(others).toEqual([]);
    await expect.poll(() => far.received.length).toBe(1);
    expect(row).toMatchObject({
      host: "far.test",
      port: far.port,
      method: "CONNECT",
      address: "127.0.0.1",
      class: "8a",
      approvedBy: "grant-1",
      act: "act-1",
      agent: "agent-1",
      epoch: 1,
    });
    expect(row).toMatchObject({ bytesOut: sent.length, bytesIn: sent.length, bytesUnsure: 0, sha256: sha256(sent), outcome: "done" });
    expect(far.received[0]).toMatchObject({ bytes: sent.length, sha256: row?.sha256 });
  });

  it.each([
    ["GET", "", []],
    ["HEAD", "", []],
    ["POST", "hello body", ["Content-Length: 10"]],
    ["POST", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"]],
    ["POST", "", []],
    ["PUT", "x", ["Content-Length: 1", "Expect: 100-continue"]],
  ] as const)("a plain %s is one row whose hash is that of the bytes on the wire (body %j)", async (method, body, headers) => {
    const { text } = await talk([
      request(`${method} http://other.test:${far.port}/a?b=1`, "X-Mine: 1", "Keep-Alive: 5", "Connection: close, X-Hop", "X-Hop: 1", ...headers),
      body,
    ]);
    expect(text).toMatch(/HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain("X-Far: 2");
    expect(text).not.toContain("X-Hop: 1");
    const [row] = await rows(1);
    await expect.poll(() => far.received.length).toBe(1);
    const [got] = far.received;
    expect(row).toMatchObject({ bytesOut: got?.bytes, sha256: got?.sha256, outcome: "done", method, host: "other.test", class: "8b" });
    expect(got?.head).toMatch(new RegExp(`^${method} /a\\?b=1 HTTP/1\\.1\\r\\nHost: other\\.test:${far.port}\\r\\nX-Mine: 1\\r\\n`));
    expect(got?.head).not.toMatch(/proxy-auth|x-hop|keep-alive|expect/i);
    if (method !== "HEAD") expect(text).toContain(`got ${got?.bytes}`);
  });

  it("several requests on one connection are several rows, each judged", async () => {
    const first = request(`GET http://far.test:${far.port}/1`);
    const { text } = await talk([first, request(`GET http://denied.test:${far.port}/2`), request(`GET http://far.test:${far.port}/3`, "Connection: close")], {
      enough: (said) => said.includes("refused"),
    });
    expect(text).toContain("got ");
    expect(text).toContain('{"refused":"policy"}');
    expect(bench.asked.slice(0, 2)).toEqual(["GET far.test", "GET denied.test"]);
    expect((await rows(1))[0]?.host).toBe("far.test");
  });

  it("an answer that ends with the connection arrives whole", async () => {
    const { text } = await talk([request(`GET http://far.test:${far.port}/until-close`, "Connection: close")]);
    expect(text).toMatch(/X-Far: 1/);
    expect(text).toMatch(/all of it/);
  });

  it("an answer that is no HTTP, or switches protocols unasked, is a bad gateway", async () => {
    for (const path of ["garbage", "upgrade"]) {
      const { text } = await talk([request(`GET http://far.test:${far.port}/${path}`, "Connection: close")]);
      expect(text, path).toMatch(/^HTTP\/1\.1 502 /);
    }
    await rows(2);
  });

  it("a run's own socket needs no token, and is this account's alone", async () => {
    const path = join(bench.folder, "run.sock");
    const close = await bench.egress.listen(path, { ...bench.traveller, act: "act-2" });
    const { text } = await talk([`GET http://far.test:${far.port}/ HTTP/1.1\r\nHost: far.test\r\nConnection: close\r\n\r\n`], { path });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect((await rows(1))[0]?.act).toBe("act-2");
    close();
    await expect(talk(["GET / HTTP/1.1\r\n\r\n"], { path })).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });
});

describe("the latch", () => {
  it("cuts what is open, and lets nothing new out", async () => {
    const tunnels = await Promise.all([openTunnel(), openTunnel(), openTunnel()]);
    const { socket: slow } = await talk([request(`GET http://far.test:${far.port}/slow`)], { enough: (said) => said.includes("first part") });
    for (const socket of tunnels) socket.write("before");
    await expect.poll(() => bench.egress.open()).toBe(4);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    const closed = Promise.all([...tunnels, slow].map((socket) => new Promise<void>((resolve) => void socket.once("close", () => resolve()))));
    bench.fence.close();
    for (const socket of tunnels) socket.write("after");
    await closed;
    await expect.poll(() => bench.egress.open()).toBe(0);
    await expect.poll(() => far.received.length).toBe(4);
    const list = await rows(4);
    expect(list.every((row) => row.outcome === "cut")).toBe(true);
    expect(list.map((row) => row.sha256).toSorted()).toEqual(far.received.map((one) => one.sha256).toSorted());
    expect(far.received.filter((one) => one.bytes === 6)).toHaveLength(3);
    const { text } = await talk([request(`CONNECT far.test:${far.port}`)]);
    expect(text).toMatch(/^HTTP\/1\.1 503 [^]*\{"refused":"latched"\}/);
    expect((await talk([request(`GET http://far.test:${far.port}/`, "Connection: close")])).text).toMatch(/^HTTP\/1\.1 503 /);
    expect(far.received).toHaveLength(4);
  });

  it("that nobody announced still lets no byte through: each is checked", async () => {
    const closed = { now: false };
    const fence = { open: () => !closed.now, epoch: () => 1, onClose: () => () => {} };
    await begin({ fence });
    const socket = await openTunnel();
    socket.write("before");
    await new Promise((resolve) => void setTimeout(resolve, 100));
    closed.now = true;
    socket.write("after");
    await new Promise<void>((resolve) => void socket.once("close", () => resolve()));
    await expect.poll(() => far.received.map((one) => one.bytes)).toEqual([6]);
    expect((await rows(1))[0]).toMatchObject({ outcome: "cut", bytesOut: 6, sha256: sha256("before") });
  });

  it("that nobody announced cuts silent connections as well", async () => {
    const closed = { now: false };
    await begin({ fence: { open: () => !closed.now, epoch: () => 1, onClose: () => () => {} } });
    const socket = await openTunnel();
    closed.now = true;
    await new Promise<void>((resolve) => void socket.once("close", () => resolve()));
    await expect.poll(() => far.received.map((one) => one.bytes)).toEqual([0]);
    expect((await rows(1))[0]?.outcome).toBe("cut");
  });

  it.each(["policy", "ledger"] as const)("that falls while the %s is still thinking lets nothing out", async (who) => {
    const gate = Promise.withResolvers<void>();
    const { policy } = bench.deps;
    await begin(
      who === "policy"
        ? { policy: { decide: (asked) => gate.promise.then(() => policy.decide(asked)) } }
        : { ledger: { open: (row) => gate.promise.then(() => `late ${row.host}`), close: async () => {} } },
    );
    const answer = talk([request(`CONNECT far.test:${far.port}`)]);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    bench.fence.close();
    gate.resolve();
    expect((await answer).text).toContain('{"refused":"latched"}');
    expect(far.received).toEqual([]);
  });
});
