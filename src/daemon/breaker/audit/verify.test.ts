import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Checkpoint } from "../../../contract/breaker.ts";
import type { ProblemKind } from "./domain/diagnose.ts";
import type { Pin } from "./domain/pin.ts";
import { createAuditKey } from "./crypto.ts";
import { checkpointBytes } from "./domain/row.ts";
import { copyLog, createLogs, intent, outcome, sqlite } from "./testing/logs.ts";
import { verifyFile } from "./verify.ts";

const logs = createLogs();
const ROWS = 200;
const PINNED = 150;
let source = "";
let pin: Pin | undefined;
let older = "";
let newest: Checkpoint | null = null;

beforeAll(async () => {
  const { audit, dir, stop } = await logs.open();
  source = join(dir, "audit.db");
  for (let n = 2; n <= ROWS; n++) {
    await audit.append(n % 2 === 0 ? intent(n) : outcome(n - 1));
    const word = audit.checkpoint();
    if (n === 100) older = copyLog(source, logs.dir());
    if (n === PINNED && word) pin = { logId: word.logId, size: n, root: word.root, publicKey: word.publicKey, trail: [] };
  }
  newest = audit.checkpoint();
  await stop();
});
afterAll(() => logs.end());

const known = (): Pin => {
  if (pin === undefined) throw new Error("nothing was pinned");
  return pin;
};
const copy = () => copyLog(source, logs.dir());
/** One byte of a file changed with dd. */
const dd = (path: string, at: number) => {
  const byte = (readFileSync(path)[at] ?? 0) ^ 0x01;
  execFileSync("dd", [`of=${path}`, "bs=1", `seek=${at}`, "conv=notrunc", "status=none"], { input: Buffer.of(byte) });
};
const found = async (path: string, withPin = true) => {
  const answer = await verifyFile({ path, ...(withPin ? { pin: known() } : {}) });
  return answer.ok ? { ok: true } : answer.bad;
};

test("a log that nobody touched is whole, alone and against the pin", async () => {
  expect(await verifyFile({ path: copy() })).toMatchObject({ ok: true, rows: ROWS, root: newest?.root });
  expect(await verifyFile({ path: copy(), pin: known() })).toMatchObject({ ok: true, rows: ROWS });
});

