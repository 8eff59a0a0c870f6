import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LatchView } from "../../../../src/daemon/breaker/latch/domain/view.ts";
import type { LeaseSession, Refused } from "../../../../src/daemon/breaker/latch/channel.ts";
import type { CommandAnswer, TripAck } from "../../../../src/daemon/breaker/latch/messages.ts";
import type { NodeOptions, Order } from "./node.ts";

const entry = fileURLToPath(new URL("./node.ts", import.meta.url));

/** This machine's monotonic clock in milliseconds, the same in every process. */
export const mono = () => Number(process.hrtime.bigint()) / 1e6;
export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Answers {
  trip: TripAck;
  note: CommandAnswer;
  reset: CommandAnswer;
  start: CommandAnswer;
  exclude: CommandAnswer;
  view: LatchView & { trouble: unknown[] };
  fence: { open: boolean; epoch: number };
  session: LeaseSession;
  peer: null;
  button: null;
  refused: Refused;
  block: { closedAt: number | null };
  tool: { pid: number };
  reports: { groups: { byTerm: number[]; byKill: number[]; alive: number[] }[]; ms: number }[];
}

export interface KeeperNode {
  nodeId: string;
  pid: number;
  stateDir: string;
  /** Address at which its keeper is reached. */
  host: string;
  udp: number;
  gate: number;
  ask<K extends Order["do"]>(order: Extract<Order, { do: K }>): Promise<Answers[K]>;
  /** One question to its gate from outside; "silent" when it doesn't answer in time. */
  probe(): Promise<"allow" | "deny" | "silent">;
  running(): boolean;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const PROBE_MS = 200;

/** Starts a keeper in a process of its own. `wrap`: a command to run it under (strace, ip netns exec). */
export async function startKeeper(options: NodeOptions & { at?: string; wrap?: readonly string[] }): Promise<KeeperNode> {
  const command = [...(options.wrap ?? []), process.execPath, entry];
  const child: ChildProcess = spawn(command[0] ?? "", command.slice(1), {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, KEEPER_NODE: JSON.stringify(options) },
  });
  const trouble: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => trouble.push(chunk.toString()));
  // A question to one that was just killed: its end rejects the question.
  child.stdin?.on("error", (error) => trouble.push(error.message));
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const ready = Promise.withResolvers<{ pid: number; udp: number; gate: number }>();
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      const error = new Error(`${options.nodeId} has ended: ${trouble.join("").slice(-2000)}`);
      ready.reject(error);
      for (const one of waiting.values()) one.reject(error);
      waiting.clear();
      resolve();
    }),
  );
  if (!child.stdout) throw new Error("no stdout");
  createInterface(child.stdout).on("line", (line) => {
    const said = JSON.parse(line) as { ready?: true; pid: number; udp: number; gate: number; id: number; value?: unknown; error?: string };
    if (said.ready) return ready.resolve(said);
    const one = waiting.get(said.id);
    waiting.delete(said.id);
    if (said.error === undefined) one?.resolve(said.value);
    else one?.reject(new Error(said.error));
  });
  const { pid, udp, gate } = await ready.promise;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let ids = 0;
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    nodeId: options.nodeId,
    pid,
    stateDir: options.stateDir,
    host: options.at ?? "127.0.0.1",
    udp,
    gate,
    ask<K extends Order["do"]>(order: Extract<Order, { do: K }>): Promise<Answers[K]> {
      const id = ++ids;
      return new Promise<unknown>((resolve, reject) => {
        if (!running()) return reject(new Error(`${options.nodeId} has ended`));
        waiting.set(id, { resolve, reject });
        child.stdin?.write(`${JSON.stringify({ id, ...order })}\n`);
      }) as Promise<Answers[K]>;
    },
    probe: () =>
      new Promise((resolve) => {
        const asking = request({ host: "127.0.0.1", port: gate, path: "/v1/gate", method: "POST", agent, timeout: PROBE_MS }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () => resolve(text.includes('"allow"') ? "allow" : "deny"));
        });
        asking.on("timeout", () => asking.destroy(new Error("silent")));
        asking.on("error", () => resolve("silent"));
        asking.end("{}");
      }),
    running,
    async kill(signal = "SIGKILL") {
      agent.destroy();
      if (running()) {
        // Under strace or ip the child is not the keeper itself.
        if (pid !== child.pid) signalPid(pid, "SIGKILL");
        signalPid(pid, "SIGCONT");
        child.kill(signal);
      }
      await ended;
    },
  };
}

