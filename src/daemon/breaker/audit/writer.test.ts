import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFakeClock } from "../../rack/health/fake-clock.ts";
import { DiskFullError, type Statement } from "../../kernel/sqlite/database.ts";
import { createAuditKey } from "./crypto.ts";
import { prepareEntry } from "./entry.ts";
import { insertMeta } from "./stored.ts";
import { openStore, type Store } from "./store.ts";
import { readTail } from "./tail.ts";
import { createLogs, outcome } from "./testing/logs.ts";
import { verifyFile } from "./verify.ts";
import { createWriter } from "./writer.ts";

let logs = createLogs();
let store: Store | undefined;
beforeEach(() => {
  logs = createLogs();
});
afterEach(async () => {
  await store?.close();
  await logs.end();
});

type Fail = "no" | "full" | "before" | "after" | "hang";
/** A writer on a real file, whose disk can be made to fail: before anything is kept, after all of it is, or by never answering. */
async function start() {
  const dir = logs.dir();
  const path = join(dir, "audit.db");
  const file = await openStore(path);
  store = file;
  const key = createAuditKey(join(dir, "audit.key"));
  await file.write([insertMeta("log-id", "log-1"), insertMeta("public-key", key.publicKey)]);
  const clock = createFakeClock();
  const disk: { fail: Fail; free(): void; lost: number } = { fail: "no", free: () => undefined, lost: 0 };
  const headOf = async () => {
    const tail = await readTail(file, key.publicKey);
    return tail.state === "whole" ? tail.head : undefined;
  };
  const write = async (statements: readonly Statement[]) => {
    const how = disk.fail;
    if (how === "full") throw new DiskFullError("no room");
    if (how === "before") throw new Error("the disk said no");
    if (how === "hang") await new Promise<void>((resolve) => (disk.free = resolve));
    const changes = await file.write(statements);
    if (how === "after") throw new Error("the answer got lost");
    return changes;
  };
  const head = await headOf();
  if (head === undefined) throw new Error("no log");
  const writer = createWriter({ write, key, clock, head, reread: headOf, onLost: () => (disk.lost += 1) });
  const append = (n: number) => writer.append(prepareEntry(outcome(n), (text) => text));
  return { path, file, clock, disk, writer, append };
}

test.each<[Fail, string]>([
  ["full", "full"],
  ["before", "failed"],
])("a disk that is %s refuses, and takes the next row when it is well again", async (fail, code) => {
  const { path, disk, append } = await start();
  await append(1);
  disk.fail = fail;
  await expect(append(2)).rejects.toMatchObject({ code });
  disk.fail = "no";
  await expect(append(3)).resolves.toMatchObject({ seq: 2 });
  expect(await verifyFile({ path })).toMatchObject({ ok: true, rows: 2 });
});

test("a row that was kept although the answer got lost is refused to its caller, and the chain goes on after it", async () => {
  const { path, disk, append } = await start();
  disk.fail = "after";
  await expect(append(1)).rejects.toMatchObject({ code: "failed" });
  disk.fail = "no";
  await expect(append(2)).resolves.toMatchObject({ seq: 2 });
  expect(await verifyFile({ path })).toMatchObject({ ok: true, rows: 2 });
});

test("a disk that hangs refuses after 2.5 s whoever waits, and at once whoever comes then", async () => {
  const { path, clock, disk, append } = await start();
  disk.fail = "hang";
  const waiting = [append(1), append(2)].map((one) => one.catch((error: unknown) => error));
  await Promise.resolve();
  await Promise.resolve();
  const behind = append(3).catch((error: unknown) => error);
  clock.pass(2499);
  disk.fail = "no";
  clock.pass(2);
  for (const one of [...waiting, behind]) expect(await one).toMatchObject({ code: "timed-out" });
  await expect(append(4)).rejects.toMatchObject({ code: "timed-out" });
  disk.free();
  await expect
    .poll(() =>
      append(5).then(
        ({ seq }) => seq,
        () => "refused",
      ),
    )
    .toBe(3);
  expect(await verifyFile({ path })).toMatchObject({ ok: true, rows: 3 });
});

test("a file that somebody else wrote to is given up, and nothing more is taken", async () => {
  const { file, disk, append } = await start();
  await append(1);
  await file.write([
    {
      sql: "INSERT INTO entry SELECT 2, at, actor, via, class, kind, decision, reason, 'x', subject, epoch, payload_hash, prev, hash FROM entry WHERE seq = 1",
    },
  ]);
  await expect(append(2)).rejects.toMatchObject({ code: "failed" });
  await expect.poll(() => disk.lost).toBe(1);
  await expect(append(3)).rejects.toMatchObject({ code: "failed" });
});

test("stopping writes what was accepted, and refuses what comes after", async () => {
  const { path, writer, append } = await start();
  const accepted = Array.from({ length: 150 }, (_, n) => append(n));
  const stopped = writer.stop();
  await expect(append(999)).rejects.toMatchObject({ code: "stopped" });
  await stopped;
  expect((await Promise.all(accepted)).at(-1)).toMatchObject({ seq: 150 });
  expect(await verifyFile({ path })).toMatchObject({ ok: true, rows: 150 });
});
