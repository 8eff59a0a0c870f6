import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIds } from "../../kernel/ids.ts";
import { openPool, type Pool } from "../../kernel/sqlite/pool.ts";
import { createFakeClock } from "../../rack/health/fake-clock.ts";
import type { OpenRow } from "./domain/row.ts";
import { createLedger, ledgerMigrations } from "./ledger.ts";

let folder: string;
let pool: Pool<"ledger">;
const clock = createFakeClock(1000);
const open = async () => {
  pool = await openPool({ ledger: { path: join(folder, "ledger.db"), durability: "full", migrations: ledgerMigrations } });
  return createLedger({ db: pool.database("ledger"), clock, ids: createIds() });
};
const row: OpenRow = {
  act: "a",
  agent: "b",
  epoch: 3,
  host: "example.org",
  port: 443,
  method: "CONNECT",
  address: "93.184.215.14",
  class: "8b",
  approvedBy: "owner",
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aos-ledger-"));
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the egress ledger", () => {
  it("an open row's totals are unknown, never 0", async () => {
    const ledger = await open();
    const id = await ledger.open(row);
    expect(await ledger.list()).toEqual([
      { ...row, id, openedAt: 1000, closedAt: "unknown", bytesOut: "unknown", bytesIn: "unknown", bytesUnsure: "unknown", sha256: "unknown", outcome: "open" },
    ]);
    clock.pass(500);
    await ledger.close(id, { bytesOut: 1, bytesIn: 0, bytesUnsure: 2, sha256: "ab", outcome: "cut" });
    expect((await ledger.list())[0]).toMatchObject({ closedAt: 1500, bytesOut: 1, bytesIn: 0, bytesUnsure: 2, sha256: "ab", outcome: "cut" });
  });

  it("a row is closed once", async () => {
    const ledger = await open();
    const id = await ledger.open(row);
    const totals = { bytesOut: 1, bytesIn: 0, bytesUnsure: 0, sha256: "ab", outcome: "done" as const };
    await ledger.close(id, totals);
    await expect(ledger.close(id, { ...totals, bytesOut: 9 })).rejects.toThrow();
    await expect(ledger.close("nobody", totals)).rejects.toThrow();
    await ledger.open(row);
    expect((await ledger.list())[1]?.bytesOut).toBe(1);
    expect(await ledger.bytesOut()).toBe(1);
  });

  it("what was open when the daemon died has an unknown end at its next start", async () => {
    await (await open()).open(row);
    await pool.close();
    const ledger = await open();
    expect(await ledger.settle()).toBe(1);
    expect((await ledger.list())[0]).toMatchObject({ outcome: "unknown", bytesOut: "unknown" });
  });

  it("is read newest first, by time, host, agent and act, in pages", async () => {
    const ledger = await open();
    for (const [i, host] of ["a.example", "b.example", "a.example"].entries()) {
      await ledger.open({ ...row, host, act: `act-${i}` });
      clock.pass(10);
    }
    const acts = async (filter: Parameters<typeof ledger.list>[0]) => (await ledger.list(filter)).map((one) => one.act);
    expect(await acts({})).toEqual(["act-2", "act-1", "act-0"]);
    expect(await acts({ host: "a.example" })).toEqual(["act-2", "act-0"]);
    expect(await acts({ act: "act-1" })).toEqual(["act-1"]);
    expect(await acts({ agent: "nobody" })).toEqual([]);
    expect(await acts({ limit: 1 })).toEqual(["act-2"]);
    const [, middle] = await ledger.list();
    expect(await acts({ from: middle?.openedAt ?? 0, to: (middle?.openedAt ?? 0) + 1 })).toEqual(["act-1"]);
  });
});
