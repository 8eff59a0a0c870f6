import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { wait } from "../stats.ts";
import type { Probe } from "./prober.ts";

const entry = fileURLToPath(new URL("./prober.ts", import.meta.url));
/** A stop is watched for so long: nothing may be allowed any more. */
const WATCH_MS = 900;
const OPEN_WITHIN_MS = 5000;

export const mono = () => Number(process.hrtime.bigint()) / 1e6;
/** Refused by the latch: what the filters refuse is no stop. */
const refuses = ({ decision, reason }: Probe) => decision === "deny" && ["", "latched", "stale-epoch"].includes(reason);
const allows = ({ decision }: Probe) => decision === "allow" || decision === "notify";

/** Probes by their distance from the stop. */
const shown = (probes: readonly Probe[], at: number) =>
  probes
    .map(({ sent, answered, decision, reason }) => `${decision} ${reason} asked at ${Math.round(sent - at)} ms, answered at ${Math.round(answered - at)} ms`)
    .join("; ");

export interface Prober {
  name: string;
  /** Begins to ask; resolves at the first answer that allows. */
  begin(): Promise<void>;
  end(): Promise<Probe[]>;
  stop(): void;
}

/** Starts a prober of one gate. */
export function startProber(name: string, gate: { port: number; token: string }): Prober {
  const child = spawn(process.execPath, [entry, String(gate.port), gate.token], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: ((line: string) => void)[] = [];
  let onOpen = () => {};
  createInterface(child.stdout).on("line", (line) => (line === '"open"' ? onOpen() : lines.shift()?.(line)));
  return {
    name,
    begin: () =>
      new Promise((resolve) => {
        onOpen = resolve;
        child.stdin.write("begin\n");
      }),
    end: () =>
      new Promise((resolve) => {
        lines.push((line) => resolve(JSON.parse(line) as Probe[]));
        child.stdin.write("end\n");
      }),
    stop: () => child.stdin.end(),
  };
}

export interface Round {
  /** Milliseconds from the cause to the first refusal that was answered, by node. */
  closed: Map<string, number>;
}

/**
 * One stop, seen from outside: each gate is asked every 5 ms from before the cause until long after it. `cause` returns
 * when it happened. `mute`: nodes that the cause keeps from answering. Throws when a gate was not open before, stays
 * open, or allows anything after its first refusal.
 */
export async function watchStop(
  probers: readonly Prober[],
  cause: () => Promise<number> | number,
  { mute = [], atMs, after = () => Promise.resolve() }: { mute?: readonly string[]; atMs: number; after?: () => Promise<void> },
): Promise<Round> {
  const open = Promise.all(probers.map((prober) => prober.begin()));
  await Promise.race([open, wait(OPEN_WITHIN_MS)]);
  await wait(100 + atMs);
  const at = await cause();
  await wait(WATCH_MS);
  await after();
  const closed = new Map<string, number>();
  for (const prober of probers) {
    const probes = (await prober.end()).toSorted((a, b) => a.answered - b.answered);
    if (!probes.some((one) => one.answered < at && allows(one)) || probes.some((one) => one.answered < at && refuses(one)))
      throw new Error(`${prober.name} was not open before the stop: ${shown(probes.slice(0, 3), at)}`);
    const first = probes.find((one) => one.answered > at && refuses(one));
    const late = probes.find((one) => allows(one) && one.answered > (first?.answered ?? Number.POSITIVE_INFINITY) && one.sent > at);
    if (late) throw new Error(`${prober.name} allowed ${late.answered - at} ms after the stop, after it had refused`);
    if (mute.includes(prober.name)) {
      if (probes.some((one) => allows(one) && one.sent > at + 600)) throw new Error(`${prober.name} allowed what was asked 600 ms after the stop`);
      continue;
    }
    if (!first) throw new Error(`${prober.name} never refused: ${shown(probes.slice(-3), at)}`);
    closed.set(prober.name, first.answered - at);
  }
  return { closed };
}
