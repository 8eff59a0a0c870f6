import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import { silentLog } from "../../../kernel/log.ts";
import { openPool } from "../../../kernel/sqlite/pool.ts";
import { memoryFence } from "../../custody/testing/bench.ts";
import type { OwnerList } from "../domain/owner-list.ts";
import { createLedger, ledgerMigrations } from "../ledger.ts";
import { createEgress, type EgressDeps, type Refused } from "../proxy.ts";

const received = z.object({ bytes: z.number(), sha256: z.string(), head: z.string() });
export type Received = z.infer<typeof received>;

/** A far server in its own process; `received` grows by one for each connection that ended. */
export async function startFar(host = "127.0.0.1") {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./far.ts", import.meta.url)), host], { stdio: ["pipe", "pipe", "inherit"] });
  const got: Received[] = [];
  const port = await new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const value: unknown = JSON.parse(line);
      const started = z.object({ port: z.number() }).safeParse(value);
      if (started.success) resolve(started.data.port);
      else got.push(received.parse(value));
    });
  });
  return { port, received: got, stop: () => void child.stdin.end() };
}

/** An egress proxy with a real ledger on disk. Names ending in `.test` are at 127.0.0.1, and listed by the owner at `port`. */
export async function startEgress(port: number, changes: Partial<EgressDeps> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "aos-egress-"));
  const pool = await openPool({ ledger: { path: join(folder, "ledger.db"), durability: "full", migrations: ledgerMigrations } });
  const clock = createClock();
  const ids = createIds();
  const ledger = createLedger({ db: pool.database("ledger"), clock, ids });
  const fence = memoryFence();
  const refused: Refused[] = [];
  const owner: { list: OwnerList } = { list: { mode: "open", hosts: [], inside: [`far.test:${port}`, `other.test:${port}`] } };
  const asked: string[] = [];
  const deps: EgressDeps = {
    fence,
    policy: {
      decide: async ({ host, method }) => {
        asked.push(`${method} ${host}`);
        return host === "denied.test" ? { allow: false, reason: "no" } : { allow: true, class: host === "far.test" ? "8a" : "8b", approvedBy: "grant-1" };
      },
    },
    ledger,
    clock,
    log: silentLog,
    ids,
    owner: () => owner.list,
    resolve: async (host) => {
      if (host.endsWith(".test")) return ["127.0.0.1"];
      throw new Error("no such name");
    },
    onRefused: (one) => refused.push(one),
    ...changes,
  };
  const egress = createEgress(deps);
  const { port: proxyPort } = await egress.start(0);
  const traveller = { epoch: 1, act: "act-1", agent: "agent-1", hosts: null };
  const { token } = egress.admit(traveller);
  return {
    folder,
    deps,
    fence,
    ledger,
    egress,
    refused,
    owner,
    asked,
    port: proxyPort,
    traveller,
    token,
    auth: `Proxy-Authorization: Basic ${Buffer.from(`aos:${token}`).toString("base64")}`,
    async stop() {
      await egress.stop();
      await pool.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type EgressBench = Awaited<ReturnType<typeof startEgress>>;
