import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateRequest } from "../../../contract/breaker.ts";
import { createFakeClock } from "../../rack/health/fake-clock.ts";
import { createIds } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { openPool } from "../../kernel/sqlite/pool.ts";
import { createApprovals } from "../approvals/service.ts";
import type { Json } from "../audit/domain/canonical.ts";
import { prepareEntry, type AuditEntry } from "../audit/entry.ts";
import type { Recorded } from "./domain/types.ts";
import { createPolicy } from "./policy.ts";
import type { GateDeps } from "./ports.ts";
import { recordedOf } from "./replay.ts";
import { breakerMigrations } from "./schema.ts";
import { createGate } from "./service.ts";
import { createSpending } from "./spending.ts";

export const SECRET = "sk-shop-0123456789abcdef";

/** A fence that a test opens and closes. */
export function createFakeFence() {
  let epoch = 1;
  let opened = true;
  const listeners = new Set<() => void>();
  return {
    open: (of: number) => opened && of === epoch,
    epoch: () => epoch,
    onClose(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      if (!opened) return;
      opened = false;
      epoch += 1;
      for (const listener of listeners) listener();
    },
    start() {
      opened = true;
    },
  };
}

/** A log in memory that takes secrets out and refuses what JSON can't say, as the real one does. */
export function createFakeAudit() {
  const rows: { seq: number; entry: AuditEntry; payload: Json | null }[] = [];
  const redact = (text: string) => text.replaceAll(SECRET, "[secret]");
  return {
    rows,
    redact,
    append(entry: AuditEntry): Promise<{ seq: number }> {
      const { payload: text } = prepareEntry(entry, redact);
      const payload = text === null ? null : (JSON.parse(text) as Json);
      rows.push({ seq: rows.length + 1, entry, payload });
      return Promise.resolve({ seq: rows.length });
    },
    recorded: (): Recorded[] => rows.flatMap(({ payload }) => recordedOf(payload) ?? []),
  };
}

const openGatePool = (dir: string) => openPool({ aos: { path: join(dir, "aos.db"), durability: "normal", migrations: breakerMigrations } });

/** One database for many tests: as new each time. */
export async function sharedDatabase(): Promise<{ fresh(): Promise<Database>; end(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "aos-gate-"));
  const pool = await openGatePool(dir);
  return {
    async fresh() {
      const db = pool.database("aos");
      await db.write(["gate_policy", "gate_known", "gate_spent", "gate_draft", "gate_runtime"].map((table) => ({ sql: `DELETE FROM ${table}` })));
      return db;
    },
    async end() {
      await pool.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A gate with a real database and real approvals; filters and log are fakes that work. `but` replaces what a test breaks. */
export async function openGate(but: Partial<GateDeps> = {}, kept: { dir?: string; level?: 1 | 2 | 3 | 4 | 5; db?: Database } = {}) {
  const dir = kept.dir ?? mkdtempSync(join(tmpdir(), "aos-gate-"));
  const pool = kept.db ? null : await openGatePool(dir);
  const db = kept.db ?? (pool ?? (await openGatePool(dir))).database("aos");
  const clock = createFakeClock();
  const ids = createIds();
  const log = silentLog;
  const audit = createFakeAudit();
  const fence = createFakeFence();
  const licence = { current: () => ({ maxLevel: 5, plan: "test", problem: null }) };
  const policy = await createPolicy({ db, clock, ids, log, licence, isolation: () => "netns", member: false });
  if (kept.level !== undefined) await policy.setLevel(kept.level);
  const approvals = await createApprovals({ db, clock, ids, log, nodeId: "aaaaaaaaaaaaaaaa", grants: policy });
  const trips: string[] = [];
  const deps: GateDeps = {
    fence,
    clock,
    ids,
    log,
    audit,
    redact: audit.redact,
    screen: {
      judge: (text) =>
        text.includes("ignore all previous")
          ? { band: "high", score: 0.99 }
          : text.includes("suspicious")
            ? { band: "medium", score: 0.6 }
            : { band: "none", score: 0.01 },
    },
    secrets: {
      find: (text) => {
        const start = text.indexOf(SECRET);
        return start < 0 ? [] : [{ kind: "vault", start, end: start + SECRET.length, preview: "sk-…" }];
      },
    },
    approvals,
    policy,
    spending: createSpending({ db, clock, log }),
    around: { workspace: ["/srv/shop"], state: [dir], resolve: (path) => path, credentialHosts: () => null },
    binary: (request: GateRequest) => Promise.resolve(request.tool === "shell.run" ? { path: "/bin/sh", sha256: "0".repeat(64) } : null),
    trip({ reason }) {
      trips.push(reason);
      fence.close();
    },
    ...but,
  };
  const gate = createGate(deps);
  const stops = [await gate.start(), approvals.start()];
  const caller = { runtime: "test", via: "http" };
  return {
    dir,
    clock,
    audit,
    fence,
    policy,
    approvals,
    gate,
    trips,
    deps,
    db,
    judge: (tool: string, args: GateRequest["args"], more: Partial<GateRequest> = {}) =>
      gate.judge({ tool, args, agent: "main", mode: "live", ...more }, caller),
    inbound: (text: string, more: object = {}) =>
      gate.inbound({ text, surface: "dm", source: { channel: "kakao", address: "kim" }, agent: "main", ...more }, caller),
    /** Stops the daemon; its folder stays for the next one. */
    async close() {
      for (const stop of stops) stop();
      await pool?.close();
    },
    async end() {
      for (const stop of stops) stop();
      await pool?.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
export type TestGate = Awaited<ReturnType<typeof openGate>>;
