import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { createFrames, seeded, type Frame, type Frames } from "./support/hostile.ts";
import { createHouse, refusalOf, rssMB, until, type Owned } from "./support/house.ts";
import { procedures } from "./support/callers.ts";
import { knock } from "./support/peer.ts";
import { http, rawPort, rawSockets } from "./support/transports.ts";

const FRAMES = 10_000;
const WARM_UP = 1500;
const CONNECTIONS_AT_ONCE = 12;
const WAIT_MS = 8000;
const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
/** The one page that everybody may have; a path that leads out of everything ends there. */
const CONSOLE = "<!doctype html>the console";
const SECRET = "this stands outside of the console's folder";

const house = createHouse("hostile");
let main: Owned;
let pid = 0;

beforeAll(async () => {
  console.log(`hostile frames: seed ${seed} (AOS_TEST_SEED)`);
  const consoleDir = join(house.dir, "console");
  mkdirSync(consoleDir);
  writeFileSync(join(consoleDir, "index.html"), CONSOLE);
  writeFileSync(join(house.dir, "secret.txt"), SECRET);
  main = await house.startMain("main", ["--console-dir", consoleDir, "--log-megabytes", "1", "--log-files", "2"]);
  pid = main.node.pid;
});
afterAll(() => house.end());

/** One connection that takes raw frames. */
interface Pipe {
  send(frame: Frame): void;
  onText(listener: (text: string) => void): void;
  closed: Promise<void>;
  end(): void;
}
type Open = () => Promise<Pipe>;

const overSocket =
  (dial: () => WebSocket): Open =>
  async () => {
    const socket = dial();
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.on("error", () => socket.terminate());
    return {
      send: (frame) => socket.send(frame),
      onText: (listener) => void socket.on("message", (data) => listener((data as Buffer).toString())),
      closed: new Promise((resolve) => socket.once("close", () => resolve())),
      end: () => socket.terminate(),
    };
  };
const pipes: Record<"ws" | "wss" | "local socket" | "MessagePort", Open> = {
  ws: overSocket(() => rawSockets.loopback(main.node)),
  wss: overSocket(() => rawSockets.lan(main.node)),
  "local socket": overSocket(() => rawSockets.socket(main.node)),
  MessagePort: () => {
    const { port, end } = rawPort(main.node);
    return Promise.resolve({
      send: (frame) => port.postMessage(frame),
      onText: (listener) => void port.on("message", (data: unknown) => listener(String(data))),
      closed: new Promise((resolve) => port.once("close", () => resolve())),
      end,
    });
  },
};

interface Tally {
  sent: number;
  refused: number;
  /** Connections that were ended for what they sent. */
  ended: number;
  granted: string[];
  hung: string[];
}

/** Some frames that are refused with an answer, a question that must still be answered, and one that ends the connection. */
async function batch(open: Open, frames: Frames, size: number, tally: Tally): Promise<void> {
  const pipe = await open();
  const canary = JSON.stringify({ i: "canary", p: { u: "/access/me" } });
  let answered = () => {};
  const alive = new Promise<void>((resolve) => (answered = resolve));
  pipe.onText((text) => {
    if (text.startsWith('{"i":"canary"')) answered();
    else if (frames.grants(text)) tally.granted.push(text.slice(0, 300));
    else tally.refused += 1;
  });
  const within = async (step: Promise<void>, what: string) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), WAIT_MS)));
    if ((await Promise.race([step, late])) === "late") tally.hung.push(what);
    clearTimeout(timer);
  };
  const polite = Array.from({ length: size - 1 }, () => frames.polite());
  for (const frame of polite) pipe.send(frame);
  pipe.send(canary);
  await within(alive, `no answer after ${polite.map((frame) => String(frame).slice(0, 200)).join(" | ")}`);
  const rude = frames.rude();
  pipe.send(rude);
  await within(pipe.closed, `not closed after ${String(rude).slice(0, 200)}`);
  tally.ended += 1;
  tally.sent += size;
  pipe.end();
}

async function attack(open: Open, count: number, size: number): Promise<Tally> {
  const tally: Tally = { sent: 0, refused: 0, ended: 0, granted: [], hung: [] };
  const frames = createFrames(seeded(seed + count + size));
  const one = async () => {
    while (tally.sent < count) await batch(open, frames, size, tally);
  };
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, one));
  return tally;
}

