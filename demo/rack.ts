import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeRole } from "../src/contract/values.ts";
import type { Link } from "../src/cli/link.ts";
import { startAosd, type Aosd } from "./aosd.ts";
import { demoLicence } from "./licence.ts";
import type { UpsSource } from "./ups.ts";

/** The founding page's rack: one role a node. */
const plan: readonly { role: NodeRole; name: string }[] = [
  { role: "main", name: "노드 1" },
  { role: "pool", name: "노드 2" },
  { role: "llm", name: "노드 3" },
  { role: "storage", name: "노드 4" },
];

export interface DemoRack {
  dir: string;
  nodes: readonly Aosd[];
  main: Aosd;
  /** Link to main as the demo's owner. */
  owner: Link;
  recoveryKey: string;
  url: string;
  foundBy: ReadonlyMap<string, "mdns" | "static">;
  /** Whether main's own announcement went round by mDNS. */
  selfSeen: boolean;
  stop(): Promise<void>;
}

export interface DemoOptions {
  ups: UpsSource | undefined;
  /** Binds the LAN listeners to all interfaces instead of 127.0.0.1. */
  lan: boolean;
  signal: AbortSignal;
  say(line: string): void;
}

const MDNS_WAIT_MS = 6000;

/** Starts four aosd with their own identities, folders, ports and certificates, and pairs them through the real protocol. */
export async function startDemoRack({ ups, lan, signal, say }: DemoOptions): Promise<DemoRack> {
  const dir = await mkdtemp(join(tmpdir(), "aos-demo-"));
  const started: Aosd[] = [];
  const stop = async () => {
    await Promise.all(started.map((node) => node.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const common = [
      ...demoLicence(dir, Date.now()),
      "--demo",
      "--rack-name",
      "데모 랙",
      "--lan-host",
      lan ? "0.0.0.0" : "127.0.0.1",
      "--lan-port",
      "0",
      "--loopback-port",
      "0",
    ];
    const nodes = await Promise.all(
      plan.map(async ({ role, name }, index) => {
        const node = await startAosd(
          join(dir, `node-${index + 1}`),
          [...common, "--workspace", join(dir, "workspace"), "--name", name, "--roles", role, ...(role === "main" ? (ups?.flags ?? []) : [])],
          role === "main" ? (ups?.env ?? {}) : {},
        );
        started.push(node);
        return node;
      }),
    );
    signal.throwIfAborted();
    const [main, ...others] = nodes;
    if (!main) throw new Error("no main node");
    const claimed = await main.link.ask((client) => client.access.claim({ name: "데모 사장님", deviceName: "데모" }));
    const owner = await main.signIn(claimed.token);
    const foundBy = new Map<string, "mdns" | "static">();
    for (const node of others) {
      const { address, how } = await locate(main, node, signal);
      foundBy.set(node.id, how);
      if (how === "static") say(`multicast is blocked here: ${node.id} is added by its address`);
      const window = await node.link.ask((client) => client.access.window.get());
      if (window.state !== "open") throw new Error(`the pairing window of ${node.id} is closed (${window.reason})`);
      await owner.ask((client) => client.rack.node.add({ address, code: window.code }));
    }
    const selfSeen = others.length > 0 && (await seenByMdns(others, main.id, signal));
    return {
      dir,
      nodes,
      selfSeen,
      main,
      owner,
      recoveryKey: claimed.recoveryKey,
      url: claimed.link.url,
      foundBy,
      async stop() {
        owner.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of a node as main found it by mDNS; its static address when nothing is heard in time. */
async function locate(main: Aosd, node: Aosd, signal: AbortSignal): Promise<{ address: string; how: "mdns" | "static" }> {
  const until = performance.now() + MDNS_WAIT_MS;
  while (performance.now() < until) {
    signal.throwIfAborted();
    const { found, state } = await main.link.ask((client) => client.rack.found());
    const seen = found.find((one) => one.id === node.id);
    if (seen?.foundBy === "mdns" && seen.addresses[0] !== undefined) return { address: `${dialable(seen.addresses[0])}:${seen.port}`, how: "mdns" };
    if (state === "blocked" || state === "off") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { address: `127.0.0.1:${node.lan}`, how: "static" };
}

/** Whether any of the others has heard of a node by mDNS. */
async function seenByMdns(others: readonly Aosd[], id: string, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + MDNS_WAIT_MS;
  while (performance.now() < until) {
    signal.throwIfAborted();
    for (const node of others)
      if ((await node.link.ask((client) => client.rack.found())).found.some((one) => one.id === id && one.foundBy === "mdns")) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

const dialable = (address: string) => (address.includes(":") ? `[${address}]` : address);
