import { createHash } from "node:crypto";
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

describe("what does not", () => {
  const refusedAs = async (text: string, reason: string) => {
    expect(text).toContain(`{"refused":"${reason}"}`);
    expect(bench.refused.at(-1)?.reason).toBe(reason);
    expect(await bench.ledger.list()).toEqual([]);
    expect(far.received).toEqual([]);
  };
  const get = (host: string) => talk([request(`GET http://${host}/`, "Connection: close")]);

  it("a sender without a token, with a wrong one, or with one that was taken back", async () => {
    const line = `CONNECT far.test:${far.port} HTTP/1.1\r\nHost: far.test\r\n`;
    expect((await talk([`${line}\r\n`])).text).toMatch(/^HTTP\/1\.1 407 [^]*proxy-authenticate: Basic/);
    await refusedAs((await talk([`${line}Proxy-Authorization: Bearer wrong\r\n\r\n`])).text, "unknown-sender");
    const { token, revoke } = bench.egress.admit(bench.traveller);
    revoke();
    await refusedAs((await talk([`${line}Proxy-Authorization: Bearer ${token}\r\n\r\n`])).text, "unknown-sender");
  });

  it("what the policy refuses", async () => {
    await refusedAs((await get(`denied.test:${far.port}`)).text, "policy");
  });

  it.each([
    ["throws", () => Promise.reject(new Error("broken"))],
    [
      "throws at once",
      () => {
        throw new Error("broken");
      },
    ],
    ["never answers", () => new Promise<never>(() => {})],
    ["answers nonsense", async () => JSON.parse('{"allow":"true","class":"8a","approvedBy":"x"}')],
    ["answers nothing", async () => JSON.parse("null")],
    ["allows without saying who", async () => JSON.parse('{"allow":true,"class":"8a"}')],
    ["allows an unknown class", async () => JSON.parse('{"allow":true,"class":"9","approvedBy":"x"}')],
  ])("anything when the policy %s", async (_what, decide) => {
    await begin({ policy: { decide } });
    await refusedAs((await get(`far.test:${far.port}`)).text, "policy-unavailable");
  });

  it("anything when the owner's list can't be read", async () => {
    await begin({
      owner: () => {
        throw new Error("unreadable");
      },
    });
    await refusedAs((await get(`far.test:${far.port}`)).text, "policy-unavailable");
  });

  it.each([
    ["throws", () => Promise.reject(new Error("disk full"))],
    ["hangs", () => new Promise<never>(() => {})],
  ])("anything when the ledger %s", async (_what, open) => {
    await begin({ ledger: { open, close: async () => {} } });
    const { text } = await get(`far.test:${far.port}`);
    expect(text).toContain('{"refused":"ledger-unavailable"}');
    expect(far.received).toEqual([]);
  });

  it("in isolated mode, a host that the owner did not list, and nobody even asks for its address", async () => {
    bench.owner.list = { ...bench.owner.list, mode: "isolated", hosts: ["far.test"], inside: [`far.test:${far.port}`] };
    await refusedAs((await get("elsewhere.test")).text, "isolated");
    expect(bench.asked).toEqual([]);
    expect((await get(`far.test:${far.port}`)).text).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(() => far.received.length).toBe(1);
  });

  it("a host that the run did not declare", async () => {
    const { token } = bench.egress.admit({ ...bench.traveller, hosts: ["far.test"] });
    const { text } = await talk([
      `GET http://other.test:${far.port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    ]);
    await refusedAs(text, "host-not-declared");
  });

  it.each(["127.0.0.1", "localhost.test", "[::1]", "0x7f.1", "2130706433", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"])(
    "a place inside that the owner did not list: %s",
    async (host) => {
      await refusedAs((await get(`${host}:${far.port}`)).text, "address-inside");
      const { text } = await talk([request(`CONNECT ${host}:${far.port}`)]);
      await refusedAs(text, "address-inside");
    },
  );

  it("a name that has an inside address among public ones, and a name that changes its address between look and dial", async () => {
    let looks = 0;
    await begin({ resolve: async () => (looks++ === 0 ? ["93.184.215.14", "127.0.0.1"] : ["127.0.0.1"]) });
    await refusedAs((await get("rebind.example")).text, "address-inside");
    // One look for one connection: what was checked is what is dialled.
    expect(looks).toBe(1);
  });

  it("a name that nobody knows", async () => {
    await refusedAs((await get("nowhere.example")).text, "name-not-found");
  });

  it("this daemon's own servers, whatever is listed", async () => {
    await begin({ forbidden: (_address, port) => port === far.port });
    await refusedAs((await get(`far.test:${far.port}`)).text, "address-inside");
  });

  it.each([
    ["both lengths", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["two lengths", ["Content-Length: 5", "Content-Length: 6"]],
    ["a list of lengths", ["Content-Length: 5, 5"]],
    ["an odd length", ["Content-Length: +5"]],
    ["an unknown coding", ["Transfer-Encoding: chunked, gzip"]],
    ["a coding in disguise", ["Transfer-Encoding: xchunked"]],
    ["space before the colon", ["Content-Length : 5"]],
    ["a length that is for this hop", ["Content-Length: 5", "Connection: content-length"]],
    ["an upgrade", ["Connection: Upgrade", "Upgrade: websocket"]],
    ["two hosts", ["Host: y"]],
  ])("a request with %s", async (_what, headers) => {
    const { text } = await talk([request(`POST http://far.test:${far.port}/`, ...headers), "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: far.test\r\n\r\n"], {
      end: true,
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).not.toContain("200 OK");
    expect(far.received).toEqual([]);
    expect(await bench.ledger.list()).toEqual([]);
  });

  it.each([
    ["a path without a host", "GET /"],
    ["https in plain", "GET https://far.test/"],
    ["a user name in the address", "GET http://u:p@far.test/"],
    ["CONNECT without a port", "CONNECT far.test"],
    ["CONNECT to a path", "CONNECT far.test:80/x"],
  ])("%s", async (_what, line) => {
    const { text } = await talk([request(line, "Connection: close")], { end: true });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(far.received).toEqual([]);
  });

  it("a head that is too long, and one that never ends", async () => {
    await begin({ limits: { headersMs: 500 } });
    const { text } = await talk([`GET http://far.test:${far.port}/ HTTP/1.1\r\nX: ${"y".repeat(40_000)}\r\n\r\n`]);
    expect(text).toMatch(/^HTTP\/1\.1 4(00|31) /);
    const from = performance.now();
    await talk([`GET http://far.test:${far.port}/ HTTP/1.1\r\nX: `]);
    expect(performance.now() - from).toBeLessThan(5000);
  });

  it("more connections than one sender may have", async () => {
    await begin({ limits: { connections: 2 } });
    const sockets = [await openTunnel(), await openTunnel()];
    expect((await talk([request(`CONNECT far.test:${far.port}`)])).text).toContain('{"refused":"too-many"}');
    for (const socket of sockets) socket.destroy();
  });

  it("a far server that nobody answers for: the row says failed", async () => {
    bench.owner.list = { ...bench.owner.list, inside: ["far.test:1"] };
    const { text } = await talk([request("CONNECT far.test:1")]);
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect((await rows(1))[0]).toMatchObject({ outcome: "failed", bytesOut: 0, sha256: sha256("") });
  });
});
