import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layCable } from "../../src/daemon/breaker/button/testing/cable.ts";
import type { Figures } from "../levels/figures.ts";
import { figure, percentile, until, wait } from "./support/stats.ts";
import { startAosdRack } from "./support/stop/aosd.ts";
import { startKeeperRack } from "./support/stop/keepers.ts";
import { startButton, type Button } from "./support/stop/press.ts";
import type { StopRack } from "./support/stop/rack.ts";
import { mono, startProber, watchStop, type Prober } from "./support/stop/rounds.ts";
import { lastLineAt, lastOfAll, tools, writes, type ToolKind } from "./support/stop/tools.ts";

const number = (name: string, usual: number) => Number(process.env[name] ?? usual);
const PRESSES = number("AOS_STOP_PRESSES", 100);
const ROUNDS = number("AOS_STOP_ROUNDS", 20);
/** Each so many-th press falls on tools that work. */
const TOOLS_EVERY = 5;
const BLOCK_MS = 3000;

interface Stand {
  rack: StopRack;
  button: Button;
  probers: Map<string, Prober>;
  dir: string;
}

/** Figures of latencies: what the goal is about under its own name, the rest beside it. */
function spread(key: string, values: readonly number[], goal: string | null): Figures {
  const [stem = key] = key.split(/(?:P99|Max)Ms$/);
  const all = { P50Ms: percentile(values, 0.5), P99Ms: percentile(values, 0.99), MaxMs: values.length === 0 ? Number.NaN : Math.max(...values) };
  return Object.fromEntries(
    Object.entries(all).map(([end, value]) => [`${stem}${end}`, figure(value, "ms", values.length, `${stem}${end}` === key ? goal : null)]),
  );
}

/** Released, reset and started, with every gate open. */
async function running({ rack, button }: Stand): Promise<void> {
  await button.release();
  await until(async () => (await rack.state()).mayReset, 20_000, 20);
  if (!(await rack.reset())) throw new Error("the reset was refused");
  const started = await rack.start();
  const open = async () => (await rack.state()).open === rack.nodes.length;
  await until(open, 10_000, 20).catch(async (error: unknown) => {
    throw new Error(`the rack did not start (${started}): ${JSON.stringify(await rack.state())}`, { cause: error });
  });
}

const press = ({ button }: Stand) => button.press();
const all = (stand: Stand) => [...stand.probers.values()];
/** Somewhere between two leases. */
const moment = (round: number) => (round * 37) % 100;
const slowest = (closed: ReadonlyMap<string, number>) => Math.max(...closed.values());

/** Presses on a running rack, each fifth on working tools: one polite, one that ignores SIGTERM, one that double-forks, one that spins. */
async function presses(stand: Stand): Promise<{ closed: number[]; dead: number[] }> {
  const closed: number[] = [];
  const dead: number[] = [];
  for (let round = 0; round < PRESSES; round++) {
    await running(stand);
    const files: string[] = [];
    if (round % TOOLS_EVERY === 0) {
      for (const [index, kind] of (Object.keys(tools) as ToolKind[]).entries()) {
        const file = join(stand.rack.toolDir, `${round}-${kind}`);
        await stand.rack.nodes[(index + round / TOOLS_EVERY) % stand.rack.nodes.length]?.tool(tools[kind](file));
        await writes(file);
        files.push(file);
      }
    }
    let pressedAt = 0;
    const cause = () => {
      pressedAt = Date.now();
      return press(stand);
    };
    const result = await watchStop(all(stand), cause, { atMs: moment(round) });
    closed.push(...result.closed.values());
    if (files.length > 0) dead.push((await lastOfAll(files)) - pressedAt);
  }
  return { closed, dead };
}

/** Main killed or frozen under a running rack: its members close by themselves. */
async function authority(stand: Stand, signal: "SIGKILL" | "SIGSTOP"): Promise<number[]> {
  const closed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await running(stand);
    const main = stand.rack.nodes[0];
    const pid = main?.pid() ?? 0;
    const cause = () => {
      const at = mono();
      process.kill(pid, signal);
      return at;
    };
    const after = async () => {
      if (signal !== "SIGSTOP") return;
      process.kill(pid, "SIGCONT");
      await wait(300);
    };
    closed.push(slowest((await watchStop(all(stand), cause, { mute: [main?.name ?? ""], atMs: moment(round), after })).closed));
    if (signal === "SIGKILL") await restartMain(stand);
  }
  return closed;
}
async function restartMain(stand: Stand): Promise<void> {
  const name = stand.rack.nodes[0]?.name ?? "";
  await stand.rack.restartMain();
  stand.probers.get(name)?.stop();
  const gate = stand.rack.nodes[0]?.gate();
  if (gate) stand.probers.set(name, startProber(name, gate));
}