/** Sends a signal to a process that may be gone. */
export function signalPid(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error;
  }
}

/** Does what the daemon does over mutual TLS at each connection: a new key from the member to main. */
export async function connect(main: KeeperNode, member: KeeperNode): Promise<LeaseSession> {
  const session = await member.ask({ do: "session" });
  await main.ask({ do: "peer", nodeId: member.nodeId, at: { ...session, host: member.host } });
  return session;
}

/** Asks until the answer is there; throws after `withinMs`. */
export async function eventually<T>(what: string, ask: () => Promise<T | false | undefined>, withinMs = 5000): Promise<T> {
  const until = mono() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (mono() > until) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(10);
  }
}

export const isOpen = async (node: KeeperNode) => (await node.ask({ do: "fence" })).open;

/** Reset, start, and wait until these nodes are open. */
export async function startRack(main: KeeperNode, nodes: readonly KeeperNode[]): Promise<void> {
  await eventually("a reset", async () => (await main.ask({ do: "view" })).mayReset);
  const reset = await main.ask({ do: "reset" });
  if (!reset.ok) throw new Error(`reset: ${reset.code}`);
  const start = await main.ask({ do: "start" });
  if (!start.ok) throw new Error(`start: ${start.code}`);
  for (const node of nodes) await eventually(`${node.nodeId} is open`, () => isOpen(node));
}

export interface KeeperRack {
  dir: string;
  main: KeeperNode;
  nodes: KeeperNode[];
  member(index: number): KeeperNode;
  /** Ends it without a trace. */
  end(): Promise<void>;
}

export interface KeeperRackOptions {
  /** How each of them is started and reached; on loopback when it isn't said. */
  place?: (nodeId: string) => { host: string; at: string; wrap: readonly string[] };
}

/** A rack of keepers, each in its own process with its own folder, connected and stopped. */
export async function startKeepers(count: number, { place }: KeeperRackOptions = {}): Promise<KeeperRack> {
  const dir = mkdtempSync(join(tmpdir(), "aos-keepers-"));
  const ids = Array.from({ length: count }, (_, at) => `node${at}`);
  const nodes = await Promise.all(
    ids.map((nodeId, at) => {
      const stateDir = mkdtempSync(join(dir, `${nodeId}-`));
      return startKeeper({ stateDir, nodeId, isMain: at === 0, members: at === 0 ? ids.slice(1) : [], host: "127.0.0.1", fresh: true, ...place?.(nodeId) });
    }),
  );
  const [main, ...members] = nodes;
  if (!main) throw new Error("a rack has a node");
  for (const member of members) await connect(main, member);
  return {
    dir,
    main,
    nodes,
    member(index) {
      const node = members[index];
      if (!node) throw new Error(`no member ${index}`);
      return node;
    },
    async end() {
      await Promise.all(nodes.map((node) => node.kill()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Probes each gate every 5 ms until all are closed; milliseconds from `since` to the first refusal of each. A gate that doesn't answer is not counted as closed by that. */
export async function closedAfter(nodes: readonly KeeperNode[], since: number, withinMs = 3000): Promise<Map<string, number>> {
  const closed = new Map<string, number>();
  await Promise.all(
    nodes.map(async (node) => {
      while (mono() - since < withinMs) {
        const answer = await node.probe();
        if (answer === "deny") {
          closed.set(node.nodeId, mono() - since);
          return;
        }
        await wait(5);
      }
      throw new Error(`${node.nodeId} is still open after ${withinMs} ms`);
    }),
  );
  return closed;
}
