import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import type { Audit } from "./audit.ts";
import { createReplicas, type Replicas } from "./replica.ts";
import { copyLog, createLogs, intent, outcome, sqlite } from "./testing/logs.ts";
import { verifyFile } from "./verify.ts";
import type { RowBatch } from "./wire.ts";

const NODE = "abcdefghijklmnop";
let logs = createLogs();
const opened: Replicas[] = [];
beforeEach(() => {
  logs = createLogs();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
  await logs.end();
});
const replicas = (dir = logs.dir()) => {
  const made = createReplicas({ dir, clock: createClock(), log: silentLog });
  opened.push(made);
  return made;
};
/** Over the wire and back. */
const sent = (batch: RowBatch | null) => JSON.parse(JSON.stringify(batch)) as unknown;
const follow = async (audit: Audit, to: Replicas, limit = 100) => {
  for (;;) {
    const upTo = await to.upTo(NODE);
    const answer = await to.accept(NODE, sent(await audit.rowsAfter(upTo, limit)));
    if (!answer.ok || answer.upTo === upTo) return answer;
  }
};
/** `settled`: without intents that a restart would find open. */
const grown = async (rows: number, settled = false) => {
  const log = await logs.open();
  for (let n = 1; n < rows; n++) await log.audit.append(settled || n % 5 === 0 ? outcome(n) : intent(n));
  return log;
};

test("a copy is the log itself: same rows, same root, contents that open, and it verifies as a file", async () => {
  const { audit } = await grown(300);
  const copies = replicas();
  expect(await follow(audit, copies)).toEqual({ ok: true, upTo: 300 });
  const word = audit.checkpoint();
  expect(await verifyFile({ path: copies.pathOf(NODE) })).toMatchObject({ ok: true, rows: 300, root: word?.root });
  if (word) expect(await verifyFile({ path: copies.pathOf(NODE), pin: { ...word, trail: [] } })).toMatchObject({ ok: true });
  await audit.append(intent("late"));
  expect(await follow(audit, copies)).toEqual({ ok: true, upTo: 301 });
  expect(await copies.status()).toMatchObject([{ nodeId: NODE, upTo: 301, alarm: null }]);
});

test("a copy goes on after a restart, and rows that come twice are kept once", async () => {
  const { audit } = await grown(150);
  const dir = logs.dir();
  const first = replicas(dir);
  const batch = sent(await audit.rowsAfter(0, 100));
  expect(await first.accept(NODE, batch)).toEqual({ ok: true, upTo: 64 });
  expect(await first.accept(NODE, batch)).toEqual({ ok: true, upTo: 64 });
  await first.stop();
  expect(await follow(audit, replicas(dir))).toEqual({ ok: true, upTo: 150 });
});

test("a source that went back is refused, and stays refused until a person starts over", async () => {
  const log = await grown(100, true);
  const copies = replicas();
  await follow(log.audit, copies);
  const older = logs.dir();
  copyLog(log.audit.path, older);
  copyFileSync(join(log.dir, "audit.key"), join(older, "audit.key"));
  for (let n = 0; n < 30; n++) await log.audit.append(outcome(`more-${n}`));
  await follow(log.audit, copies);
  const back = await logs.open(older);
  expect(await follow(back.audit, copies)).toEqual({ ok: false, code: "rolled-back", seq: 101, upTo: 130 });
  // The true log again: what happened is not forgotten by that.
  expect(await follow(log.audit, copies)).toMatchObject({ ok: false, code: "rolled-back" });
  expect(await copies.startOver(NODE)).toMatch(/damaged-1\.db$/);
  expect(await follow(log.audit, copies)).toEqual({ ok: true, upTo: 130 });
  expect(readdirSync(join(copies.pathOf(NODE), "..")).filter((name) => name.includes("damaged"))).not.toEqual([]);
});

test("a source that went back and on along another way is refused at the root", async () => {
  const log = await grown(100, true);
  const older = logs.dir();
  copyLog(log.audit.path, older);
  copyFileSync(join(log.dir, "audit.key"), join(older, "audit.key"));
  for (let n = 0; n < 50; n++) await log.audit.append(outcome(`true-${n}`));
  const copies = replicas();
  await follow(log.audit, copies);
  const other = await logs.open(older);
  // As many rows as the copy has, but other ones: there is no new row to give it away, only the root.
  while ((other.audit.checkpoint()?.size ?? 0) < 150) await other.audit.append(outcome(`even-${other.audit.checkpoint()?.size}`));
  const even = replicas();
  await follow(log.audit, even);
  expect(await even.accept(NODE, sent(await other.audit.rowsAfter(150, 100)))).toEqual({ ok: false, code: "rebuilt", seq: 150, upTo: 150 });
  for (let n = 0; n < 80; n++) await other.audit.append(outcome(`other-${n}`));
  const rows = sent(await other.audit.rowsAfter(150, 100));
  expect(await copies.accept(NODE, rows)).toEqual({ ok: false, code: "rebuilt", seq: 151, upTo: 150 });
});

