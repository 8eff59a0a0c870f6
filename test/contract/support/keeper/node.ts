import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import type { PeerAddress } from "../../../../src/daemon/breaker/latch/channel.ts";
import { createKeeper, type Keeper } from "../../../../src/daemon/breaker/latch/keeper.ts";
import { createClock } from "../../../../src/daemon/kernel/clock.ts";
import type { Log } from "../../../../src/daemon/kernel/log.ts";
import type { ButtonConfig } from "../../../../src/daemon/breaker/latch/button-port.ts";

/** One keeper in a process of its own, without the rest of the daemon: asked by lines on stdin, probed by POST /v1/gate on loopback. */
export interface NodeOptions {
  stateDir: string;
  nodeId: string;
  isMain: boolean;
  members: string[];
  host: string;
  fresh: boolean;
}
export type Order =
  | { do: "trip"; cause?: "person" | "panic" }
  | { do: "note"; reason: string }
  | { do: "reset"; at?: number }
  | { do: "start"; at?: number }
  | { do: "exclude"; nodeId: string }
  | { do: "view" }
  | { do: "fence" }
  | { do: "session" }
  | { do: "peer"; nodeId: string; at: PeerAddress }
  | { do: "button"; config: ButtonConfig | null }
  | { do: "refused" }
  /** Blocks the main loop; answers how long after `since` (this machine's monotonic clock) the gate was closed. */
  | { do: "block"; ms: number }
  | { do: "tool"; command: string[] }
  | { do: "reports" };

const options = JSON.parse(process.env["KEEPER_NODE"] ?? "") as NodeOptions;
const mono = () => Number(process.hrtime.bigint()) / 1e6;
const write = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
const trouble: unknown[] = [];
const noting = (event: string, fields?: Record<string, unknown>) => void trouble.push({ event, ...fields });
const log: Log = { debug() {}, info() {}, warn: noting, error: noting, child: () => log };
const reports: unknown[] = [];

const keeper: Keeper = await createKeeper({
  stateDir: options.stateDir,
  nodeId: options.nodeId,
  isMain: () => options.isMain,
  members: () => options.members,
  fresh: options.fresh,
  lanHost: options.host,
  clock: createClock(),
  log,
  onStopReport: (report) => reports.push(report),
});

/** The main loop hangs, and looks at the gate meanwhile, as any code in it could. */
function block(ms: number): { closedAt: number | null } {
  const until = mono() + ms;
  const epoch = keeper.fence.epoch();
  let closedAt: number | null = null;
  while (mono() < until) if (closedAt === null && !keeper.fence.open(epoch)) closedAt = mono();
  return { closedAt };
}

/** A tool in a process group of its own that dies with a stop. */
async function tool([program = "", ...args]: string[]): Promise<{ pid: number }> {
  const token = `t${mono().toFixed(0)}${Math.random().toString(36).slice(2)}`;
  const child = spawn(program, args, { detached: true, stdio: "ignore", env: { ...process.env, AOS_CUSTODY: token } });
  const pid = child.pid ?? 0;
  await keeper.reaper.track({ token, epoch: keeper.fence.epoch(), pid, startedAt: null, cgroup: null, act: "tool", agent: "test", command: program });
  return { pid };
}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case "trip":
      return keeper.trip({ cause: order.cause ?? "person", by: { id: "p1", name: "owner" }, via: "cli", reason: null });
    case "note":
      return keeper.note(order.reason);
    case "reset":
      return keeper.reset(order.at);
    case "start":
      return keeper.start(order.at);
    case "exclude":
      return keeper.exclude(order.nodeId);
    case "view":
      return { ...keeper.view(), trouble };
    case "fence":
      return { open: keeper.fence.open(keeper.fence.epoch()), epoch: keeper.fence.epoch() };
    case "session":
      return keeper.session();
    case "peer":
      return keeper.setPeer(order.nodeId, order.at);
    case "button":
      return keeper.setButton(order.config);
    case "refused":
      return keeper.refused();
    case "block":
      return block(order.ms);
    case "tool":
      return tool(order.command);
    case "reports":
      return reports;
  }
}

const gate = createServer((request, response) => {
  const allowed = request.method === "POST" && request.url === "/v1/gate" && keeper.fence.open(keeper.fence.epoch());
  request.resume();
  response.end(JSON.stringify({ decision: allowed ? "allow" : "deny" }));
});
gate.listen(0, "127.0.0.1", () => {
  const at = gate.address();
  write({ ready: true, pid: process.pid, udp: keeper.port, gate: typeof at === "object" ? at?.port : null });
});

createInterface(process.stdin).on("line", (line) => {
  const { id, ...order } = JSON.parse(line) as { id: number } & Order;
  carryOut(order)
    .then((value) => write({ id, value: value ?? null, at: mono() }))
    .catch((error: unknown) => write({ id, error: String(error), at: mono() }));
});
process.stdin.on("end", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