/**
 * A press while main's and one member's main loops hang. A loop that hangs answers nobody: the other gates are asked from
 * outside, on the hung ones the last line of a tool counts, or what code in the loop saw of the gate.
 */
async function blocked(stand: Stand): Promise<number[]> {
  const closed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await running(stand);
    const hung = [stand.rack.nodes[0], stand.rack.nodes[1 + (round % 3)]].filter((node) => node !== undefined);
    const files = hung.map((node) => join(stand.rack.toolDir, `hung-${round}-${node.name}`));
    for (const [index, node] of hung.entries()) {
      await node.tool(tools.polite(files[index] ?? ""));
      await writes(files[index] ?? "");
    }
    let inside: Promise<{ closedAt: number | null }[]> | undefined;
    let [at, wallAt] = [0, 0];
    const cause = async () => {
      inside = Promise.all(hung.map((node) => node.block(BLOCK_MS)));
      await wait(500);
      wallAt = Date.now();
      at = await press(stand);
      return at;
    };
    const after = async () => {
      await inside;
      await wait(300);
    };
    const seen = await watchStop(all(stand), cause, { mute: hung.map((node) => node.name), atMs: moment(round), after });
    closed.push(slowest(seen.closed), ...files.map((file) => lastLineAt(file) - wallAt));
    for (const { closedAt } of (await inside) ?? []) if (closedAt !== null) closed.push(closedAt - at);
  }
  return closed;
}

/** A press while every fsync of main takes two seconds. */
async function hungDisk(stand: Stand): Promise<number[]> {
  const closed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await running(stand);
    const pid = stand.rack.nodes[0]?.pid() ?? 0;
    const trace = join(stand.dir, "trace");
    const tracer = spawn(
      "strace",
      ["-f", "-q", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=2000000", "-o", trace, "-p", String(pid)],
      { stdio: "ignore" },
    );
    const ended = new Promise((resolve) => tracer.once("close", resolve));
    await wait(500);
    let notOnDisk = false;
    const result = await watchStop(all(stand), () => press(stand), {
      atMs: moment(round),
      after: async () => {
        notOnDisk = !(await stand.rack.state()).onDisk;
      },
    });
    if (!notOnDisk) throw new Error("the disk did not hang");
    tracer.kill("SIGINT");
    await ended;
    closed.push(slowest(result.closed));
  }
  return closed;
}

/** How long a stop takes, from its cause to what an outsider sees, on a rack of four real processes with a button on a serial cable. */
export async function run(): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), "aos-stop-tools-"));
  const key = Buffer.alloc(32, 7);
  const cable = await layCable();
  const button = await startButton(cable.button, key);
  // The keepers alone, without the daemon around them: for whoever looks for where the time goes.
  const rack = await (process.env["AOS_STOP_KEEPERS"] === "1" ? startKeeperRack : startAosdRack)({ path: cable.host, key });
  const stand: Stand = { rack, button, dir, probers: new Map(rack.nodes.map((node) => [node.name, startProber(node.name, node.gate())])) };
  try {
    const pids = rack.nodes.map((node): Figures => ({ [`pid.${node.name}`]: figure(node.pid(), "pid", 1) }));
    const pressed = await presses(stand);
    const hung = await blocked(stand);
    const disk = await hungDisk(stand);
    const frozen = await authority(stand, "SIGSTOP");
    const dead = await authority(stand, "SIGKILL");
    return {
      ...Object.assign({}, ...pids),
      ...spread("press.gatesClosedP99Ms", pressed.closed, "<= 250"),
      ...spread("press.processesDeadMaxMs", pressed.dead, "<= 3000"),
      ...spread("authorityDead.closedMaxMs", dead, "<= 550"),
      ...spread("authorityFrozen.closedMaxMs", frozen, "<= 550"),
      ...spread("mainLoopBlocked.closedMaxMs", hung, "<= 250"),
      ...spread("diskHung.closedMaxMs", disk, "<= 250"),
    };
  } finally {
    for (const prober of stand.probers.values()) prober.stop();
    button.end();
    await rack.end();
    await cable.remove();
    rmSync(dir, { recursive: true, force: true });
  }
}
