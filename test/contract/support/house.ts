import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ORPCError } from "@orpc/client";
import type { PersonRole } from "../../../src/contract/roles.ts";
import type { NodeView } from "../../../src/contract/rack.ts";
import type { NodeRole } from "../../../src/contract/values.ts";
import type { Link } from "../../../src/cli/link.ts";
import { startAosd, type Aosd } from "../../../demo/aosd.ts";
import { http } from "./transports.ts";

/** Flags of an aosd that bothers nobody: loopback addresses, free ports, no multicast. */
export const quiet = ["--lan-host", "127.0.0.1", "--lan-port", "0", "--loopback-port", "0", "--discovery", "off"] as const;

export interface Owned {
  node: Aosd;
  owner: Link;
  token: string;
  recoveryKey: string;
}

/** A temporary folder with the real daemons that a test file starts in it; `end` leaves nothing behind. */
export function createHouse(label: string) {
  const dir = mkdtempSync(join(tmpdir(), `aos-${label}-`));
  const nodes: Aosd[] = [];
  const links: Link[] = [];
  const start = async (name: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Aosd> => {
    const node = await startAosd(join(dir, name), [...quiet, "--name", name, ...flags], env);
    nodes.push(node);
    return node;
  };
  const signIn = async (node: Aosd, token: string): Promise<Link> => {
    const link = await node.signIn(token);
    links.push(link);
    return link;
  };
  return {
    dir,
    start,
    signIn,
    /** A main node with its first owner. */
    async startMain(name: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Owned> {
      const node = await start(name, ["--roles", "main", ...flags], env);
      const { token, recoveryKey } = await node.link.ask((client) => client.access.claim({ name: "owner", deviceName: "test" }));
      return { node, owner: await signIn(node, token), token, recoveryKey };
    },
    startMember: (name: string, role: NodeRole = "pool", flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
      start(name, ["--roles", role, ...flags], env),
    async end() {
      for (const link of links) link.close();
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
export type House = ReturnType<typeof createHouse>;

/** The code that a node shows; throws when its window is closed. */
export async function codeOf(node: Aosd): Promise<string> {
  const window = await node.link.ask((client) => client.access.window.get());
  if (window.state !== "open") throw new Error(`the window of ${node.id} is closed (${window.reason})`);
  return window.code;
}

/** A code of eight digits that is not the node's. */
export const otherCode = (code: string): string => String((Number(code) + 1) % 100_000_000).padStart(8, "0");

export const addressOf = (node: Pick<Aosd, "lan">): string => `127.0.0.1:${node.lan}`;

/** Pairs a node into the rack through the real protocol. */
export async function pair(owner: Link, node: Aosd, address = addressOf(node)): Promise<void> {
  const code = await codeOf(node);
  await owner.ask((client) => client.rack.node.add({ address, code }));
}

/** The code and data of a refusal; "answered" when the call went through. */
export const refusalOf = (call: Promise<unknown>): Promise<{ code: string; data?: unknown }> =>
  call.then(
    () => ({ code: "answered" }),
    (error: unknown) => (error instanceof ORPCError ? { code: error.code as string, data: error.data as unknown } : { code: `error: ${String(error)}` }),
  );

/** The different codes with which calls were refused. */
export const codesOf = async (calls: readonly Promise<unknown>[]): Promise<Set<string>> =>
  new Set((await Promise.all(calls.map(refusalOf))).map(({ code }) => code));

/** Asks until the answer is there; throws with the last thing seen after `limitMs`. */
export async function until<T>(what: string, limitMs: number, ask: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What main sees of a node; undefined when it knows none with this id. */
export async function seenBy(owner: Link, id: string): Promise<NodeView | undefined> {
  return (await owner.ask((client) => client.rack.snapshot())).nodes.find((node) => node.id === id);
}

/** Lines of a node's log with this event. */
export function logged(stateDir: string, event: string): Record<string, unknown>[] {
  const path = join(stateDir, "log", "aosd.log");
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A browser session of a new person with this role: by an invitation's one-time link, as a browser would. */
export async function sessionOf(main: Aosd, owner: Link, role: PersonRole, name: string = role): Promise<{ token: string; personId: string }> {
  const { link, person } = await owner.ask((client) => client.access.person.invite({ name, role, days: null }));
  const oneTime = new URL(link.url).hash.split("token=")[1] ?? "";
  const answer = await http(main, "/api/session", { method: "POST", body: { token: oneTime, deviceName: name } });
  if (answer.status !== 200) throw new Error(`no session: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { token: tokenOf(answer.headers["set-cookie"]), personId: person.id };
}

/** The session token in a set-cookie header. */
export function tokenOf(header: string | string[] | undefined): string {
  const [first = ""] = [header ?? ""].flat();
  return /^aos_[a-z0-9]{8}=([^;]+)/.exec(first)?.[1] ?? "";
}

/** Resident memory of a process in MB, as the kernel counts it. */
export function rssMB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** UDP ports (IPv4) that a process listens on, as the kernel lists them. */
export function udpPortsOf(pid: number): number[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        // Closed between the listing and the look.
        return [];
      }
    }),
  );
  return readFileSync(`/proc/${pid}/net/udp`, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => own.has(fields[9] ?? ""))
    .map((fields) => Number.parseInt(fields[1]?.split(":")[1] ?? "0", 16));
}
