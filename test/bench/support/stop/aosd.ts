import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { WebSocket } from "ws";
import { demoLicence } from "../../../../demo/licence.ts";
import type { Aosd } from "../../../../demo/aosd.ts";
import type { Link } from "../../../../src/cli/link.ts";
import { createHouse, pair } from "../../../contract/support/house.ts";
import { until } from "../stats.ts";
import type { StopRack } from "./rack.ts";

const members = ["pool", "llm", "storage"] as const;

/** Four aosd, paired through the real protocol, with a button on main and a runtime beside each. */
export async function startAosdRack(button: { path: string; key: Buffer }): Promise<StopRack> {
  const house = createHouse("stop");
  const mainDir = join(house.dir, "main");
  mkdirSync(mainDir, { recursive: true, mode: 0o700 });
  const source = { kind: "serial", path: button.path };
  writeFileSync(join(mainDir, "button.json"), JSON.stringify({ v: 1, source, key: button.key.toString("hex") }), { mode: 0o600 });
  const licence = [...demoLicence(house.dir, Date.now()), "--workspace", join(house.dir, "workspace")];
  mkdirSync(join(house.dir, "workspace"));
  const inspectors = new Map<string, number>();
  const env = async (name: string) => {
    inspectors.set(name, inspectors.get(name) ?? (await freePort()));
    return { NODE_OPTIONS: `--inspect-port=127.0.0.1:${inspectors.get(name)}` };
  };
  const first = await house.startMain("main", licence, await env("main"));
  let owner: Link = first.owner;
  const nodes = new Map<string, Aosd>([["main", first.node]]);
  const tokens = new Map<string, string>();
  for (const name of members) {
    const node = await house.startMember(name, name, licence, await env(name));
    await pair(owner, node);
    await node.stop();
    tokens.set(name, registerRuntime(node.stateDir));
    nodes.set(name, await house.start(name, ["--roles", name, "--lan-port", String(node.lan), ...licence], await env(name)));
  }
  const aosd = (name: string): Aosd => {
    const found = nodes.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  tokens.set("main", (await owner.ask((client) => client.breaker.runtimes.add({ name: "bench", tools: { "fs.list": runner }, rehearsal: false }))).token);
  const workspace = join(house.dir, "workspace");
  let scripts = 0;
  await owner.ask((client) => client.breaker.autonomy.set({ level: 3 }));
  // A member that starts again after the start of the rack would wait for the next one.
  const answering = async () => {
    const view = await owner.ask((client) => client.breaker.state());
    return view.nodes.length === nodes.size && view.nodes.every((node) => node.state === "closed" && (node.ackAgeMs ?? Infinity) < 900);
  };
  await until(answering, 20_000, 50);
  const port = (name: string) => Number(new URL(aosd(name).loopback).port);

  return {
    toolDir: workspace,
    nodes: [...nodes.keys()].map((name) => ({
      name,
      pid: () => aosd(name).pid,
      gate: () => ({ port: port(name), token: tokens.get(name) ?? "" }),
      async tool(command) {
        const script = `run-${++scripts}.sh`;
        writeFileSync(join(workspace, script), `exec ${command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ")}\n`);
        act(port(name), tokens.get(name) ?? "", script);
      },
      block: (ms) => block(aosd(name).pid, inspectors.get(name) ?? 0, ms),
    })),
    async state() {
      const view = await owner.ask((client) => client.breaker.state());
      return {
        state: view.state,
        mayReset: view.mayReset,
        open: view.nodes.filter((node) => node.state === "open").length,
        cause: view.cause,
        onDisk: view.onDisk,
      };
    },
    reset: async () => (await owner.ask((client) => client.breaker.reset())).state === "ready",
    start: async () => (await owner.ask((client) => client.breaker.start())).state === "run",
    async restartMain() {
      await aosd("main").stop();
      const node = await house.start("main", ["--roles", "main", ...licence], await env("main"));
      nodes.set("main", node);
      owner.close();
      owner = await house.signIn(node, first.token);
      await until(answering, 20_000, 50);
    },
    end: () => house.end(),
  };
}

/** A tool that runs the script whose name its arguments hold. */
const runner = { command: "sh", args: ["-c", `exec sh "./$(sed 's/.*"path":"\\([^"]*\\)".*/\\1/')"`], network: "none" as const };

/** A runtime beside a member, written while its daemon is down: who may register one there is an owner at that machine. */
function registerRuntime(stateDir: string): string {
  const token = randomBytes(32).toString("base64url");
  const db = new SQLite(join(stateDir, "aos.db"));
  db.prepare("INSERT INTO gate_runtime (id, name, token_hash, tools, rehearsal, at) VALUES ('bench', 'bench', ?, ?, 0, 0)").run(
    createHash("sha256").update(token).digest("hex"),
    JSON.stringify({ "fs.list": runner }),
  );
  db.close();
  return token;
}

/** Starts a tool by the runtime's token. The answer comes when the tool is dead; one that says that it never started is printed. */
function act(port: number, token: string, path: string): void {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const asking = request({ host: "127.0.0.1", port, path: "/v1/act", method: "POST", headers }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("end", () => {
      if (!text.includes('"outcome":"stopped"')) process.stderr.write(`stop: a tool was not stopped but: ${text}\n`);
    });
  });
  asking.on("error", (error) => process.stderr.write(`stop: a tool's answer was cut: ${error.message}\n`));
  asking.end(JSON.stringify({ tool: "fs.list", args: { path } }));
}

/** Hangs a daemon's main loop through Node's inspector, which any process of the same user may ask for. */
async function block(pid: number, port: number, ms: number): Promise<{ closedAt: null }> {
  process.kill(pid, "SIGUSR1");
  let url = "";
  await until(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/json`).catch(() => undefined);
      const [target] = ((await answer?.json()) ?? []) as { webSocketDebuggerUrl: string }[];
      url = target?.webSocketDebuggerUrl ?? "";
      return url !== "";
    },
    5000,
    20,
  );
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const done = new Promise((resolve) => socket.once("message", resolve));
  const expression = `{ const until = performance.now() + ${ms}; while (performance.now() < until); }`;
  socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression } }));
  await done;
  socket.close();
  return { closedAt: null };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const at = server.address();
      server.close(() => resolve(typeof at === "object" && at !== null ? at.port : 0));
    });
  });
}
