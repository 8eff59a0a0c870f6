import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layOut } from "../../build/daemon.ts";
import { startAosd, type Aosd } from "../../demo/aosd.ts";
import { root } from "../levels/child.ts";
import type { Figures } from "../levels/figures.ts";
import { cpuMs, figure, latency, rssMB, until, wait } from "./support/stats.ts";

const ROUNDS = 20;
const IDLE_MS = 30_000;
const flags = (roles: string, discovery: string) => [
  "--lan-host",
  "127.0.0.1",
  "--lan-port",
  "0",
  "--loopback-port",
  "0",
  "--discovery",
  discovery,
  "--roles",
  roles,
];

/** An idle main node for half a minute, after ten seconds to settle. */
async function idle(dir: string, entry: string): Promise<{ cpuPercent: number; rss: number }> {
  const node = await startAosd(join(dir, "idle"), flags("main", "auto"), {}, entry);
  await wait(10_000);
  const before = cpuMs(node.pid);
  await wait(IDLE_MS);
  const used = { cpuPercent: ((cpuMs(node.pid) - before) / IDLE_MS) * 100, rss: rssMB(node.pid) };
  await node.stop();
  return used;
}

/** From spawning the process to its line that it serves, on a folder that has been used before. */
async function starts(dir: string, entry: string): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const began = performance.now();
    const node = await startAosd(join(dir, "start"), flags("main", "off"), {}, entry);
    if (round > 0) took.push(performance.now() - began);
    await node.stop();
  }
  return took;
}

const online = async (main: Aosd, id: string) => (await main.link.ask((client) => client.rack.snapshot())).nodes.find((node) => node.id === id)?.state;

/** A node as main sees it: heard by mDNS after its start, offline after kill -9. The clock runs from spawn and from the signal. */
async function seenAndGone(dir: string, entry: string): Promise<{ seen: number[]; offline: number[] }> {
  const main = await startAosd(join(dir, "main"), flags("main", "auto"), {}, entry);
  const seen: number[] = [];
  const offline: number[] = [];
  const memberDir = join(dir, "member");
  let paired = false;
  for (let round = 0; round < ROUNDS; round++) {
    const name = `seen-${round}`;
    const stranger = startAosd(join(dir, name), [...flags("pool", "auto"), "--name", name], {}, entry);
    seen.push(await until(async () => (await main.link.ask((client) => client.rack.found())).found.some((one) => one.name === name), 20_000));
    const strange = await stranger;
    const member = await startAosd(memberDir, flags("llm", "auto"), {}, entry);
    if (!paired) {
      const window = await member.link.ask((client) => client.access.window.get());
      if (window.state !== "open") throw new Error("the window is closed");
      await main.link.ask((client) => client.rack.node.add({ address: `127.0.0.1:${member.lan}`, code: window.code }));
      paired = true;
    }
    await until(async () => (await online(main, member.id)) === "online", 20_000);
    // At a random moment between two heartbeats.
    await wait(500 + ((round * 137) % 500));
    process.kill(member.pid, "SIGKILL");
    offline.push(await until(async () => (await online(main, member.id)) === "offline", 10_000));
    await Promise.all([member.stop(), strange.stop()]);
  }
  await main.stop();
  return { seen, offline };
}

/** The daemon as it is packaged; beside it its memory when it is run from source, where Node strips the types. */
export async function run(): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), "aos-bench-"));
  try {
    layOut(root, join(dir, "packaged"), null);
    const entry = join(dir, "packaged", "src", "daemon", "main.js");
    const rested = await idle(join(dir, "a"), entry);
    const source = await idle(join(dir, "b"), join(root, "src", "daemon", "main.ts"));
    const started = await starts(dir, entry);
    const { seen, offline } = await seenAndGone(dir, entry);
    return {
      "idle.cpuPercent": figure(rested.cpuPercent, "%", 1, "<= 1"),
      "idle.rssMB": figure(rested.rss, "MB", 1, "<= 120"),
      "idle.fromSource.cpuPercent": figure(source.cpuPercent, "%", 1),
      "idle.fromSource.rssMB": figure(source.rss, "MB", 1),
      ...latency("start.toServingMs", started, "<= 1000"),
      ...latency("seen.afterStartMs", seen, "<= 2000"),
      ...latency("offline.afterKillMs", offline, "<= 3000"),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
