import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, eventually, startKeeper, type KeeperNode } from "../../../contract/support/keeper/rack.ts";
import type { StopRack } from "./rack.ts";

const ids = ["main", "pool", "llm", "storage"] as const;

/** Four keepers, each in its own process, without the rest of the daemon. */
export async function startKeeperRack(button: { path: string; key: Buffer }): Promise<StopRack> {
  const dir = mkdtempSync(join(tmpdir(), "aos-stop-"));
  const begin = (nodeId: string, fresh: boolean) => {
    mkdirSync(join(dir, nodeId), { recursive: true });
    return startKeeper({
      stateDir: join(dir, nodeId),
      nodeId,
      isMain: nodeId === "main",
      members: nodeId === "main" ? ids.slice(1) : [],
      host: "127.0.0.1",
      fresh,
    });
  };
  const nodes = new Map<string, KeeperNode>();
  for (const id of ids) nodes.set(id, await begin(id, true));
  const node = (id: string): KeeperNode => {
    const found = nodes.get(id);
    if (!found) throw new Error(`no ${id}`);
    return found;
  };
  const joined = async () => {
    for (const id of ids.slice(1)) await connect(node("main"), node(id));
    await node("main").ask({ do: "button", config: { source: { kind: "serial", path: button.path }, key: button.key.toString("hex") } });
  };
  await joined();
  return {
    toolDir: dir,
    nodes: ids.map((name) => ({
      name,
      pid: () => node(name).pid,
      gate: () => ({ port: node(name).gate, token: "" }),
      tool: async (command) => void (await node(name).ask({ do: "tool", command: [...command] })),
      block: (ms) => node(name).ask({ do: "block", ms }),
    })),
    state: async () => {
      const view = await node("main").ask({ do: "view" });
      return {
        state: view.state,
        mayReset: view.mayReset,
        open: view.nodes.filter((one) => one.state === "open").length,
        cause: view.cause,
        onDisk: view.onDisk,
      };
    },
    reset: async () => (await node("main").ask({ do: "reset" })).ok,
    start: async () => (await node("main").ask({ do: "start" })).ok,
    async restartMain() {
      await node("main").kill();
      nodes.set("main", await begin("main", false));
      await joined();
      await eventually("main speaks", async () => (await node("main").ask({ do: "view" })).epoch > 0);
    },
    async end() {
      await Promise.all([...nodes.values()].map((one) => one.kill()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
