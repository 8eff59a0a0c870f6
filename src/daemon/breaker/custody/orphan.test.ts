import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { silentLog } from "../../kernel/log.ts";
import { detectCapabilities } from "./capabilities.ts";
import { removeCgroup } from "./cgroup.ts";
import { custodyInstance } from "./custody.ts";
import { createProcesses } from "./processes.ts";
import { lives } from "./testing/bench.ts";

const probed = await detectCapabilities({ instance: "test-orphan", log: silentLog });
if (probed.cgroup !== null) removeCgroup(probed.cgroup);
const confined = probed.network === "netns";
const wait = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
const said = z.object({
  outs: z.array(z.string()),
  guardian: z.number(),
  swept: z.array(z.object({ byTerm: z.array(z.number()), byKill: z.array(z.number()), alive: z.array(z.number()) })),
});

const folders: string[] = [];
const daemons: ChildProcess[] = [];
afterEach(() => {
  for (const daemon of daemons.splice(0)) daemon.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(stateDir: string, way: "sweep" | "all", kinds: string[]) {
  const daemon = spawn(process.execPath, [fileURLToPath(new URL("./testing/daemon.ts", import.meta.url)), stateDir, way, ...kinds], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  daemons.push(daemon);
  for await (const line of createInterface({ input: daemon.stdout })) return { daemon, ...said.parse(JSON.parse(line)) };
  throw new Error("the daemon said nothing");
}
const marked = (stateDir: string) => {
  const processes = createProcesses();
  const mark = `${custodyInstance(stateDir)}.`;
  return [...processes.marks(processes.rows().filter((row) => !row.zombie))].filter(([, value]) => value.startsWith(mark)).map(([pid]) => pid);
};
const sizes = (outs: string[]) => outs.map((out) => readFileSync(out, "utf8").length);
const state = () => {
  const folder = mkdtempSync(join(tmpdir(), "aos-orphan-"));
  folders.push(folder);
  return folder;
};
const kinds = ["ignoresTerm", "doubleForks", "wipesEnvironment", "multiplies"];

describe.skipIf(process.platform !== "linux").each([
  { way: "sweep" as const, can: true },
  { way: "all" as const, can: confined },
])("a daemon that was killed ($way)", ({ way, can }) => {
  it.skipIf(!can)("takes its tools along within 3 s", async () => {
    const dir = state();
    const { daemon, outs, guardian } = await start(dir, way, kinds);
    await expect.poll(() => outs.every((out) => existsSync(out)), { timeout: 5000 }).toBe(true);
    expect(marked(dir).length).toBeGreaterThan(kinds.length);
    const killedAt = Date.now();
    daemon.kill("SIGKILL");
    await expect.poll(() => marked(dir), { timeout: 10_000, interval: 50 }).toEqual([]);
    await expect.poll(() => lives(guardian), { timeout: 10_000 }).toBe(false);
    const before = sizes(outs);
    await wait(600);
    expect(sizes(outs)).toEqual(before);
    for (const out of outs) expect(Number(readFileSync(out, "utf8").trim().split("\n").at(-1)?.split(" ")[1]) - killedAt).toBeLessThan(3000);
  });

  it.skipIf(!can)("whose guardian was killed first leaves tools, and its next start ends them before anything else", async () => {
    const dir = state();
    const { daemon, outs, guardian } = await start(dir, way, ["ignoresTerm", "doubleForks"]);
    await expect.poll(() => outs.every((out) => existsSync(out)), { timeout: 5000 }).toBe(true);
    // Stopped first, so that it can't start another guardian.
    daemon.kill("SIGSTOP");
    process.kill(guardian, "SIGKILL");
    await wait(50);
    daemon.kill("SIGKILL");
    await wait(300);
    expect(marked(dir).length).toBeGreaterThan(0);
    const next = await start(dir, way, []);
    expect(next.swept.flatMap((group) => group.byKill).length).toBeGreaterThan(0);
    expect(next.swept.flatMap((group) => group.alive)).toEqual([]);
    expect(marked(dir)).toEqual([]);
    const before = sizes(outs);
    await wait(300);
    expect(sizes(outs)).toEqual(before);
    next.daemon.kill("SIGKILL");
    await expect.poll(() => lives(next.guardian), { timeout: 10_000 }).toBe(false);
  });

  it.skipIf(!can)("gets another guardian when the first dies, and that one knows the tools too", async () => {
    const dir = state();
    const { daemon, outs, guardian } = await start(dir, way, ["ignoresTerm"]);
    await expect.poll(() => outs.every((out) => existsSync(out)), { timeout: 5000 }).toBe(true);
    process.kill(guardian, "SIGKILL");
    await wait(1000);
    daemon.kill("SIGKILL");
    await expect.poll(() => marked(dir), { timeout: 10_000, interval: 50 }).toEqual([]);
  });
});