describe("done with sqlite3", () => {
  const shiftUp = (from: number) => `UPDATE entry SET seq = -seq - 1 WHERE seq >= ${from}; UPDATE entry SET seq = -seq WHERE seq < 0;`;
  const shiftDown = (from: number) => `UPDATE entry SET seq = -seq + 1 WHERE seq > ${from}; UPDATE entry SET seq = -seq WHERE seq < 0;`;
  const body = (table: string) =>
    `${table}.at, 'agent:forged', ${table}.via, ${table}.class, ${table}.kind, ${table}.decision, ${table}.reason, NULL, ${table}.subject, ${table}.epoch, NULL`;
  const cases: [string, string, { seq: number; kind: ProblemKind }, "either" | "pin"][] = [
    ["a changed decision", "UPDATE entry SET decision = 'deny' WHERE seq = 42", { seq: 42, kind: "flipped" }, "either"],
    ["a changed title", "UPDATE entry SET subject = replace(subject, '김', '박') WHERE seq = 42", { seq: 42, kind: "flipped" }, "either"],
    ["a changed time", "UPDATE entry SET at = at + 1 WHERE seq = 199", { seq: 199, kind: "flipped" }, "either"],
    ["a field made NULL", "UPDATE entry SET act = NULL WHERE seq = 2", { seq: 2, kind: "flipped" }, "either"],
    ["a changed hash", "UPDATE entry SET hash = zeroblob(32) WHERE seq = 7", { seq: 7, kind: "flipped" }, "either"],
    ["a deleted row", "DELETE FROM entry WHERE seq = 60", { seq: 60, kind: "deleted" }, "either"],
    ["deleted rows, closed up", `DELETE FROM entry WHERE seq IN (60, 61); ${shiftDown(61)} ${shiftDown(60)}`, { seq: 60, kind: "deleted" }, "either"],
    ["the first row deleted", "DELETE FROM entry WHERE seq = 1", { seq: 1, kind: "deleted" }, "either"],
    [
      "an inserted row",
      `${shiftUp(80)} INSERT INTO entry SELECT 80, ${body("entry")}, prev, hash FROM entry WHERE seq = 79`,
      { seq: 80, kind: "inserted" },
      "either",
    ],
    ["a row inserted before all", `INSERT INTO entry SELECT 0, ${body("entry")}, prev, hash FROM entry WHERE seq = 1`, { seq: 0, kind: "inserted" }, "either"],
    [
      "a row added at the end",
      `INSERT INTO entry SELECT 201, ${body("entry")}, hash, hash FROM entry WHERE seq = 200`,
      { seq: 201, kind: "flipped" },
      "either",
    ],
    [
      "two rows that changed places",
      "UPDATE entry SET seq = -1 WHERE seq = 30; UPDATE entry SET seq = 30 WHERE seq = 90; UPDATE entry SET seq = 90 WHERE seq = -1",
      { seq: 30, kind: "reordered" },
      "either",
    ],
    ["a truncated tail", "DELETE FROM entry WHERE seq > 170", { seq: 171, kind: "truncated" }, "either"],
    [
      "a tail cut off together with its checkpoints",
      "DELETE FROM entry WHERE seq > 170; DELETE FROM checkpoint WHERE size > 170",
      { seq: 171, kind: "truncated" },
      "either",
    ],
    [
      "a tail cut off at a checkpoint that was made the head",
      "DELETE FROM entry WHERE seq > 128; DELETE FROM checkpoint WHERE size > 128; DELETE FROM node WHERE (pos + 1) * (1 << level) > 128; INSERT OR REPLACE INTO head SELECT 1, size, root, at, signature FROM checkpoint WHERE size = 128",
      { seq: 129, kind: "rolled-back" },
      "pin",
    ],
    ["a checkpoint's root changed", "UPDATE checkpoint SET root = zeroblob(32) WHERE size = 128", { seq: 128, kind: "checkpoint" }, "either"],
    ["a checkpoint's signature changed", "UPDATE checkpoint SET signature = 'AAAA' WHERE size = 64", { seq: 64, kind: "checkpoint" }, "either"],
    ["the head's signature changed", "UPDATE head SET signature = 'AAAA'", { seq: ROWS + 1, kind: "checkpoint" }, "either"],
    ["the head removed", "DELETE FROM head", { seq: ROWS, kind: "checkpoint" }, "either"],
    ["a node of the tree changed", "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND pos = 20", { seq: 41, kind: "checkpoint" }, "either"],
    ["a content changed", "UPDATE payload SET box = zeroblob(length(box)) WHERE seq = 10", { seq: 10, kind: "payload" }, "either"],
    [
      "a content put under another row",
      "UPDATE payload SET (iv, box) = (SELECT iv, box FROM payload WHERE seq = 12) WHERE seq = 10",
      { seq: 10, kind: "payload" },
      "either",
    ],
    ["a content removed", "DELETE FROM payload WHERE seq = 10", { seq: 10, kind: "payload" }, "either"],
    ["a key removed without a word in the log", "DELETE FROM payload_key WHERE seq = 10", { seq: 10, kind: "payload" }, "either"],
    ["another log's name", "UPDATE meta SET value = 'other' WHERE key = 'log-id'", { seq: 1, kind: "rebuilt" }, "either"],
    ["the log's name removed", "DELETE FROM meta", { seq: 1, kind: "checkpoint" }, "either"],
  ];
  test.each(cases)("%s is found and named", async (_, sql, bad, seenBy) => {
    const path = copy();
    sqlite(path, sql);
    const withPin = await found(path);
    if (sql === "DELETE FROM meta") expect(withPin).toEqual({ seq: 1, kind: "truncated" });
    else expect(withPin).toEqual(bad);
    const alone = await found(path, false);
    if (seenBy === "either") expect(alone).toEqual(bad);
    else expect(alone).toEqual({ ok: true });
  });
});

describe("done with dd", () => {
  test("any flipped byte of any row is found", async () => {
    const clean = copy();
    // Everything out of the write-ahead log, so that the file is all there is.
    sqlite(clean, "PRAGMA wal_checkpoint(TRUNCATE)");
    const hash = Buffer.from(sqlite(clean, "SELECT hex(prev) || hex(hash) FROM entry WHERE seq = 120").trim(), "hex");
    const at = readFileSync(clean).indexOf(hash);
    expect(at).toBeGreaterThan(200);
    // In it and before it: hash, prev, the content's hash, epoch, title, act.
    for (const back of [-63, -32, -31, 0, 1, 20, 40, 60, 90, 110]) {
      const path = join(logs.dir(), "audit.db");
      copyFileSync(clean, path);
      dd(path, at - back);
      expect(await found(path)).toEqual({ seq: 120, kind: "flipped" });
    }
  });

  test("flipped bytes all over the file are found, or changed nothing that is read", async () => {
    const clean = copy();
    sqlite(clean, "PRAGMA wal_checkpoint(TRUNCATE); VACUUM");
    const size = statSync(clean).size;
    let caught = 0;
    const dump = (path: string) => sqlite(path, ".dump");
    const before = dump(clean);
    const dir = logs.dir();
    for (let i = 0; i < 60; i++) {
      const path = join(dir, "audit.db");
      copyFileSync(clean, path);
      dd(path, Math.floor((size * (i + 0.5)) / 60));
      const answer = await found(path);
      if ("kind" in answer) caught++;
      else expect(sameContent(before, path, dump)).toBe(true);
    }
    expect(caught).toBeGreaterThan(30);
  });

  test("a file cut short is found", async () => {
    const path = copy();
    sqlite(path, "PRAGMA wal_checkpoint(TRUNCATE)");
    truncateSync(path, Math.floor(statSync(path).size / 2));
    const bad = await found(path);
    expect(bad).toHaveProperty("kind");
    expect(["unreadable", "truncated", "deleted", "payload"]).toContain("kind" in bad ? bad.kind : "");
  });
});

