import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../../kernel/log.ts";
import { detectCapabilities } from "./capabilities.ts";
import { removeCgroup } from "./cgroup.ts";
import type { Capabilities } from "./domain/capabilities.ts";
import type { Group } from "./domain/group.ts";
import { createReaper } from "./reaper.ts";
import { createFakeClock } from "../../rack/health/fake-clock.ts";
import { createProcesses } from "./processes.ts";
import { startBench, unconfined, type Bench } from "./testing/bench.ts";
import { hostile } from "./testing/hostile.ts";

const found = await detectCapabilities({ instance: "test-kill", log: silentLog });
if (found.cgroup !== null) removeCgroup(found.cgroup);
const wait = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
const never = new AbortController().signal;

/** Each way of finding and killing, without the others' help. */
const ways: { name: string; can: boolean; capabilities: (instance: string) => Promise<Capabilities> | Capabilities }[] = [
  { name: "by sweeping the process table", can: process.platform === "linux", capabilities: unconfined },
  {
    name: "by cgroup.kill",
    can: found.cgroup !== null,
    capabilities: async (instance) => ({ ...unconfined(), cgroup: (await detectCapabilities({ instance, log: silentLog })).cgroup }),
  },
  {
    name: "by a PID namespace",
    can: found.pids === "namespace",
    capabilities: () => ({ ...found, cgroup: null }),
  },
];

/** Processes that carry a run's mark, or are named in its report as living. */
const marked = (instance: string): number[] => {
  const processes = createProcesses();
  const rows = processes.rows().filter((row) => !row.zombie);
  return [...processes.marks(rows)].filter(([, mark]) => mark.startsWith(`${instance}.`)).map(([pid]) => pid);
};

describe.each(ways)("tools die $name", ({ can, capabilities }) => {
  let bench: Bench;
  beforeAll(async () => {
    if (can) bench = await startBench(capabilities);
  });
  afterAll(async () => {
    await bench?.stop();
  });

  const kinds = Object.entries(hostile);
  it.skipIf(!can)("all of them within 3 s of the latch, whatever they do against it", async () => {
    const home = bench.custody.home("agent-1");
    const runs = [];
    for (const [kind, script] of kinds) {
      const out = join(home, `${kind}.log`);
      const run = await bench.custody.spawn(bench.spec({ command: "sh", args: ["-c", script], env: { OUT: out }, act: kind }), never);
      runs.push({ kind, out, run });
    }
    await wait(700);
    for (const { out, kind } of runs) expect(existsSync(out), `${kind} ran`).toBe(true);
    const pressedAt = Date.now();
    bench.fence.close();
    const report = await bench.keeper.killAll();
    const after = Date.now();
    const ends = await Promise.all(runs.map(({ run }) => run.done));
    await wait(400);

    for (const { kind, out } of runs) {
      // SIGTERM may end the `date` of a line half written: that line has no time.
      const times = readFileSync(out, "utf8")
        .split("\n")
        .map((line) => Number(line.split(" ")[1]))
        .filter((at) => at > 0);
      const last = times.at(-1) ?? Number.NaN;
      expect(last - pressedAt, `${kind}: last line`).toBeLessThan(3000);
      expect(last, `${kind}: nothing after the report`).toBeLessThanOrEqual(after);
    }
    expect(report.groups.map((group) => group.act).toSorted()).toEqual(kinds.map(([kind]) => kind).toSorted());
    expect(report.groups.flatMap((group) => group.alive)).toEqual([]);
    const of = (act: string) => report.groups.find((group) => group.act === act);
    expect(of("obedient")?.byKill).toEqual([]);
    expect(of("obedient")?.ms).toBeLessThan(1500);
    expect(of("ignoresTerm")?.byKill.length).toBeGreaterThan(0);
    expect(of("ignoresTerm")?.ms).toBeGreaterThanOrEqual(2000);
    expect(ends.map((end) => end.outcome)).toEqual(kinds.map(() => "stopped"));
    expect(await bench.keeper.alive()).toBe(0);
    expect(marked(runs[0]?.run.token.split(".")[0] ?? "none")).toEqual([]);
  });
});

describe("the keeper", () => {
  let bench: Bench | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });

  it("kills while the daemon's own loop is blocked", async () => {
    bench = await startBench(unconfined);
    const out = join(bench.custody.home("agent-1"), "out.log");
    await bench.custody.spawn(bench.spec({ command: "sh", args: ["-c", hostile.ignoresTerm], env: { OUT: out } }), never);
    await expect.poll(() => existsSync(out)).toBe(true);
    const pressedAt = Date.now();
    const stopped = bench.keeper.killAll();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3200);
    // Nobody but the keeper's thread has run since the order.
    const last = Number(readFileSync(out, "utf8").trim().split("\n").at(-1)?.split(" ")[1]);
    expect(last - pressedAt).toBeLessThan(3000);
    expect((await stopped).groups[0]?.alive).toEqual([]);
  });

  it("a tool that ends by itself takes along what it left in the background", async () => {
    bench = await startBench(unconfined);
    const out = join(bench.custody.home("agent-1"), "out.log");
    const run = await bench.custody.spawn(
      bench.spec({ command: "sh", args: ["-c", hostile.doubleForks.replace("sleep 60", 'while [ ! -s "$OUT" ]; do sleep 0.05; done')], env: { OUT: out } }),
      never,
    );
    const { outcome, end } = await run.done;
    expect(outcome).toBe("done");
    expect(end?.byKill.length).toBeGreaterThan(0);
    const length = readFileSync(out, "utf8").length;
    await wait(300);
    expect(readFileSync(out, "utf8").length).toBe(length);
  });

  it("what can't be killed is said, not left out", async () => {
    const clock = createFakeClock();
    const reaper = createReaper({
      clock,
      processes: { rows: () => [{ pid: 77, ppid: 1, pgid: 77, sid: 77, startedAt: "a", zombie: false }], marks: () => new Map(), signal: () => true },
      spared: new Set([1]),
      onError: (error) => expect.fail(String(error)),
    });
    const group: Group = { token: "t", epoch: 1, pid: 77, startedAt: "a", cgroup: null, act: "a", agent: "b", command: "c" };
    reaper.track(group);
    const stopped = reaper.killAll();
    clock.pass(6000);
    expect((await stopped).groups).toMatchObject([{ alive: [77], byTerm: [], byKill: [] }]);
    expect(reaper.alive()).toBe(1);
    expect(reaper.tracked()).toEqual([group]);
  });

  it("a process table that can't be read counts as living, and its tools are killed all the same", async () => {
    const clock = createFakeClock();
    let errors = 0;
    const sent: string[] = [];
    const rows = () => {
      throw new Error("no table");
    };
    const reaper = createReaper({
      clock,
      processes: { rows, marks: () => new Map(), signal: (pid, name) => sent.push(`${name} ${pid}`) > 0 },
      spared: new Set([1]),
      onError: () => void (errors += 1),
    });
    reaper.track({ token: "t", epoch: 1, pid: 77, startedAt: "a", cgroup: null, act: "a", agent: "b", command: "c" });
    const stopped = reaper.killAll();
    clock.pass(8000);
    expect((await stopped).groups).toMatchObject([{ alive: [77] }]);
    expect(errors).toBeGreaterThan(10);
    expect(sent.slice(0, 2)).toEqual(["SIGTERM -77", "SIGKILL -77"]);
  });
});
