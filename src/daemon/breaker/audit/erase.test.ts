import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { createLogs, intent, sqlite } from "./testing/logs.ts";
import { verifyFile } from "./verify.ts";

const logs = createLogs();
afterAll(() => logs.end());

const by = { actor: "person:1", via: "ipc" };
const secretText = "주민등록등본을 김영희 님에게 보내요";
/** Whether any file of a folder holds these bytes. */
const holds = (dir: string, bytes: Uint8Array) => readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(Buffer.from(bytes)));
const keysIn = (path: string, seqs: readonly number[]) => {
  const db = new SQLite(path, { readonly: true });
  const rows = seqs.map((seq) => db.prepare<[number], { key: Buffer; salt: Buffer }>("SELECT key, salt FROM payload_key WHERE seq = ?").get(seq));
  db.close();
  return rows.flatMap((row) => (row === undefined ? [] : [row.key, row.salt]));
};

test("an erased content can't be had back: its key is in no byte of the folder, and the chain still holds", async () => {
  const { audit, dir } = await logs.open();
  const path = join(dir, "audit.db");
  const seqs: number[] = [];
  for (let n = 0; n < 300; n++) seqs.push((await audit.append(intent(n, { text: n % 50 === 0 ? secretText : `다른 글 ${n}` }))).seq);
  const wanted = seqs.filter((_, n) => n % 50 === 0);
  const others = seqs.filter((_, n) => n % 50 === 1);
  expect(holds(dir, Buffer.from(secretText))).toBe(false);
  const [keys, kept] = [keysIn(path, wanted), keysIn(path, others)];
  expect(keys).toHaveLength(12);
  for (const key of keys) expect(holds(dir, key)).toBe(true);
  writeFileSync(`${path}.before-2-something`, "a copy from an update, with keys");

  expect(await audit.erase(wanted, by)).toEqual({ erased: 6, overwritten: true });
  for (const key of keys) expect(holds(dir, key)).toBe(false);
  for (const key of kept) expect(holds(dir, key)).toBe(true);
  expect(existsSync(`${path}.before-2-something`)).toBe(false);
  expect(holds(dir, Buffer.from(secretText))).toBe(false);

  for (const seq of wanted) expect((await audit.entry({ seq }))[0]?.payload).toEqual({ state: "erased" });
  for (const seq of others) expect((await audit.entry({ seq }))[0]?.payload).toMatchObject({ state: "present" });
  const [word] = (await audit.query({ kind: "log" })).items;
  expect(word).toMatchObject({ actor: "person:1", decision: "erased", title: { code: "log.erased", params: { count: 6 } } });
  expect(await audit.verify()).toMatchObject({ ok: true, rows: 302 });
  expect(await audit.erase(wanted, by)).toEqual({ erased: 0, overwritten: true });
});

test("while somebody reads an old state of the file, erasing says that the bytes are not overwritten yet, and does it later", async () => {
  const { audit, dir } = await logs.open();
  const path = join(dir, "audit.db");
  const { seq } = await audit.append(intent(1));
  const [key] = keysIn(path, [seq]);
  const reader = new SQLite(path, { readonly: true });
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM entry").get();
  expect(await audit.erase([seq], by)).toEqual({ erased: 1, overwritten: false });
  reader.exec("COMMIT");
  reader.close();
  await expect.poll(() => key !== undefined && holds(dir, key), { timeout: 25_000, interval: 500 }).toBe(false);
});

test("a content whose row says nothing about its erasure is a bad row, one whose row does is not", async () => {
  const { audit, dir, stop } = await logs.open();
  const { seq } = await audit.append(intent(1));
  const second = await audit.append(intent(2));
  await audit.erase([seq], by);
  await stop();
  const path = join(dir, "audit.db");
  expect(await verifyFile({ path })).toMatchObject({ ok: true });
  sqlite(path, `DELETE FROM payload_key WHERE seq = ${second.seq}`);
  expect(await verifyFile({ path })).toMatchObject({ ok: false, bad: { seq: second.seq, kind: "payload" } });
});

test("a short content can't be guessed from what is left of it", async () => {
  const { audit, dir } = await logs.open();
  const one = await audit.append(intent(1, "네"));
  const two = await audit.append(intent(2, "네"));
  await audit.erase([one.seq, two.seq], by);
  const [a, b] = [await audit.entry({ seq: one.seq }), await audit.entry({ seq: two.seq })];
  expect(a[0]?.payloadHash).toMatch(/^[0-9a-f]{64}$/);
  expect(a[0]?.payloadHash).not.toBe(b[0]?.payloadHash);
  const left = sqlite(join(dir, "audit.db"), "SELECT count(*) FROM payload_key");
  expect(Number(left)).toBe(0);
});