test("a log rebuilt with another key is refused, and so is a new log of the known key", async () => {
  const copies = replicas();
  const log = await grown(80);
  await follow(log.audit, copies);
  const forged = await grown(120);
  expect(await copies.accept(NODE, sent(await forged.audit.rowsAfter(80, 100)))).toMatchObject({ ok: false, code: "rebuilt", upTo: 80 });

  const others = replicas();
  await follow(log.audit, others);
  await log.stop();
  sqlite(log.audit.path, "DELETE FROM entry WHERE seq = 80");
  const damaged = await logs.open(log.dir);
  expect(damaged.audit.state()).toEqual({ state: "damaged", bad: { seq: 80, kind: "truncated" } });
  await damaged.audit.seal({ actor: "person:1", via: "ipc" });
  expect(await others.accept(NODE, sent(await damaged.audit.rowsAfter(0, 100)))).toMatchObject({ ok: false, code: "new-log" });
});

test("a row, content, number or signature that was changed on the way is refused, and nothing of the batch is kept", async () => {
  const { audit } = await grown(64);
  const copies = replicas();
  const hurt: [string, (batch: RowBatch) => void, object][] = [
    ["a title", (b) => Object.assign(b.rows[9] ?? {}, { subject: '{"code":"x","params":{}}' }), { code: "broken", seq: 10 }],
    ["a content", (b) => Object.assign(b.rows[9]?.payload ?? b.rows[8]?.payload ?? {}, { box: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }), { code: "broken" }],
    ["a row left out", (b) => b.rows.splice(20, 1), { code: "gap", seq: 21 }],
    ["the last row left out", (b) => b.rows.pop(), { code: "gap", seq: 64 }],
    ["a root", (b) => Object.assign(b.checkpoints.at(-1) ?? {}, { root: "00".repeat(32) }), { code: "signature", seq: 64 }],
    ["a signature", (b) => Object.assign(b.checkpoints.at(-1) ?? {}, { signature: "AAAA" }), { code: "signature", seq: 64 }],
    ["no checkpoint", (b) => b.checkpoints.splice(0), { code: "malformed" }],
    ["a field of a wrong type", (b) => Object.assign(b.rows[3] ?? {}, { epoch: "1" }), { code: "malformed" }],
  ];
  for (const [what, change, refusal] of hurt) {
    const batch = sent(await audit.rowsAfter(0, 100)) as RowBatch;
    change(batch);
    expect({ what, ...(await copies.accept(NODE, batch)) }).toMatchObject({ what, ok: false, upTo: 0, ...refusal });
  }
  expect(await follow(audit, copies)).toEqual({ ok: true, upTo: 64 });
});

test("what was erased at the source is erased in the copy", async () => {
  const { audit } = await grown(50);
  const copies = replicas();
  await follow(audit, copies);
  const path = copies.pathOf(NODE);
  const read = new SQLite(path, { readonly: true });
  const key = read.prepare<[], { key: Buffer }>("SELECT key FROM payload_key WHERE seq = 9").get()?.key ?? Buffer.alloc(32);
  read.close();
  const anywhere = () => [path, `${path}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(key));
  expect(anywhere()).toBe(true);
  await audit.erase([9], { actor: "person:1", via: "ipc" });
  expect(await follow(audit, copies)).toEqual({ ok: true, upTo: 51 });
  expect(anywhere()).toBe(false);
  expect(await verifyFile({ path })).toMatchObject({ ok: true, rows: 51 });
  // A copy that begins after the erasure never sees the key.
  const late = replicas();
  expect(await follow(audit, late)).toEqual({ ok: true, upTo: 51 });
  expect(await verifyFile({ path: late.pathOf(NODE) })).toMatchObject({ ok: true });
});

test("a copy that was tampered with says so and takes no more", async () => {
  const { audit } = await grown(50);
  const dir = logs.dir();
  const copies = replicas(dir);
  await follow(audit, copies);
  await copies.stop();
  sqlite(copies.pathOf(NODE), "UPDATE entry SET actor = 'nobody' WHERE seq = 20");
  const again = replicas(dir);
  expect(await follow(audit, again)).toMatchObject({ ok: false, code: "damaged", seq: 20 });
});

test("a name that isn't a node's is refused", async () => {
  await expect(replicas().accept("../../etc/passwd", {})).rejects.toThrow("no node id");
});
