import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, runToEnd } from "../levels/child.ts";
import { auditWriter, killWhileAppending } from "./support/audit-kills.ts";
import { seeded } from "./support/hostile.ts";

const KILLS = 20;
const dir = mkdtempSync(join(tmpdir(), "aos-audit-strace-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("no acknowledged row is lost to 20 kills in the middle of writes, and acts that were cut off are called unknown", async () => {
  const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
  const tally = await killWhileAppending(KILLS, seeded(seed));
  console.log(`audit kills: ${JSON.stringify(tally)} seed ${seed} (AOS_TEST_SEED)`);
  expect(tally.kills).toBe(KILLS);
  expect(tally.inFlight).toBeGreaterThanOrEqual(KILLS / 2);
  expect(tally.clean).toBe(KILLS);
  expect(tally.acknowledged).toBeGreaterThan(KILLS * 5);
  expect(tally.recovered).toBe(tally.acknowledged);
  expect(tally.told).toBe(tally.cutOff);
  expect(tally.cutOff).toBeGreaterThan(0);
});

test("each acknowledgement comes after the disk was told to keep the row", async () => {
  const trace = join(dir, "trace");
  const acts = 25;
  const command = ["strace", "-f", "-s", "64", "-e", "trace=fdatasync,fsync,write", "-o", trace];
  const ended = await runToEnd([...command, process.execPath, auditWriter, join(dir, "state"), "s", "1", String(acts)], { limitMs: 60_000, cwd: root });
  expect(ended.tail).toContain(`end s-0-${acts - 1}`);
  let synced = 0;
  let acknowledged = 0;
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    if (/write\(1, "try /.test(line)) synced = 0;
    // A call that another thread's line interrupted ends in a line of its own.
    if (/f(data)?sync(\(\d+\)| resumed>\)).*= 0$/.test(line)) synced += 1;
    if (!/write\(1, "ack /.test(line)) continue;
    acknowledged += 1;
    expect(synced, line).toBeGreaterThan(0);
  }
  expect(acknowledged).toBe(acts);
});
