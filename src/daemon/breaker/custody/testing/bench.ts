import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import { silentLog } from "../../../kernel/log.ts";
import type { Fence } from "../../domain/fence.ts";
import { createCustody, custodyInstance, type Custody } from "../custody.ts";
import { nothingConfined, type Capabilities } from "../domain/capabilities.ts";
import type { ReaperPort } from "../reaper-port.ts";
import { connectReaper } from "./reaper-channel.ts";
import type { CustodyDeps, ToolSpec } from "../tool.ts";

/** A latch in memory: one epoch, closed once. */
export function memoryFence(): Fence & { close(): void } {
  const listeners = new Set<() => void>();
  let closed = false;
  return {
    open: (epoch) => !closed && epoch === 1,
    epoch: () => (closed ? 2 : 1),
    onClose(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const listener of listeners) listener();
    },
  };
}

export interface Bench {
  stateDir: string;
  fence: ReturnType<typeof memoryFence>;
  keeper: ReaperPort;
  custody: Custody;
  deps: CustodyDeps;
  spec(part: Partial<ToolSpec> & Pick<ToolSpec, "command" | "args">): ToolSpec;
  stop(): Promise<void>;
}

/** Custody with a real keeper thread in a folder of its own. */
export async function startBench(capabilities: (instance: string) => Promise<Capabilities> | Capabilities, changes: Partial<CustodyDeps> = {}): Promise<Bench> {
  const stateDir = mkdtempSync(join(tmpdir(), "aos-custody-"));
  const worker = new Worker(new URL("./keeper.ts", import.meta.url));
  const clock = createClock();
  const keeper = connectReaper(worker, { clock });
  await keeper.alive();
  const fence = memoryFence();
  const instance = custodyInstance(stateDir);
  const deps: CustodyDeps = {
    fence,
    keeper,
    ids: createIds(),
    clock,
    log: silentLog,
    capabilities: await capabilities(instance),
    stateDir,
    instance,
    hidden: [],
    doors: null,
    fillSecrets: async ({ env, stdin }) => ({ env, stdin }),
    base: { path: `/usr/local/bin:/usr/bin:/bin`, lang: "C.UTF-8" },
    ...changes,
  };
  const custody = createCustody(deps);
  return {
    stateDir,
    fence,
    keeper,
    custody,
    deps,
    spec: (part) => ({
      epoch: 1,
      cwd: null,
      env: {},
      network: "none",
      act: "act-1",
      agent: "agent-1",
      limits: { ms: 60_000, outputBytes: 1_000_000 },
      ...part,
    }),
    async stop() {
      await custody.stop();
      await worker.terminate();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export const unconfined = (): Capabilities => nothingConfined("namespaces-refused");

/** Whether a process lives. One that only waits for its parent to read its code is dead. */
export function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))) throw error;
    return false;
  }
}
