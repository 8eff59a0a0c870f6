import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeChannel, type FakePort } from "../../test/fakes/electron/ports.ts";
import { createPortClient, startRpcServer } from "../../test/fakes/electron/rpc-server.ts";
import { createClock } from "./clock.ts";
import { createForwarder, forwarderLimits, type ForwarderLimits, type Socket } from "./forwarder.ts";
import { answers, openLocal } from "./local-socket.ts";

let folder = "";
let path = "";
let server: Awaited<ReturnType<typeof startRpcServer>>;
beforeEach(async () => {
  // A space and a colon, as in "Application Support": the reason why the path never becomes part of a URL.
  folder = mkdtempSync(join(tmpdir(), "aos fw: "));
  path = join(folder, "aosd.sock");
  server = await startRpcServer(path);
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function join2(dial?: () => Promise<Socket>, limits: ForwarderLimits = forwarderLimits) {
  const log: string[] = [];
  const forwarder = createForwarder({
    dial: dial ?? (() => openLocal(path, limits.frameBytes)),
    clock: createClock(),
    log: (_level, _event, fields) => log.push(String(fields?.["reason"])),
    limits,
  });
  const { port1, port2 } = new FakeChannel();
  const closed = new Promise<void>((resolve) => port2.once("close", () => resolve()));
  const detach = forwarder.attach(port1);
  return { page: port2, closed, detach, log };
}
const say = (page: FakePort, message: unknown) => {
  page.start();
  page.postMessage(message, []);
};

describe("the forwarder", () => {
  test("carries calls, bytes and streams between a page's port and the local socket", async () => {
    const { page } = join2();
    const client = createPortClient(page);
    expect(await client.greet({ name: "사장님" })).toEqual({ text: "안녕하세요, 사장님" });
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    expect(new Uint8Array(await (await client.mirror(new Blob([bytes]))).arrayBuffer())).toEqual(bytes);
    const counted: number[] = [];
    for await (const n of await client.count({ to: 50 })) counted.push(n);
    expect(counted).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(server.vias).toEqual(["ipc"]);
  });

  test("frames sent before the socket is open wait and arrive in order", async () => {
    const { page } = join2(async () => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      return openLocal(path, forwarderLimits.frameBytes);
    });
    const client = createPortClient(page);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.greet({ name: String(i) })));
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, i) => `안녕하세요, ${String(i)}`));
  });

  test("the page's end closes when aosd goes, and a new port works once it is back", async () => {
    const first = join2();
    await createPortClient(first.page).greet({ name: "a" });
    await server.stop();
    await first.closed;
    server = await startRpcServer(path);
    expect(await createPortClient(join2().page).greet({ name: "b" })).toEqual({ text: "안녕하세요, b" });
  });

  test("aosd's end closes when the page goes, and its streams end", async () => {
    const { page } = join2();
    const client = createPortClient(page);
    const stream = await client.count({ to: 100_000 });
    await stream.next();
    expect(server.streams()).toBe(1);
    page.close();
    await vi.waitFor(() => expect([server.open.size, server.streams()]).toEqual([0, 0]));
  });

  test("detaching ends both ends", async () => {
    const { page, closed, detach } = join2();
    await createPortClient(page).greet({ name: "a" });
    detach();
    await closed;
    await vi.waitFor(() => expect(server.open.size).toBe(0));
  });

  test("a page is told by its port that nobody is there", async () => {
    const { page, closed, log } = join2(() => openLocal(join(folder, "nobody.sock"), 1000));
    page.start();
    await closed;
    expect(log[0]).toMatch(/^unreachable: .*ENOENT/);
  });

  test.each([
    ["an object", { type: "hostile" }, "not-a-frame"],
    ["a number", 7, "not-a-frame"],
    ["a frame that is too large", "x".repeat(2000), "frame-too-large"],
    ["bytes that are too many", new Uint8Array(2000), "frame-too-large"],
  ])("%s ends the connection and never reaches aosd", async (_name, message, reason) => {
    const { page, closed, log } = join2(undefined, { ...forwarderLimits, frameBytes: 1000 });
    say(page, message);
    await closed;
    expect(log).toContain(reason);
  });

  test("a page that sends without end to an aosd that is not there is cut off", async () => {
    const { page, closed, log } = join2(() => new Promise(() => undefined), { ...forwarderLimits, waitingBytes: 10_000 });
    for (let i = 0; i < 20; i++) say(page, "x".repeat(1000));
    await closed;
    expect(log).toContain("too-much-waiting");
  });

  test("an aosd that does not read is cut off", async () => {
    const { page, closed, log } = join2(
      async () => {
        const socket = await openLocal(path, 1 << 20);
        Object.defineProperty(socket, "bufferedAmount", { get: () => 20_000 });
        return socket;
      },
      { ...forwarderLimits, waitingBytes: 10_000 },
    );
    say(page, "{}");
    await closed;
    expect(log).toContain("aosd-too-slow");
  });

  test("a flood from aosd is paced: its socket is paused, and nothing is lost", async () => {
    const paused: string[] = [];
    const { page } = join2(
      async () => {
        const socket = await openLocal(path, 1 << 20);
        const pause = socket.pause.bind(socket);
        socket.pause = () => {
          paused.push("pause");
          pause();
        };
        return socket;
      },
      { ...forwarderLimits, paceBytes: 100, paceMs: 20 },
    );
    const counted: number[] = [];
    for await (const n of await createPortClient(page).count({ to: 200 })) counted.push(n);
    expect(counted).toHaveLength(200);
    expect(paused.length).toBeGreaterThan(0);
  });

  test("bytes that stand in a larger buffer take nothing of it along", async () => {
    const got: unknown[] = [];
    const { page } = join2(async () => {
      const socket = await openLocal(path, 1 << 20);
      socket.send = (data: unknown) => void got.push(data);
      return socket;
    });
    say(page, new Uint8Array(64).fill(9).subarray(10, 14));
    await vi.waitFor(() => expect(got).toHaveLength(1));
    expect(got[0]).toEqual(Uint8Array.from([9, 9, 9, 9]).buffer);
  });
});

test("a socket is asked whether somebody listens", async () => {
  expect([await answers(path), await answers(join(folder, "nobody.sock"))]).toEqual([true, false]);
});
