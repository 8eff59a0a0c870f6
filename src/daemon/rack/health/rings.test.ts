import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { Sample } from "../../../contract/rack.ts";
import { silentLog } from "../../kernel/log.ts";
import { DiskFullError, type Database } from "../../kernel/sqlite/database.ts";
import { openPool, type Pool } from "../../kernel/sqlite/pool.ts";
import { quietSample } from "../domain/fake-facts.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createRings, healthMigrations } from "./rings.ts";

const root = mkdtempSync(join(tmpdir(), "aos-rings-"));
const pools: Pool<"health">[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const start = 1_763_899_200_000;
const node = "aaaaaaaaaaaaaaaa";
let files = 0;

async function open(path = join(root, `health-${(files += 1)}.db`)): Promise<{ db: Database; path: string; close(): Promise<void> }> {
  const pool = await openPool({ health: { path, durability: "normal", migrations: healthMigrations } });
  pools.push(pool);
  const close = async () => {
    pools.splice(pools.indexOf(pool), 1);
    await pool.close();
  };
  return { db: pool.database("health"), path, close };
}
const samples = (from: number, count: number, but: Partial<Sample> = {}): Sample[] =>
  Array.from({ length: count }, (_, index) => ({ ...quietSample, at: from + index * 1000, cpuPercent: index % 100, ...but }));
/** A clock that stands three seconds after an instant: what was taken until then has settled. */
const clockAfter = (at: number): FakeClock => createFakeClock(at + 3000);
const rows = async (db: Database, ring: string) => Number((await db.read(`SELECT count(*) AS n FROM ring_${ring}`))[0]?.["n"]);

/** A disk that can be full: as the real database says it, nothing of a refused batch is kept. */
function fillable(db: Database) {
  const state = { full: false, refused: 0, accepted: 0 };
  const guarded: Database = {
    read: (sql, params) => db.read(sql, params),
    write(statements) {
      if (!state.full) {
        // Seconds only: coarse slots and first records are made from them.
        state.accepted += statements.filter((one) => one.sql.startsWith("INSERT OR REPLACE INTO ring_1s ")).length;
        return db.write(statements);
      }
      state.refused += 1;
      return Promise.reject(new DiskFullError("database or disk is full"));
    },
  };
  return { state, db: guarded };
}

describe("the rings", () => {
  test("are bounded by construction: a week of seconds leaves an hour of them, a day of ten seconds", async () => {
    const { db } = await open();
    const rings = createRings({ db, clock: clockAfter(start), log: silentLog });
    // Two hours in full, and then one second in ten for a week.
    rings.add(node, samples(start, 7200));
    const sparse = Array.from({ length: 7 * 8640 }, (_, index): Sample => ({ ...quietSample, at: start + 7_200_000 + index * 10_000 }));
    for (let from = 0; from < sparse.length; from += 6000) rings.add(node, sparse.slice(from, from + 6000));
    await rings.stop();
    expect(await rows(db, "1s")).toBe(3600);
    expect(await rows(db, "10s")).toBe(8640);
    expect(await rows(db, "5m")).toBe(24 + 7 * 288);
  }, 60_000);

  test("lose nothing of a coarse slot by a kill in its middle: the next run goes on from the seconds on disk", async () => {
    const { db } = await open();
    const first = createRings({ db, clock: clockAfter(start + 150_000), log: silentLog });
    first.add(node, samples(start, 150, { cpuPercent: 10 }));
    await first.history(node, 10);
    // No stop: the process is gone. A new one takes over in the same slot of five minutes.
    const second = createRings({ db, clock: clockAfter(start + 299_000), log: silentLog });
    second.add(node, samples(start + 150_000, 150, { cpuPercent: 30 }));
    await second.stop();
    expect(await db.read("SELECT at, cpu_percent FROM ring_5m")).toEqual([{ at: start, cpu_percent: 20 }]);
  });

  test("show points that are not on disk yet, and the same ones when they are", async () => {
    const { db } = await open();
    const clock = clockAfter(start + 600_000);
    const rings = createRings({ db, clock, log: silentLog });
    rings.add(node, samples(start, 601));
    expect(await rows(db, "1s")).toBe(0);
    const before = await rings.history(node, 10);
    expect(before).toMatchObject({ nodeId: node, stepMs: 1000, missing: 0, to: start + 601_000, from: start + 1000 });
    expect(before.points.cpuPercent?.slice(0, 3)).toEqual([1, 2, 3]);
    await rings.stop();
    expect(await rows(db, "1s")).toBe(601);
    expect(await rings.history(node, 10)).toEqual(before);
  });

  test("write every ten seconds, and no point is between memory and disk while they do", async () => {
    const { db } = await open();
    const clock = clockAfter(start + 599_000);
    const rings = createRings({ db, clock, log: silentLog });
    const stop = rings.start();
    rings.add(node, samples(start, 600));
    const asked = [rings.history(node, 10)];
    // The flush is sent right after the first question, and ends between its two reads.
    clock.pass(10_000);
    asked.push(rings.history(node, 9));
    expect((await Promise.all(asked)).map((one) => one.missing)).toEqual([0, 10]);
    stop();
    await rings.stop();
    expect(await rows(db, "1s")).toBe(600);
  });

  test("survive the end of the process and go on", async () => {
    const first = await open();
    const rings = createRings({ db: first.db, clock: clockAfter(start + 299_000), log: silentLog });
    rings.add(node, samples(start, 300));
    await rings.stop();
    await first.close();
    const second = await open(first.path);
    const again = createRings({ db: second.db, clock: clockAfter(start + 599_000), log: silentLog });
    expect((await again.history(node, 10)).missing).toBe(300);
    again.add(node, samples(start + 300_000, 300));
    const history = await again.history(node, 10);
    expect(history.missing).toBe(0);
    expect(history.points.cpuPercent?.every((value) => value !== null)).toBe(true);
    expect(again.lastAt(node)).toBe(start + 599_000);
    await again.stop();
  });

  test("keep nodes apart, and forget one at a word", async () => {
    const { db: real } = await open();
    const { state, db } = fillable(real);
    const clock = clockAfter(start + 59_000);
    const rings = createRings({ db, clock, log: silentLog });
    const other = "bbbbbbbbbbbbbbbb";
    rings.add(node, samples(start, 60));
    rings.add(other, samples(start, 60, { cpuPercent: 77 }));
    const stop = rings.start();
    // Forgotten while a write is under way: the other node's points must not go with it.
    clock.pass(10_000);
    for (let turn = 0; turn < 100 && state.accepted === 0; turn += 1) await Promise.resolve();
    expect(state.accepted).toBe(120);
    const forgotten = rings.forget(node);
    rings.add(other, samples(start + 60_000, 10, { cpuPercent: 78 }));
    await forgotten;
    stop();
    await rings.stop();
    expect(await db.read("SELECT node, count(*) AS n, sum(cpu_percent) AS cpu FROM ring_1s GROUP BY node")).toEqual([
      { node: other, n: 70, cpu: 60 * 77 + 10 * 78 },
    ]);
    expect((await rings.history(node, 1)).missing).toBe(0);
    expect(rings.lastAt(node)).toBe(0);
  });
});

describe("a hole", () => {
  test("is counted as missing and is a null in each line, never 0", async () => {
    const { db } = await open();
    const rings = createRings({ db, clock: clockAfter(start + 599_000), log: silentLog });
    rings.add(node, samples(start, 300));
    rings.add(node, samples(start + 307_000, 293));
    for (const at of ["in memory", "on disk"]) {
      const history = await rings.history(node, 10);
      expect([at, history.missing]).toEqual([at, 7]);
      expect(history.points.cpuPercent?.slice(300, 307)).toEqual(Array.from({ length: 7 }, () => null));
      await rings.stop();
    }
  });

  test("is no hole before the node's first record", async () => {
    const { db } = await open();
    const rings = createRings({ db, clock: clockAfter(start + 99_000), log: silentLog });
    rings.add(node, samples(start, 100));
    await rings.stop();
    const history = await rings.history(node, 10);
    expect([history.missing, history.at.length]).toEqual([0, 600]);
  });

  test("in what can be read stays unknown through memory, disk and aggregation", async () => {
    const { db } = await open();
    const rings = createRings({ db, clock: clockAfter(start + 7_199_000), log: silentLog });
    rings.add(node, samples(start, 7200, { temperatureC: "unknown", powerW: 20 }));
    for (let round = 0; round < 2; round += 1) {
      const { points, stepMs, missing } = await rings.history(node, 120, ["temperatureC", "powerW"]);
      expect([stepMs, missing]).toEqual([10_000, 0]);
      expect(new Set(points.temperatureC)).toEqual(new Set([null]));
      expect(new Set(points.powerW)).toEqual(new Set([20]));
      expect(points.cpuPercent).toBeUndefined();
      await rings.stop();
    }
  });
});

describe("a full disk", () => {
  test("loses nothing: points wait, are shown, and are written when there is room", async () => {
    const { db: real } = await open();
    const { state, db } = fillable(real);
    const clock = clockAfter(start + 599_000);
    const rings = createRings({ db, clock, log: silentLog });
    const stop = rings.start();
    rings.add(node, samples(start, 200));
    state.full = true;
    clock.pass(10_000);
    rings.add(node, samples(start + 200_000, 200));
    clock.pass(10_000);
    clock.setWall(start + 602_000);
    await rings.stop();
    expect(state.refused).toBeGreaterThanOrEqual(2);
    expect(await rows(real, "1s")).toBe(0);
    rings.add(node, samples(start + 400_000, 200));
    expect((await rings.history(node, 10)).missing).toBe(0);
    state.full = false;
    stop();
    await rings.stop();
    expect(await rows(real, "1s")).toBe(600);
    expect(await real.read("SELECT sum(cpu_percent) AS sum FROM ring_1s")).toEqual([{ sum: 6 * (99 * 50) }]);
    expect(await real.read("SELECT at FROM first_record")).toEqual([{ at: start }]);
  });

  test("for days holds a bounded part of it in memory", async () => {
    const { db: real } = await open();
    const { state, db } = fillable(real);
    state.full = true;
    const rings = createRings({ db, clock: clockAfter(start), log: silentLog });
    for (let day = 0; day < 60; day += 1) rings.add(node, samples(start + day * 1_000_000, 1000));
    await rings.stop();
    state.full = false;
    await rings.stop();
    // 64 nodes for ten minutes.
    expect(state.accepted).toBeLessThanOrEqual(64 * 600);
    expect(await rows(real, "1s")).toBe(3600);
  });
});

describe("a clock set back an hour", () => {
  test("leaves slots of the future behind, which no range shows", async () => {
    const { db } = await open();
    const clock = clockAfter(start + 3_599_000);
    const rings = createRings({ db, clock, log: silentLog });
    rings.add(node, samples(start + 3_000_000, 600, { cpuPercent: 11 }));
    clock.setWall(start + 102_000);
    rings.add(node, samples(start, 100, { cpuPercent: 22 }));
    for (let round = 0; round < 2; round += 1) {
      const history = await rings.history(node, 10, ["cpuPercent"]);
      expect(history.missing).toBe(0);
      expect(new Set(history.points.cpuPercent)).toEqual(new Set([null, 22]));
      expect(Math.max(...history.at)).toBeLessThan(start + 100_000);
      await rings.stop();
    }
  });
});
