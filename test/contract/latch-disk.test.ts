import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seeded } from "./support/hostile.ts";
import { killAroundTrips } from "./support/keeper/kills.ts";
import { closedAfter, eventually, isOpen, mono, startKeeper, startRack, wait, type KeeperNode } from "./support/keeper/rack.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const hasStrace = isRoot && spawnSync("strace", ["-V"]).status === 0;

let dir = "";
const nodes: KeeperNode[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aos-latch-"));
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.kill()));
  rmSync(dir, { recursive: true, force: true });
});
async function keeper({ fresh = false, stateDir = dir, wrap = [] as readonly string[] } = {}): Promise<KeeperNode> {
  const node = await startKeeper({ stateDir, nodeId: "node0", isMain: true, members: [], host: "127.0.0.1", fresh, wrap });
  nodes.push(node);
  return node;
}
const file = () => join(dir, "latch.json");

describe("a latch on disk", () => {
  it("never comes up in RUN after kill -9 around stops, resets and starts", async () => {
    const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
    console.error(`latch: seed ${seed} (AOS_TEST_SEED)`);
    const kills = await killAroundTrips(20, seeded(seed));
    expect(kills).toMatchObject({ kills: 20, cameUpRunning: 0, epochsRose: true });
    expect(kills.inFlight).toBeGreaterThanOrEqual(10);
    expect(kills.recovered).toBe(kills.acknowledged);
  });

  it.each([
    ["deleted", "missing", () => rmSync(file())],
    ["cut short", "truncated", () => truncateSync(file(), 40)],
    ["empty", "truncated", () => truncateSync(file(), 0)],
    ["garbage", "garbage", () => writeFileSync(file(), Buffer.from([0, 255, 1, 2, 3]))],
    ["of another shape", "garbage", () => writeFileSync(file(), "[]")],
    ["changed by hand", "checksum", () => writeFileSync(file(), readFileSync(file(), "utf8").replace('"stopped"', '"run"'))],
    ["read-only", "read-only", () => chmodSync(file(), 0o400)],
    ["of a newer version", "newer-version", () => writeFileSync(file(), JSON.stringify({ v: 2, sum: "" }))],
  ])("that is %s stops and says %s, and goes on above its old epochs", async (_how, why, spoil) => {
    const first = await keeper({ fresh: true });
    await startRack(first, [first]);
    const { epoch } = await first.ask({ do: "trip" });
    await first.kill();
    spoil();
    const node = await keeper();
    expect(await node.ask({ do: "view" })).toMatchObject({ state: "stopped", cause: "unreadable", reason: why });
    expect(await isOpen(node)).toBe(false);
    await startRack(node, [node]);
    expect((await node.ask({ do: "fence" })).epoch).toBeGreaterThan(epoch);
  });

  it.each([
    ["deletes", "missing", () => rmSync(file())],
    ["overwrites", "garbage", () => writeFileSync(file(), "x")],
    ["replaces", "checksum", () => writeFileSync(file(), readFileSync(file(), "utf8").replace('"run"', '"ready"'))],
    ["write-protects", "read-only", () => chmodSync(file(), 0o400)],
  ])("stops when somebody %s it while the rack runs", async (_how, why, spoil) => {
    const node = await keeper({ fresh: true });
    await startRack(node, [node]);
    spoil();
    await eventually("stopped", async () => !(await isOpen(node)), 3000);
    await eventually("written anew", async () => (await node.ask({ do: "view" })).onDisk);
    expect(await node.ask({ do: "view" })).toMatchObject({ state: "stopped", cause: "unreadable", reason: why });
    expect(existsSync(file())).toBe(true);
  });

  it("keeps the first cause of a stop and its reason over a restart", async () => {
    const first = await keeper({ fresh: true });
    await startRack(first, [first]);
    await first.ask({ do: "trip" });
    await first.ask({ do: "note", reason: "손님께 잘못된 답장이 나갔어요" });
    await eventually("on disk", async () => (await first.ask({ do: "view" })).onDisk);
    await first.kill();
    expect(await (await keeper()).ask({ do: "view" })).toMatchObject({
      state: "stopped",
      cause: "person",
      by: { name: "owner" },
      reason: "손님께 잘못된 답장이 나갔어요",
    });
  });
});