/** The same process, still answering its owner, with nothing changed. */
async function expectUnharmed(): Promise<void> {
  expect(main.node.running()).toBe(true);
  expect((await main.owner.ask((client) => client.access.me())).role).toBe("owner");
  const { settings, nodes } = await main.owner.ask((client) => client.rack.snapshot());
  expect(settings.units).toBe(12);
  expect(nodes.map((node) => node.pid)).toEqual([pid]);
  expect((await main.owner.ask((client) => client.access.person.list())).people.map((person) => person.name)).toEqual(["owner"]);
}

/** What memory is after the dust has settled: the least of a few looks. */
async function settledMB(): Promise<number> {
  const looks: number[] = [];
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    looks.push(rssMB(pid));
  }
  return Math.min(...looks);
}

async function expectFlat(before: number): Promise<void> {
  const after = await settledMB();
  console.log(`memory ${before.toFixed(1)} -> ${after.toFixed(1)} MB`);
  expect(after - before).toBeLessThan(30);
}

describe.each(Object.entries(pipes))("over %s", (name, open) => {
  test(`${FRAMES} malformed and hostile frames: none is granted, no crash, memory flat`, async () => {
    const size = name === "wss" ? 10 : 5;
    await attack(open, WARM_UP, size);
    const before = await settledMB();
    const tally = await attack(open, FRAMES, size);
    expect(tally.granted.slice(0, 3)).toEqual([]);
    expect(tally.hung.slice(0, 3)).toEqual([]);
    expect(tally.sent).toBeGreaterThanOrEqual(FRAMES);
    // The rest are aborts of calls that nobody made, which are ignored.
    expect(tally.refused + tally.ended).toBeGreaterThan(FRAMES * 0.9);
    await expectUnharmed();
    await expectFlat(before);
  });
});

