import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogs, intent, outcome, sqlite } from "./testing/logs.ts";

let logs = createLogs();
beforeEach(() => {
  logs = createLogs();
});
afterEach(() => logs.end());

describe("when something is wrong with the file", () => {
  const grownAndClosed = async () => {
    const { audit, dir, stop } = await logs.open();
    for (let n = 0; n < 100; n++) await audit.append(outcome(n));
    const pinned = audit.checkpoint();
    await stop();
    return { dir, pinned };
  };
  const refuses = async (dir: string, bad: object) => {
    const { audit, stop } = await logs.open(dir);
    expect(audit.state()).toEqual({ state: "damaged", bad });
    await expect(audit.append(intent(1))).rejects.toMatchObject({ code: "damaged" });
    return { audit, stop };
  };

  test("a log that vanished is damage and not a new log", async () => {
    const { dir } = await grownAndClosed();
    rmSync(join(dir, "audit.db"));
    await refuses(dir, { seq: 1, kind: "truncated" });
    expect(existsSync(join(dir, "audit.db"))).toBe(false);
  });

  test.each([
    ["UPDATE entry SET decision = 'allow' WHERE seq = 40", { seq: 40, kind: "flipped" }],
    ["DELETE FROM entry WHERE seq = 40", { seq: 40, kind: "deleted" }],
    ["DELETE FROM entry WHERE seq > 90", { seq: 91, kind: "truncated" }],
    [
      "INSERT INTO entry SELECT 102, at, actor, via, class, kind, decision, reason, act, subject, epoch, payload_hash, prev, hash FROM entry WHERE seq = 101",
      { seq: 102, kind: "inserted" },
    ],
    ["UPDATE head SET root = zeroblob(32)", { seq: 101, kind: "checkpoint" }],
    ["UPDATE node SET hash = zeroblob(32) WHERE level = 6", { seq: 1, kind: "checkpoint" }],
  ])("the end of the log is looked at before a row is added to it: %s", async (sql, bad) => {
    const { dir } = await grownAndClosed();
    sqlite(join(dir, "audit.db"), sql);
    await refuses(dir, bad);
  });

  test("a row that somebody adds while the log is open stops it", async () => {
    const { audit, dir } = await logs.open();
    await audit.append(outcome(1));
    sqlite(
      join(dir, "audit.db"),
      "INSERT INTO entry SELECT 3, at, actor, via, class, kind, decision, reason, 'x', subject, epoch, payload_hash, prev, hash FROM entry WHERE seq = 2",
    );
    await expect(audit.append(outcome(2))).rejects.toMatchObject({ code: "failed" });
    await expect.poll(() => audit.state(), { timeout: 10_000 }).toEqual({ state: "damaged", bad: { seq: 3, kind: "inserted" } });
  });

  test("a log of another key is damage", async () => {
    const [one, two] = [await grownAndClosed(), await grownAndClosed()];
    renameSync(join(two.dir, "audit.key"), join(one.dir, "audit.key"));
    await refuses(one.dir, { seq: 1, kind: "rebuilt" });
  });

  test.each(["", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])("a key that can't be read is damage: %j", async (text) => {
    const { dir } = await grownAndClosed();
    writeFileSync(join(dir, "audit.key"), text);
    await refuses(dir, { seq: 1, kind: "unreadable" });
  });

  test("a file that is no database is damage, and is kept when a new log begins", async () => {
    const { dir } = await grownAndClosed();
    writeFileSync(join(dir, "audit.db"), "this is no database, it is a letter".repeat(400));
    const { audit } = await refuses(dir, { seq: 1, kind: "unreadable" });
    expect(await audit.seal({ actor: "person:1", via: "ipc" })).toEqual({ ok: true });
    expect(audit.state()).toEqual({ state: "open" });
    expect(readFileSync(join(dir, "audit.damaged-1.db"), "utf8")).toContain("it is a letter");
    const [first] = (await audit.query()).items;
    expect(first).toMatchObject({
      seq: 1,
      actor: "person:1",
      title: { code: "log.sealed", params: { file: "audit.damaged-1.db", badSeq: 1, badKind: "unreadable" } },
    });
    expect(await audit.seal({ actor: "person:1", via: "ipc" })).toEqual({ ok: false, code: "whole" });
    await expect(audit.append(intent(1))).resolves.toMatchObject({ seq: 2 });
  });

  test("a seal that was cut off between putting aside and beginning anew still names what was left behind", async () => {
    const { dir } = await grownAndClosed();
    renameSync(join(dir, "audit.db"), join(dir, "audit.damaged-1.db"));
    renameSync(join(dir, "audit.key"), join(dir, "audit.key.first"));
    const { audit } = await logs.open(dir);
    expect((await audit.query()).items[0]?.title.params["file"]).toBe("audit.damaged-1.db");
  });

  test("the key can be read by this user only, and a first start that was cut off is gone on with", async () => {
    const { dir } = await grownAndClosed();
    expect(statSync(join(dir, "audit.key")).mode & 0o777).toBe(0o600);
    renameSync(join(dir, "audit.key"), join(dir, "audit.key.first"));
    const { audit } = await logs.open(dir);
    expect(audit.state()).toEqual({ state: "open" });
    expect(existsSync(join(dir, "audit.key"))).toBe(true);
  });

  test("a log that can't be opened now refuses, and is opened later by itself", async () => {
    const { dir } = await grownAndClosed();
    const held = join(dir, "held.db");
    renameSync(join(dir, "audit.db"), held);
    // A folder of that name can't be opened as a file, and is no damage.
    mkdirSync(join(dir, "audit.db"));
    const { audit } = await logs.open(dir);
    expect(audit.state()).toEqual({ state: "failed" });
    await expect(audit.append(intent(1))).rejects.toMatchObject({ code: "failed" });
    rmSync(join(dir, "audit.db"), { recursive: true });
    renameSync(held, join(dir, "audit.db"));
    await expect.poll(() => audit.state(), { timeout: 20_000 }).toEqual({ state: "open" });
    await expect(audit.append(intent(1))).resolves.toMatchObject({ seq: 102 });
  });
});
