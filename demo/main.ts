import { parseArgs } from "node:util";
import { levels, type Level } from "../src/contract/breaker.ts";
import type { NodeView, RackSnapshot } from "../src/contract/rack.ts";
import { ensureConsole } from "../build/console.ts";
import { scenarios, type Scenario } from "./nut/scenario.ts";
import { startDemoRack, type DemoRack } from "./rack.ts";
import { days } from "./rehearsal/day.ts";
import { rehearse } from "./rehearsal/rehearse.ts";
import { startUps, type UpsSource } from "./ups.ts";

const ONLINE_WAIT_MS = 60_000;
const usage = `npm run demo -- [--scenario ${scenarios.join("|")}] [--rehearse ${days().join("|")} [--level 1-5]] [--lan] [--once] [--json]`;

/** Messages for people go to stderr, so that stdout carries the JSON alone. */
const say = (line: string) => process.stderr.write(`${line}\n`);
const mb = (bytes: number | "unknown") => (bytes === "unknown" ? bytes : Math.round((bytes / 2 ** 20) * 10) / 10);
const share = (used: number | "unknown", total: number | "unknown") =>
  used === "unknown" || total === "unknown" || total === 0 ? "unknown" : Math.round((used / total) * 1000) / 10;

interface Arguments {
  scenario: Scenario;
  rehearse: string | undefined;
  level: Level;
  once: boolean;
  json: boolean;
  lan: boolean;
}

function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: "string", default: "normal" },
        rehearse: { type: "string" },
        level: { type: "string", default: "3" },
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        lan: { type: "boolean", default: false },
      },
    });
    const scenario = scenarios.find((one) => one === values.scenario);
    if (!scenario) throw new Error(`--scenario is one of ${scenarios.join(", ")}`);
    const level = levels.find((one) => String(one) === values.level);
    if (level === undefined) throw new Error("--level is 1 to 5");
    if (values.rehearse !== undefined && !days().includes(values.rehearse)) throw new Error(`--rehearse is one of ${days().join(", ")}`);
    return { scenario, rehearse: values.rehearse, level, once: values.once, json: values.json, lan: values.lan };
  } catch (error) {
    say(`${(error as Error).message}\n${usage}`);
    return undefined;
  }
}

/** What `--once --json` prints: figures are percent, degrees and MiB; what nobody can read is the word unknown. */
function report(rack: DemoRack, snapshot: RackSnapshot, startedInMs: number) {
  return {
    startedInMs: Math.round(startedInMs),
    nodes: rack.nodes.map((node) => {
      const view = snapshot.nodes.find((one) => one.id === node.id);
      const sample = view?.sample;
      return {
        id: node.id,
        name: view?.name,
        roles: view?.roles,
        state: view?.state ?? "seen",
        pid: node.pid,
        port: node.lan,
        stateDir: node.stateDir,
        certFp: view?.certFp,
        foundBy: rack.foundBy.get(node.id) ?? (rack.selfSeen ? "mdns" : "static"),
        health: sample
          ? {
              cpu: sample.cpuPercent,
              memory: share(sample.memoryUsedBytes, sample.memoryTotalBytes),
              disk: share(sample.diskUsedBytes, sample.diskTotalBytes),
              temperature: sample.temperatureC,
              rssMB: mb(sample.rssBytes),
            }
          : { cpu: "unknown", memory: "unknown", disk: "unknown", temperature: "unknown", rssMB: "unknown" },
      };
    }),
    ups: { status: snapshot.ups.status, charge: snapshot.ups.chargePercent, runtimeSeconds: snapshot.ups.runtimeSeconds, source: snapshot.ups.source },
  };
}

/** Why the rack is not complete yet; undefined once it is. */
function lacking(rack: DemoRack, snapshot: RackSnapshot): string | undefined {
  for (const node of rack.nodes) {
    const view = snapshot.nodes.find((one) => one.id === node.id);
    if (view?.state !== "online") return `${node.id} is ${view?.state ?? "not in the rack"}`;
    if (!view.sample || view.sample.cpuPercent === "unknown") return `${node.id} has not been measured yet`;
  }
  return snapshot.ups.status.length === 0
    ? `the UPS has not answered (${snapshot.ups.state}${snapshot.ups.problem ? `, ${snapshot.ups.problem}` : ""})`
    : undefined;
}