describe("over HTTP", () => {
  const names = procedures().filter(({ meta }) => meta.role !== "public");
  const traversals = [
    "/../../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/..\\secret.txt",
    "/%252e%252e/secret.txt",
    "//secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/../../../../../../etc/passwd",
    "/..%00/secret.txt",
    "/.%2e/secret.txt",
    "/%5c..%5csecret.txt",
    "/file:///etc/passwd",
    "/assets/..;/..;/secret.txt",
  ];

  interface Sent {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: string | Buffer;
  }
  const requests = (frames: Frames): readonly (() => Sent)[] => {
    const { one, below, junk, badNames } = frames;
    const json = { "content-type": "application/json" };
    const target = () => one(names);
    const api = (p: (typeof names)[number]) =>
      `/api${p.http.replaceAll(/\{\w+\}/g, () => encodeURIComponent(one(badNames).slice(0, 200).replaceAll("\ud800", "")))}`;
    const strange = () => JSON.stringify(junk()) ?? "null";
    return [
      () => ({ method: target().method, path: api(target()), headers: json, body: strange() }),
      () => {
        const p = target();
        return { method: p.method, path: api(p), headers: json, ...(p.method === "GET" ? {} : { body: strange() }) };
      },
      () => ({ method: "PUT", path: "/api/rack/settings", headers: json, body: '{"__proto__":{"units":3},"units":3}' }),
      () => ({
        method: "POST",
        path: "/api/people",
        headers: { ...json, authorization: `Bearer ${"A".repeat(43)}` },
        body: '{"name":"mallory","role":"owner","days":null}',
      }),
      () => ({ method: "POST", path: "/api/people", headers: { "content-type": "text/plain" }, body: '{"name":"mallory","role":"owner","days":null}' }),
      () => ({ method: "POST", path: "/api/claim", headers: json, body: '{"name":"mallory","deviceName":"x"}' }),
      () => ({ method: "POST", path: "/api/session", headers: json, body: JSON.stringify({ token: "B".repeat(1 + below(200)), deviceName: "x" }) }),
      () => ({
        method: one(["POST", "PUT", "PATCH", "DELETE"]),
        path: "/api/rack/settings",
        headers: {
          "content-type": one([
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/event-stream",
            "application/octet-stream",
            "",
            "__proto__",
          ]),
        },
        body: Buffer.from("units=3&[__proto__][role]=owner&a[99999999]=1\u00ff--x"),
      }),
      () => ({ method: "POST", path: "/api/people", headers: json, body: "[".repeat(1 + below(50_000)) }),
      () => ({ method: "POST", path: "/api/people", headers: json, body: '{"name":"mal' }),
      () => ({
        method: "GET",
        path: `/api/${encodeURIComponent(one(badNames).slice(0, 500).replaceAll("\ud800", ""))}/${one(["__proto__", "constructor", "..", "x"])}`,
        headers: {},
      }),
      () => ({
        method: "GET",
        path: one([
          "/api/rack",
          "/api/people",
          "/api/rack/events",
          "/api/peer/pulse?after=0",
          "/api/nodes/aaaaaaaaaaaaaaaa/history?minutes=1e9&metrics[__proto__]=1",
        ]),
        headers: { cookie: `aos_${main.node.id.slice(0, 8)}=${"C".repeat(43)}` },
      }),
      () => ({ method: "GET", path: "/api/me", headers: { origin: one(["https://evil.example", "null", "http://127.0.0.1:1", "file://"]) } }),
      () => ({
        method: "GET",
        path: "/api/me",
        headers: { host: one(["evil.example", "evil.example:7442", "127.0.0.1.evil.example", "[::1", "aos-x.local", "localhost.evil"]) },
      }),
      () => ({ method: one(["GET", "HEAD"]), path: one(traversals), headers: {} }),
      () => ({ method: one(["POST", "PUT", "TRACE", "OPTIONS"]), path: one(["/", "/healthz", "/trust/ca.crt", "/rpc", "/openapi.json"]), headers: {} }),
      () => ({
        method: "GET",
        path: "/rpc",
        headers: {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
          origin: "https://evil.example",
        },
      }),
      () => ({
        method: "GET",
        path: `/${one(badNames.filter((name) => /^[\w.]+$/.test(name)))}`,
        headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" },
      }),
      () => ({ method: "POST", path: "/api/session", headers: { ...json, "x-filler": "h".repeat(below(20_000)) }, body: "{}" }),
    ];
  };
  const port = () => Number(new URL(main.node.loopback).port);
  const send = (agent: Agent, sent: Sent) =>
    new Promise<{ status: number; text: string }>((resolve) => {
      const length = sent.body === undefined ? {} : { "content-length": String(Buffer.byteLength(sent.body)) };
      const req = request(
        { host: "127.0.0.1", port: port(), path: sent.path, method: sent.method, headers: { ...length, ...sent.headers }, agent, timeout: WAIT_MS },
        (res) => {
          let text = "";
          res.setEncoding("utf8");
          res.on("data", (chunk: string) => (text += chunk));
          res.on("end", () => resolve({ status: res.statusCode ?? 0, text }));
          res.on("error", () => resolve({ status: 0, text }));
        },
      );
      req.on("upgrade", (_res, socket) => {
        socket.destroy();
        resolve({ status: 101, text: "" });
      });
      req.on("timeout", () => {
        req.destroy();
        resolve({ status: -1, text: "hung" });
      });
      req.on("error", () => resolve({ status: 0, text: "" }));
      req.end(sent.body);
    });

  const storm = async (count: number) => {
    const frames = createFrames(seeded(seed + count));
    const makers = requests(frames);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_AT_ONCE });
    const tally = { sent: 0, refused: 0, granted: [] as string[], hung: [] as string[] };
    const one = async () => {
      while (tally.sent < count) {
        tally.sent += 1;
        const sent = frames.one(makers)();
        const { status, text } = await send(agent, sent);
        const what = `${sent.method} ${sent.path.slice(0, 120)} ${JSON.stringify(sent.headers).slice(0, 200)}: ${status} ${text.slice(0, 100)}`;
        if (status === -1) tally.hung.push(what);
        else if (sent.method === "GET" && text === CONSOLE) tally.refused += 1;
        else if (text.includes(SECRET) || text.includes("root:x:0") || status === 101 || (status > 0 && status < 400)) tally.granted.push(what);
        else tally.refused += 1;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, one));
    agent.destroy();
    return tally;
  };

  test(`${FRAMES} malformed and hostile requests: none is granted, no crash, memory flat`, async () => {
    await storm(WARM_UP);
    const before = await settledMB();
    const tally = await storm(FRAMES);
    expect(tally.granted.slice(0, 3)).toEqual([]);
    expect(tally.hung.slice(0, 3)).toEqual([]);
    expect(tally.refused).toBe(tally.sent);
    await expectUnharmed();
    await expectFlat(before);
  });

  test("bytes that are no HTTP end their connection", async () => {
    const frames = createFrames(seeded(seed));
    const lines = [
      "\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `GET /${"a".repeat(40_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
      "POST /api/people HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nzzzzz",
      "POST /api/people HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFF\r\n",
    ];
    const raw = (bytes: Buffer | string) =>
      new Promise<string>((resolve) => {
        const socket = connect({ host: "127.0.0.1", port: port() });
        let text = "";
        socket.on("data", (chunk) => (text += String(chunk)));
        socket.on("error", () => socket.destroy());
        socket.on("close", () => resolve(text));
        socket.end(bytes);
      });
    for (let i = 0; i < 300; i++) {
      const text = await raw(i < lines.length ? (lines[i] ?? "") : Buffer.from(Array.from({ length: 1 + frames.below(300) }, () => frames.below(256))));
      expect(text).not.toMatch(/^HTTP\/1.1 [23]/);
    }
    await expectUnharmed();
  });
});