describe.runIf(isRoot)("a latch on a bad disk (mounts)", () => {
  let mounted = "";
  beforeEach(() => {
    mounted = mkdtempSync(join(tmpdir(), "aos-latch-disk-"));
    sh("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", mounted);
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.kill()));
    sh("umount", mounted);
    rmSync(mounted, { recursive: true });
  });

  it("closes on a full disk, says that the stop is not on disk yet, and writes it when there is room", async () => {
    const node = await keeper({ fresh: true, stateDir: mounted });
    await startRack(node, [node]);
    spawnSync("dd", ["if=/dev/zero", `of=${join(mounted, "filler")}`, "bs=1M"]);
    const since = mono();
    const answer = node.ask({ do: "trip" });
    expect((await closedAfter([node], since)).get("node0")).toBeLessThan(250);
    expect(await answer).toMatchObject({ ok: true, onDisk: false });
    expect(await node.ask({ do: "view" })).toMatchObject({ state: "stopped", onDisk: false, diskWhy: "disk-full", mayReset: false });
    expect(await node.ask({ do: "reset" })).toEqual({ ok: false, code: "checks" });
    rmSync(join(mounted, "filler"));
    await eventually("on disk", async () => (await node.ask({ do: "view" })).onDisk);
    await node.kill();
    expect(await (await keeper({ stateDir: mounted })).ask({ do: "view" })).toMatchObject({ state: "stopped", cause: "person" });
  });

  it("is not started on a disk that takes nothing, full or read-only, and comes up stopped on it", async () => {
    const first = await keeper({ fresh: true, stateDir: mounted });
    await eventually("a reset", async () => (await first.ask({ do: "view" })).mayReset);
    expect(await first.ask({ do: "reset" })).toMatchObject({ ok: true });
    sh("mount", "-o", "remount,ro", mounted);
    expect(await first.ask({ do: "start" })).toEqual({ ok: false, code: "not-on-disk" });
    expect(await isOpen(first)).toBe(false);
    await first.kill();
    const node = await keeper({ stateDir: mounted });
    await eventually("the reason", async () => (await node.ask({ do: "view" })).diskWhy === "read-only");
    expect(await node.ask({ do: "view" })).toMatchObject({ state: "stopped", onDisk: false, mayReset: false });
    sh("mount", "-o", "remount,rw", mounted);
    await eventually("on disk", async () => (await node.ask({ do: "view" })).onDisk);
  });
});

describe.runIf(hasStrace)("a latch under strace", () => {
  it("flushes the file and the folder before it says that the stop is on disk", async () => {
    const trace = join(dir, "trace");
    const node = await keeper({
      fresh: true,
      wrap: ["strace", "-f", "-tt", "-y", "-s", "300", "-e", "trace=fsync,fdatasync,rename,renameat2,write,sendto", "-o", trace],
    });
    await startRack(node, [node]);
    const mark = readFileSync(trace, "utf8").length;
    expect(await node.ask({ do: "trip" })).toMatchObject({ onDisk: true });
    await wait(300);
    const lines = readFileSync(trace, "utf8").slice(mark).split("\n");
    const at = (what: RegExp) => lines.findIndex((line) => what.test(line));
    const wrote = at(/write\(.*latch\.json\.new.*\\"state\\":\\"stopped\\"/);
    const flushed = at(/fsync.*latch\.json\.new.*(= 0|unfinished)/);
    const renamed = at(/rename.*latch\.json\.new/);
    const folder = lines.findIndex((line, index) => index > renamed && /fsync/.test(line));
    const told = at(/write\(1<.*\\"onDisk\\":true/);
    expect(
      [wrote, flushed, renamed, folder, told].every((index) => index >= 0),
      lines.join("\n"),
    ).toBe(true);
    expect([wrote, flushed, renamed, folder, told]).toEqual([wrote, flushed, renamed, folder, told].toSorted((a, b) => a - b));
  });

  it("closes at once while the disk hangs, and is on disk when it wakes", async () => {
    const node = await keeper({ fresh: true });
    await startRack(node, [node]);
    const tracer = spawn(
      "strace",
      ["-f", "-q", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=2000000", "-o", join(dir, "trace"), "-p", String(node.pid)],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const tracing = new Promise((resolve) => tracer.once("close", resolve));
    await wait(800);
    const since = mono();
    const answer = node.ask({ do: "trip" });
    expect((await closedAfter([node], since)).get("node0")).toBeLessThan(250);
    expect(await answer).toMatchObject({ ok: true, onDisk: false });
    expect(await node.ask({ do: "view" })).toMatchObject({ state: "stopped", onDisk: false, diskWhy: "writing", mayReset: false });
    await eventually("on disk", async () => (await node.ask({ do: "view" })).onDisk, 8000);
    tracer.kill("SIGINT");
    await tracing;
  });
});

function sh(command: string, ...args: string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
}