describe("a whole other past", () => {
  test("a file put back from earlier is found by the pin only", async () => {
    expect(await found(older)).toEqual({ seq: 101, kind: "rolled-back" });
    expect(await found(older, false)).toEqual({ ok: true });
  });

  test("a log rebuilt with another key is found by the pin, though it is sound in itself", async () => {
    const { audit, dir, stop } = await logs.open();
    for (let n = 2; n <= ROWS; n++) await audit.append(n % 2 === 0 ? intent(n) : outcome(n - 1));
    const forged = join(dir, "audit.db");
    await stop();
    expect(await found(forged, false)).toEqual({ ok: true });
    expect(await found(forged)).toEqual({ seq: 1, kind: "rebuilt" });
    // Under the true log's name too: nothing in it is what was pinned.
    const path = copyLog(forged, logs.dir());
    expect(await verifyFile({ path, pin: { ...known(), logId: nameOf(path) } })).toMatchObject({ ok: false, bad: { seq: 1, kind: "rebuilt" } });
  });

  test("a log whose true beginning goes on under another key is found where nothing true vouches for it any more", async () => {
    const dir = logs.dir();
    const path = copyLog(older, dir);
    const key = createAuditKey(join(dir, "audit.key"));
    const [at, root] = [5, sqlite(path, "SELECT lower(hex(root)) FROM head").trim()];
    const signature = key.sign(checkpointBytes({ logId: known().logId, size: 100, root, at, publicKey: key.publicKey }));
    sqlite(path, `UPDATE meta SET value = '${key.publicKey}' WHERE key = 'public-key'; UPDATE head SET at = ${at}, signature = '${signature}'`);
    const word = key.sign(checkpointBytes({ logId: known().logId, size: 64, root: rootsOf(path, 64), at, publicKey: key.publicKey }));
    const genuine = copyLog(path, logs.dir());
    sqlite(path, `UPDATE checkpoint SET at = ${at}, signature = '${word}' WHERE size = 64`);
    const { audit, stop } = await logs.open(dir);
    expect(audit.state()).toEqual({ state: "open" });
    for (let n = 0; n < 100; n++) await audit.append(outcome(`other-${n}`));
    await stop();
    expect(await found(path, false)).toEqual({ ok: true });
    expect(await found(path)).toEqual({ seq: 1, kind: "rebuilt" });
    // With the true checkpoint left in, rows up to it are vouched for.
    expect(await found(genuine)).toEqual({ seq: 65, kind: "rebuilt" });
  });

  test("a log that parts from the pinned one after some rows, under its own key, is found where it parts", async () => {
    // The past is put back to row 100 and goes on otherwise: only who has the key can do that.
    const dir = logs.dir();
    copyLog(older, dir);
    copyFileSync(join(source, "..", "audit.key"), join(dir, "audit.key"));
    const { audit, stop } = await logs.open(dir);
    for (let n = 0; n < 100; n++) await audit.append(outcome(`other-${n}`));
    await stop();
    const path = join(dir, "audit.db");
    expect(await found(path, false)).toEqual({ ok: true });
    expect(await found(path)).toEqual({ seq: 1, kind: "rebuilt" });
    const trail = [64, 96].map((size) => ({ size, root: rootsOf(source, size) }));
    expect(await verifyFile({ path, pin: { ...known(), trail: trail.filter((t) => t.root !== "") } })).toMatchObject({
      ok: false,
      bad: { seq: 65, kind: "rebuilt" },
    });
  });
});

test("a file that isn't there or is no database is unreadable, and a reading can be given up", async () => {
  expect(await found(join(logs.dir(), "audit.db"))).toEqual({ seq: 1, kind: "unreadable" });
  const given = new AbortController();
  const reading = verifyFile({ path: (await long()).path, signal: given.signal, onProgress: () => given.abort() });
  await expect(reading).rejects.toThrow("aborted");
});

/** A log of more than one page. */
async function long(): Promise<{ path: string }> {
  const { audit, dir, stop } = await logs.open();
  await Promise.all(Array.from({ length: 700 }, (_, n) => audit.append(outcome(n))));
  await stop();
  return { path: join(dir, "audit.db") };
}
const nameOf = (path: string) => sqlite(path, "SELECT value FROM meta WHERE key = 'log-id'").trim();
const rootsOf = (path: string, size: number) => sqlite(path, `SELECT lower(hex(root)) FROM checkpoint WHERE size = ${size}`).trim();
function sameContent(before: string, path: string, dump: (path: string) => string): boolean {
  try {
    return dump(path) === before;
  } catch {
    return false;
  }
}