describe("limits", () => {
  test("a foreign origin and a foreign host open no socket", async () => {
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { host: "evil.example" }])
      expect(await knock(main.node.lan, {}, headers)).toMatchObject({ open: false, body: { code: "access.wrong-origin" } });
  });

  test("calls beyond the limit of one connection end it, and free what they held", async () => {
    const socket = rawSockets.socket(main.node, main.token);
    await new Promise((resolve) => socket.once("open", resolve));
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    for (let i = 0; i < 200; i++) socket.send(JSON.stringify({ i: String(i), p: { u: "/rack/watch" } }));
    expect(await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, WAIT_MS, "still open"))])).toBe(1008);
    socket.terminate();
    await expectUnharmed();
  });

  test("the same id twice, answers nobody asked for and aborts of nothing harm nobody", async () => {
    const socket = rawSockets.socket(main.node, main.token);
    await new Promise((resolve) => socket.once("open", resolve));
    const got: string[] = [];
    socket.on("message", (data) => got.push((data as Buffer).toString()));
    for (const frame of [
      { i: "1", p: { u: "/access/me" } },
      { i: "1", p: { u: "/access/me" } },
      { i: "9", t: 4 },
      { i: "2", p: { u: "/rack/watch" } },
      { i: "2", t: 4 },
      { i: "2", t: 4 },
      { i: "3", p: { u: "/access/me" } },
    ])
      socket.send(JSON.stringify(frame));
    await until("an answer", 3000, () => got.some((text) => text.startsWith('{"i":"3"')));
    socket.terminate();
    await expectUnharmed();
  });

  test("what a page must not send through the desktop's port ends the port", async () => {
    for (const value of [7, null, { i: "1" }, [1], new Map([["a", 1]]), true]) {
      const { port, end } = rawPort(main.node);
      const closed = new Promise<void>((resolve) => port.once("close", () => resolve()));
      port.postMessage(value);
      await closed;
      end();
    }
    await expectUnharmed();
  });

  test("a session's cookie without the page's own origin changes nothing", async () => {
    const headers = { cookie: `aos_${main.node.id.slice(0, 8)}=${main.token}` };
    expect(await http(main.node, "/api/rack/settings", { method: "PUT", headers, body: { units: 9 } })).toMatchObject({
      status: 403,
      body: { code: "access.wrong-origin" },
    });
    expect(
      await http(main.node, "/api/rack/settings", { method: "PUT", headers: { ...headers, origin: "https://evil.example" }, body: { units: 9 } }),
    ).toMatchObject({ status: 403 });
    expect((await refusalOf(main.owner.ask((client) => client.rack.settings.get()))).code).toBe("answered");
    await expectUnharmed();
  });
});