async function untilOnline(rack: DemoRack, signal: AbortSignal): Promise<RackSnapshot> {
  const until = performance.now() + ONLINE_WAIT_MS;
  for (;;) {
    signal.throwIfAborted();
    const snapshot = await rack.owner.ask((client) => client.rack.snapshot());
    const why = lacking(rack, snapshot);
    if (why === undefined) return snapshot;
    if (performance.now() > until) throw new Error(`not all nodes came online: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const line = (node: NodeView) =>
  `${node.name}  ${node.state.padEnd(8)} ${node.roles.join(",").padEnd(8)} port ${node.port}  cpu ${node.sample?.cpuPercent ?? "unknown"} %  rss ${mb(node.sample?.rssBytes ?? "unknown")} MB  beat ${node.self ? "-" : `${Math.round(node.beatAgeMs ?? 0)} ms`}`;

/** Keeps one line a node up to date on a terminal, or prints changes elsewhere, until the signal. */
async function live(rack: DemoRack, signal: AbortSignal): Promise<void> {
  let states = "";
  let drawn = 0;
  const events = await rack.owner.client.rack.watch(undefined, { signal });
  try {
    for await (const event of events) {
      const nodes = event.type === "snapshot" ? event.snapshot.nodes : event.nodes;
      const ups = event.type === "snapshot" ? event.snapshot.ups : event.rest.ups;
      const lines = [...nodes.map(line), `UPS     ${ups ? `${ups.status.join(" ")}  ${ups.chargePercent} %  ${ups.source}` : ""}`];
      const now = JSON.stringify([nodes.map((n) => n.state), ups?.status]);
      if (process.stderr.isTTY) {
        process.stderr.write(`${drawn > 0 ? `\x1b[${drawn}A` : ""}${lines.map((text) => `\x1b[2K${text}\n`).join("")}`);
        drawn = lines.length;
      } else if (now !== states) for (const text of lines) say(text);
      states = now;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function main(): Promise<number> {
  const args = readArguments();
  if (!args) return 2;
  const began = performance.now();
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort(new Error("stopped")));
  let ups: UpsSource | undefined;
  let rack: DemoRack | undefined;
  try {
    if (!args.once) ensureConsole(say);
    ups = await startUps(args.scenario, stop.signal);
    if (ups.source === "simulated") say("No NUT server is installed here: the UPS is simulated, and marked so.");
    rack = await startDemoRack({ ups, lan: args.lan, signal: stop.signal, say });
    const snapshot = await untilOnline(rack, stop.signal);
    if (args.rehearse !== undefined && args.once) {
      process.stdout.write(`${JSON.stringify(await rehearse(rack, { name: args.rehearse, level: args.level, signal: stop.signal, say }))}\n`);
      return 0;
    }
    if (args.once) {
      process.stdout.write(`${JSON.stringify(report(rack, snapshot, performance.now() - began), null, args.json ? undefined : 2)}\n`);
      return 0;
    }
    if (args.json) process.stdout.write(`${JSON.stringify({ ...report(rack, snapshot, performance.now() - began), url: rack.url })}\n`);
    say(
      `\n무펭이즘 AOS demo: four nodes, one rack, on this machine.\n\n  ${rack.url}\n\n  (the link works once, for 15 minutes; recovery key of this demo: ${rack.recoveryKey})\n  Ctrl-C ends everything and removes ${rack.dir}\n`,
    );
    const watching = live(rack, stop.signal);
    if (args.rehearse !== undefined) say(JSON.stringify(await rehearse(rack, { name: args.rehearse, level: args.level, signal: stop.signal, say })));
    await watching;
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return args.once ? 130 : 0;
    const reason = error instanceof Error ? error.message : String(error);
    say(`demo: ${reason}`);
    if (args.json) process.stdout.write(`${JSON.stringify({ error: reason })}\n`);
    return 1;
  } finally {
    await rack?.stop();
    await ups?.stop();
  }
}

process.exitCode = await main();
