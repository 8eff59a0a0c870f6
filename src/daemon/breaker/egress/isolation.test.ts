import { execFile } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { detectCapabilities } from "../custody/capabilities.ts";
import { removeCgroup } from "../custody/cgroup.ts";
import { startBench, type Bench } from "../custody/testing/bench.ts";
import type { ToolSpec } from "../custody/tool.ts";
import { createDoors } from "./doors.ts";
import { startEgress, startFar, type EgressBench } from "./testing/bench.ts";
import { escape } from "./testing/escape.ts";

const probed = await detectCapabilities({ instance: "test-isolation", log: silentLog });
if (probed.cgroup !== null) removeCgroup(probed.cgroup);
const never = new AbortController().signal;
const own = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;

const listenTcp = (at: { port: number; host: string } | { path: string }) =>
  new Promise<Server>((resolve) => {
    const server = createServer((socket) => socket.on("error", () => socket.destroy()));
    server.listen(at, () => resolve(server));
  });
const portOf = (server: { address(): unknown }) => z.object({ port: z.number() }).parse(server.address()).port;

describe.skipIf(probed.network !== "netns")("a tool in its own network namespace", () => {
  let far: Awaited<ReturnType<typeof startFar>>;
  let egress: EgressBench;
  let bench: Bench;
  let elsewhere: string;
  const servers: Server[] = [];
  const udps: UdpSocket[] = [];
  let asked = 0;
  let places: Record<string, string> = {};

  beforeAll(async () => {
    far = await startFar();
    egress = await startEgress(far.port);
    const doors = createDoors({ egress: egress.egress, capabilities: probed, clock: createClock() });
    bench = await startBench((instance) => detectCapabilities({ instance, log: silentLog }), {
      fence: egress.fence,
      doors,
      base: { path: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", lang: "C.UTF-8" },
    });
    elsewhere = mkdtempSync(join(tmpdir(), "aos-elsewhere-"));
    const here = own ?? "127.0.0.1";
    const udp = async (host: string) => {
      const socket = createSocket("udp4");
      socket.on("message", (_message, from) => {
        asked += 1;
        socket.send("answer", from.port, from.address);
      });
      await new Promise<void>((resolve) => void socket.bind(0, host, () => resolve()));
      udps.push(socket);
      return `${host}:${portOf(socket)}`;
    };
    servers.push(await listenTcp({ port: 0, host: here }));
    servers.push(await listenTcp({ path: join(bench.stateDir, "aosd.sock") }));
    servers.push(await listenTcp({ path: join(elsewhere, "other.sock") }));
    servers.push(await listenTcp({ path: `\0aos-test-${process.pid}` }));
    const [ownTcp] = servers;
    writeFileSync(join(bench.stateDir, "key"), "the daemon's key");
    places = {
      TCP: `127.0.0.1:${far.port}`,
      TCP_OWN: `${here}:${ownTcp ? portOf(ownTcp) : 0}`,
      UDP: await udp("127.0.0.1"),
      UDP_OWN: await udp(here),
      SOCKET: join(bench.stateDir, "aosd.sock"),
      SOCKET_ELSEWHERE: join(elsewhere, "other.sock"),
      ABSTRACT: `aos-test-${process.pid}`,
      STATE_FILE: join(bench.stateDir, "key"),
      STATE_DIR: bench.stateDir,
      DAEMON: String(process.pid),
    };
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    for (const socket of udps) socket.close();
    await bench?.stop();
    await egress?.stop();
    far?.stop();
    if (elsewhere) rmSync(elsewhere, { recursive: true, force: true });
  });
  const run = async (part: Partial<ToolSpec> & Pick<ToolSpec, "command" | "args">) => (await bench.custody.spawn(bench.spec(part), never)).done;
  const ways = z.record(z.string(), z.enum(["reached", "blocked"]));
  const rows = async (act: string) => {
    await expect.poll(async () => (await egress.ledger.list({ act })).every((row) => row.outcome !== "open"), { timeout: 5000 }).toBe(true);
    return egress.ledger.list({ act });
  };

  it("the same program outside of it does get out, so that its failure inside means something", async () => {
    const stdout = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ["-e", escape], { env: { ...places, PATH: process.env["PATH"] } }, (error, text) => (error ? reject(error) : resolve(text)));
    });
    const tried = ways.parse(JSON.parse(stdout));
    for (const way of [
      "tcp to another program's port",
      "tcp to this machine's address",
      "udp, as to a name server",
      "udp to this machine's address",
      "the daemon's socket",
      "a socket elsewhere",
      "an abstract socket",
      "the daemon's state",
      "a signal to the daemon",
    ])
      expect(tried[way], way).toBe("reached");
    // Two connections: by a socket and by curl.
    await expect.poll(() => far.received.length).toBe(2);
    far.received.length = 0;
  });

  it.each(["none", "proxy"] as const)("that dials out by itself reaches nothing (network: %s)", async (network) => {
    asked = 0;
    const result = await run({ command: process.execPath, args: ["-e", escape], env: places, network });
    expect(result.stderr).toBe("");
    const tried = ways.parse(JSON.parse(result.stdout));
    expect(Object.entries(tried).filter(([, how]) => how === "reached")).toEqual([]);
    expect(Object.keys(tried).length).toBe(18);
    expect(asked).toBe(0);
    expect(far.received).toEqual([]);
  });

  it("reaches through the proxy what the policy allows, with one row each whose hash is the far server's", async () => {
    far.received.length = 0;
    const result = await run({
      command: "sh",
      args: [
        "-c",
        'curl -s "http://far.test:$PORT/a"; echo; curl -s -d body "http://other.test:$PORT/b"; echo; curl -s -p "http://far.test:$PORT/c"; echo; curl -s "http://denied.test:$PORT/d"; curl -s -p "http://denied.test:$PORT/e" || echo no tunnel',
      ],
      env: { PORT: String(far.port) },
      network: "proxy",
      act: "act-curl",
    });
    expect(result).toMatchObject({ outcome: "done", stdout: expect.stringMatching(/^got \d+\ngot \d+\ngot \d+\n\{"refused":"policy"\}\nno tunnel\n$/) });
    const list = await rows("act-curl");
    expect(list.map((row) => [row.method, row.host, row.class, row.outcome]).toReversed()).toEqual([
      ["GET", "far.test", "8a", "done"],
      ["POST", "other.test", "8b", "done"],
      ["CONNECT", "far.test", "8a", "done"],
    ]);
    await expect.poll(() => far.received.length).toBe(3);
    expect(list.map((row) => [row.bytesOut, row.sha256]).toReversed()).toEqual(far.received.map((one) => [one.bytes, one.sha256]));
  });

  it("finds no door when it may not use the network", async () => {
    const { stdout } = await run({
      command: "sh",
      args: ["-c", "env | grep -ci proxy; curl -s -m 2 -x http://127.0.0.1:3128 http://far.test/ || echo none"],
      act: "act-none",
    });
    expect(stdout).toBe("0\nnone\n");
    expect(await egress.ledger.list({ act: "act-none" })).toEqual([]);
  });

  it("reaches only the hosts that its run declared", async () => {
    const { stdout } = await run({ command: "curl", args: ["-s", `http://other.test:${far.port}/`], hosts: ["far.test"], network: "proxy" });
    expect(stdout).toBe('{"refused":"host-not-declared"}\n');
  });

  it("sees a private place for temporary files, its folder, and no other tool's", async () => {
    const mine = bench.custody.home("agent-1");
    const other = bench.custody.home("agent-2");
    writeFileSync(join(other, "theirs"), "x");
    const { stdout } = await run({
      command: "sh",
      args: ["-c", `echo 1 >"$TMPDIR/t" && echo 2 >mine && ls "${elsewhere}" "${other}" 2>/dev/null; pwd; ls "$TMPDIR" | head -20`],
    });
    expect(stdout).toContain(`${mine}\n`);
    expect(stdout).not.toMatch(/theirs|other\.sock/);
    expect((await run({ command: "sh", args: ["-c", 'cat mine; ls "$TMPDIR"'] })).stdout).toMatch(/^2\n(?!.*\bt\n)/);
  });

  it("is cut off by the latch in the middle of an answer, and dies", async () => {
    far.received.length = 0;
    const started = await bench.custody.spawn(
      bench.spec({ command: "curl", args: ["-sN", `http://far.test:${far.port}/slow`], network: "proxy", act: "act-slow" }),
      never,
    );
    const lines: string[] = [];
    started.onLine(({ text }) => lines.push(text));
    await expect.poll(() => egress.egress.open()).toBe(1);
    await new Promise((resolve) => void setTimeout(resolve, 200));
    const pressedAt = performance.now();
    egress.fence.close();
    await expect.poll(() => far.received.length, { interval: 5 }).toBe(1);
    const ms = Math.round(performance.now() - pressedAt);
    const report = await bench.keeper.killAll();
    expect(report.groups.flatMap((group) => group.alive)).toEqual([]);
    expect((await started.done).outcome).toBe("stopped");
    expect((await rows("act-slow"))[0]).toMatchObject({ outcome: "cut", sha256: far.received[0]?.sha256 });
    process.stdout.write(`the latch closed the far server's connection after ${ms} ms\n`);
  });
});
