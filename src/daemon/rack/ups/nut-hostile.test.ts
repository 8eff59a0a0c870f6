import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startSimulatedUpsd } from "../../../../demo/simulated-upsd/server.ts";
import { upsView } from "../../../contract/rack.ts";
import { watchNut } from "./fake-console.ts";

/** A port at which a good server and a bad one take turns: what the bad one does is chosen before each test. */
const good = await startSimulatedUpsd({ port: 0, scenario: "normal" });
let mischief: ((socket: Socket) => void) | null = null;
let met = 0;
const open = new Set<Socket>();
const server = createServer((socket) => {
  open.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => open.delete(socket));
  if (mischief !== null) {
    met += 1;
    mischief(socket);
    return;
  }
  const inner = connect({ host: "127.0.0.1", port: good.port });
  inner.on("error", () => socket.destroy());
  inner.on("close", () => socket.destroy());
  socket.on("close", () => inner.destroy());
  socket.pipe(inner).pipe(socket);
});
let port = 0;
beforeAll(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterEach(() => {
  mischief = null;
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
  await good.stop();
});

const answers = (say: (line: string) => string | Buffer | null) => (socket: Socket) => {
  socket.on("data", (chunk) => {
    for (const line of chunk.toString("utf8").split("\n").filter(Boolean)) {
      const answer = say(line);
      if (answer !== null && !socket.destroyed) socket.write(answer);
    }
  });
};
const flood = (piece: () => Buffer | string) => (socket: Socket) => {
  const more = () => {
    while (!socket.destroyed && socket.write(piece()));
  };
  socket.on("drain", more);
  more();
};

const misdeeds: readonly { name: string; does: (socket: Socket) => void; problem: string }[] = [
  { name: "random bytes", does: flood(() => randomBytes(4096)), problem: "garbage" },
  { name: "a line without end", does: flood(() => "x".repeat(4096)), problem: "garbage" },
  { name: "random bytes in place of each answer", does: answers(() => Buffer.concat([randomBytes(200), Buffer.from("\n")])), problem: "garbage" },
  { name: "a list without end", does: answers((line) => `BEGIN ${line}\n${'UPS a "b"\n'.repeat(3000)}`), problem: "garbage" },
  { name: "a list of something else", does: answers(() => "BEGIN LIST CLIENT a\nEND LIST CLIENT a\n"), problem: "garbage" },
  {
    name: "variables of another UPS",
    does: answers((line) =>
      line === "LIST UPS" ? 'BEGIN LIST UPS\nUPS a "b"\nEND LIST UPS\n' : 'BEGIN LIST VAR a\nVAR other ups.status "OL"\nEND LIST VAR a\n',
    ),
    problem: "garbage",
  },
  { name: "an empty list", does: answers(() => "BEGIN LIST UPS\nEND LIST UPS\n"), problem: "unknown-ups" },
  { name: "errors that nobody knows", does: answers(() => "ERR MOOD-BAD\n"), problem: "garbage" },
  { name: "half an answer and then nothing", does: answers(() => "BEGIN LIST U"), problem: "timeout" },
  { name: "no answer at all", does: answers(() => null), problem: "timeout" },
  { name: "a closed door", does: (socket) => socket.destroy(), problem: "refused" },
  { name: "a close in the middle of an answer", does: (socket) => socket.once("data", () => socket.end("BEGIN LIST UPS\nUPS a")), problem: "refused" },
];

describe("a server that gives", () => {
  test.each(misdeeds)("$name is survived, shown as unknown, and recovered from", async ({ does, problem }) => {
    mischief = does;
    met = 0;
    const client = watchNut({ port });
    try {
      const { view } = await client.until((one) => one.problem === problem, 8000);
      expect(upsView.parse(view)).toMatchObject({ state: "unknown", lowBattery: false, chargePercent: "unknown", runtimeSeconds: "unknown" });
      expect(met).toBeGreaterThan(0);
      mischief = null;
      expect((await client.until((one) => one.state === "on-line", 15_000)).view).toMatchObject({ problem: null, chargePercent: 100 });
    } finally {
      client.stop();
    }
  });

  test("garbage while on line keeps the old values with their age, and never calls them live", async () => {
    const client = watchNut({ port });
    try {
      await client.until((one) => one.state === "on-line");
      mischief = flood(() => randomBytes(4096));
      for (const socket of open) socket.destroy();
      const { view } = await client.until((one) => one.state === "unreachable");
      expect(view).toMatchObject({ chargePercent: 100, status: ["OL"], lowBattery: false });
      expect(view.problem).not.toBeNull();
      expect(view.ageMs).toBeGreaterThan(3000);
    } finally {
      client.stop();
    }
  });

  test("nothing but trouble is not asked faster and faster: the wait grows, and holds no memory", async () => {
    mischief = flood(() => randomBytes(65_536));
    met = 0;
    const client = watchNut({ port });
    try {
      await client.until((one) => one.problem === "garbage");
      const before = process.memoryUsage.rss();
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, 6000);
      await promise;
      expect(met).toBeGreaterThanOrEqual(2);
      expect(met).toBeLessThanOrEqual(7);
      expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 2 ** 20);
      expect(open.size).toBeLessThanOrEqual(1);
    } finally {
      client.stop();
    }
  });
});
