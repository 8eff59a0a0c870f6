import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startAosd, type Aosd } from "../../../demo/aosd.ts";
import { openLink, type Link } from "../../../src/cli/link.ts";
import { until } from "./stats.ts";

const many = fileURLToPath(new URL("./many-aosd.ts", import.meta.url));
const file = z.object({ socket: z.string(), lan: z.number() });

export interface Fleet {
  main: Aosd;
  owner: Link;
  url: string;
  stop(): Promise<void>;
}

/** A main node in its own process, paired by the real protocol with `count` nodes that share a second process. */
export async function startFleet(count: number): Promise<Fleet> {
  const dir = mkdtempSync(join(tmpdir(), "aos-fleet-"));
  const others = spawn(process.execPath, [many, join(dir, "nodes"), String(count)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => others.once("exit", () => resolve()));
  const main = await startAosd(join(dir, "main"), [
    "--lan-host",
    "127.0.0.1",
    "--lan-port",
    "0",
    "--loopback-port",
    "0",
    "--discovery",
    "off",
    "--roles",
    "main",
    "--name",
    "노드 1",
  ]);
  const stop = async () => {
    await main.stop();
    others.stdin.end();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      createInterface(others.stdout).on("line", (line) => {
        if (line.includes("many.serving")) resolve();
      });
      void ended.then(() => reject(new Error("the simulated nodes ended")));
    });
    const claimed = await main.link.ask((client) => client.access.claim({ name: "bench", deviceName: "bench" }));
    const owner = await main.signIn(claimed.token);
    for (let index = 0; index < count; index++) {
      const folder = join(dir, "nodes", `n${index}`);
      await until(() => existsSync(join(folder, "aosd.json")), 5000);
      const { socket, lan } = file.parse(JSON.parse(readFileSync(join(folder, "aosd.json"), "utf8")));
      const node = await openLink({ socket, stateDir: folder, token: undefined });
      const window = await node.ask((client) => client.access.window.get());
      node.close();
      if (window.state !== "open") throw new Error("a pairing window is closed");
      await owner.ask((client) => client.rack.node.add({ address: `127.0.0.1:${lan}`, code: window.code }));
    }
    await until(async () => (await owner.ask((client) => client.rack.snapshot())).nodes.every((node) => node.state === "online"), 30_000, 100);
    return { main, owner, url: claimed.link.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
