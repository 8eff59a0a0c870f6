import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../rack/health/fake-clock.ts";
import { verifySignature, sha256 } from "./crypto.ts";
import { fromHex } from "./domain/bytes.ts";
import { proofOf, verifyConsistency, verifyInclusion } from "./domain/merkle.ts";
import { checkpointBytes } from "./domain/row.ts";
import type { AuditEntry } from "./entry.ts";
import { createLogs, intent, outcome } from "./testing/logs.ts";

let logs = createLogs();
beforeEach(() => {
  logs = createLogs();
});
afterEach(() => logs.end());
const bytes = (text: string) => fromHex(text) ?? new Uint8Array();

describe("appending", () => {
  test("a new log begins with a row that says so, and its rows come back as they were given", async () => {
    const { audit } = await logs.open();
    expect(audit.state()).toEqual({ state: "open" });
    const { seq, hash } = await audit.append(intent(1));
    expect(seq).toBe(2);
    const [row] = await audit.entry({ seq });
    expect(row).toMatchObject({ ...intent(1), seq: 2, hash, payload: { state: "present", value: { text: "안녕하세요 1" } } });
    const { items } = await audit.query();
    expect(items.map((r) => [r.seq, r.title.code])).toEqual([
      [2, "message.send"],
      [1, "log.opened"],
    ]);
    expect(items[0]?.prev).toBe(items[1]?.hash);
  });

  test("many at once are one chain, in the order in which they were asked for", async () => {
    const { audit } = await logs.open();
    const done = await Promise.all(Array.from({ length: 500 }, (_, n) => audit.append(intent(n))));
    expect(done.map((d) => d.seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 2));
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 501 });
  });

  test("secrets are taken out before anything is stored, in content, title, names and keys", async () => {
    const { audit, dir, stop } = await logs.open();
    const secret = "sk-abcdef0123456789";
    const entry: AuditEntry = {
      ...intent(1, { [`k ${secret}`]: [{ text: `x ${secret}` }] }),
      actor: secret,
      reason: secret,
      title: { code: "c", params: { to: secret } },
    };
    const { seq } = await audit.append(entry);
    expect(JSON.stringify(await audit.entry({ seq }))).not.toContain(secret);
    await stop();
    for (const file of readdirSync(dir)) expect(readFileSync(join(dir, file)).includes(secret)).toBe(false);
  });

  test("what the caller changes afterwards doesn't reach the log", async () => {
    const { audit } = await logs.open();
    const payload = { text: "before" };
    const done = audit.append(intent(1, payload));
    payload.text = "after";
    const [row] = await audit.entry({ seq: (await done).seq });
    expect(row?.payload).toEqual({ state: "present", value: { text: "before" } });
  });

  test.each([
    ["a content that JSON can't say", intent(1, { a: Number.NaN })],
    ["a lone surrogate", intent(1, { a: "\ud800" })],
    ["a content over the limit", intent(1, "x".repeat(300_000))],
    ["an epoch that is no number", { ...intent(1), epoch: Number.NaN }],
  ])("refuses %s", async (_, entry) => {
    const { audit } = await logs.open();
    await expect(audit.append(entry)).rejects.toMatchObject({ code: "bad-entry" });
    await expect(audit.append(intent(2))).resolves.toMatchObject({ seq: 2 });
  });

  test("refuses when secrets can't be looked for", async () => {
    const { audit } = await logs.open(undefined, {
      redact() {
        throw new Error("the filter broke");
      },
    });
    await expect(audit.append(intent(1))).rejects.toMatchObject({ code: "bad-entry" });
  });

  test("refuses before it is open and after it was closed", async () => {
    const { audit, stop } = await logs.open();
    await stop();
    await expect(audit.append(intent(1))).rejects.toMatchObject({ code: "stopped" });
  });

  test("goes on after a restart where it was", async () => {
    const first = await logs.open();
    for (let n = 0; n < 70; n++) await first.audit.append(outcome(n));
    const before = first.audit.checkpoint();
    await first.stop();
    const second = await logs.open(first.dir);
    expect(second.audit.checkpoint()).toEqual(before);
    await second.audit.append(outcome(70));
    expect(await second.audit.verify()).toMatchObject({ ok: true, rows: 72 });
  });

  test("memory is bounded: too many that wait are refused, the others are kept", async () => {
    const { audit } = await logs.open();
    const all = await Promise.allSettled(Array.from({ length: 6000 }, (_, n) => audit.append(outcome(n))));
    const kept = all.filter((one) => one.status === "fulfilled").length;
    expect(kept).toBeGreaterThanOrEqual(4096);
    expect(kept).toBeLessThan(6000);
    for (const one of all) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "full" });
    expect(await audit.verify()).toMatchObject({ ok: true, rows: kept + 1 });
  });
});

describe("checkpoints and proofs", () => {
  test("the newest covers every row, and its signature holds", async () => {
    const { audit } = await logs.open();
    for (let n = 0; n < 10; n++) {
      await audit.append(outcome(n));
      const word = audit.checkpoint();
      expect(word?.size).toBe(n + 2);
      expect(word && verifySignature(word.publicKey, checkpointBytes(word), word.signature)).toBe(true);
      expect(word && verifySignature(word.publicKey, checkpointBytes({ ...word, size: word.size + 1 }), word.signature)).toBe(false);
    }
  });

  test("one is kept every 64 rows, and every 10 s when there are new rows", async () => {
    const clock = createFakeClock();
    const { audit } = await logs.open(undefined, { clock });
    await Promise.all(Array.from({ length: 200 }, (_, n) => audit.append(outcome(n))));
    expect((await audit.checkpoints(0, 200)).map((c) => c.size)).toEqual([64, 128, 192]);
    clock.pass(10_000);
    await expect.poll(async () => (await audit.checkpoints(192, 300)).length).toBe(1);
    await audit.append(outcome(200));
    expect((await audit.checkpoints(192, 300)).map((c) => c.size)).toEqual([201, 202]);
  });

  test("any two sizes are proved consistent, and any row included", async () => {
    const { audit } = await logs.open();
    const roots = new Map<number, string>();
    for (let n = 0; n < 60; n++) {
      await audit.append(outcome(n));
      const word = audit.checkpoint();
      if (word) roots.set(word.size, word.root);
    }
    for (let first = 2; first <= 61; first += 3) {
      for (let second = first; second <= 61; second += 5) {
        const proof = proofOf((await audit.consistency(first, second)) ?? ["no"]) ?? [];
        const [firstRoot, secondRoot] = [bytes(roots.get(first) ?? ""), bytes(roots.get(second) ?? "")];
        expect(await verifyConsistency(sha256, { first, firstRoot, second, secondRoot, proof })).toBe(true);
      }
      const [row] = await audit.entry({ seq: first });
      const proof = proofOf((await audit.inclusion(first, 61)) ?? ["no"]) ?? [];
      expect(await verifyInclusion(sha256, { index: first - 1, size: 61, leaf: bytes(row?.hash ?? ""), root: bytes(roots.get(61) ?? ""), proof })).toBe(true);
    }
    expect(await audit.consistency(5, 62)).toBeUndefined();
    expect(await audit.inclusion(62, 61)).toBeUndefined();
  });
});

describe("intent and outcome", () => {
  test("an intent without outcome is running, and unknown after a restart, until somebody settles it", async () => {
    const first = await logs.open();
    await first.audit.append(intent(1));
    await first.audit.append(intent(2));
    await first.audit.append(outcome(2));
    expect((await first.audit.openIntents()).map((i) => [i.act, i.state])).toEqual([["act-1", "running"]]);
    await first.stop();

    const second = await logs.open(first.dir);
    expect((await second.audit.openIntents()).map((i) => [i.act, i.state])).toEqual([["act-1", "unknown"]]);
    const rows = await second.audit.entry({ act: "act-1" });
    expect(rows.map((r) => [r.kind, r.decision, r.reason])).toEqual([
      ["intent", "allow", "matrix"],
      ["outcome", "unknown", "restart"],
    ]);
    await second.audit.append({ ...outcome(1, "not-done"), actor: "person:1", via: "ipc" });
    expect(await second.audit.openIntents()).toEqual([]);
    await second.stop();
    const third = await logs.open(first.dir);
    expect(await third.audit.openIntents()).toEqual([]);
    expect((await third.audit.acts({ outcome: "not-done" })).items.map((a) => [a.first.act, a.decision, a.open])).toEqual([["act-1", "allow", "no"]]);
  });
});

describe("reading", () => {
  test("filters by what was decided and by text, newest first, page by page", async () => {
    const { audit } = await logs.open();
    for (let n = 0; n < 30; n++) await audit.append({ ...intent(n), decision: n % 3 === 0 ? "deny" : "allow" });
    const first = await audit.acts({ decision: "deny" }, undefined, 4);
    expect(first.items.map((a) => a.first.act)).toEqual(["act-27", "act-24", "act-21", "act-18"]);
    const second = await audit.acts({ decision: "deny" }, first.next ?? 0, 100);
    expect(second.items.map((a) => a.first.act)).toEqual(["act-15", "act-12", "act-9", "act-6", "act-3", "act-0"]);
    expect(second.next).toBeNull();
    expect((await audit.query({ text: "김 사장" })).items).toHaveLength(30);
    expect((await audit.query({ text: "' OR 1=1 --" })).items).toEqual([]);
    expect((await audit.query({ act: "act-7" })).items).toHaveLength(1);
    expect(await audit.actors()).toEqual(["agent:main", "aosd"]);
  });

  test("counts acts by verdict in the spans asked for", async () => {
    const clock = createFakeClock();
    const { audit } = await logs.open(undefined, { clock });
    const start = clock.now();
    await audit.append(intent(1));
    await audit.append(outcome(1, "unknown"));
    clock.pass(1000);
    await audit.append({ ...intent(2), decision: "deny" });
    const spans = [
      { from: start, to: start + 1000 },
      { from: start + 1000, to: start + 2000 },
    ];
    expect(await audit.counts(spans)).toEqual([
      { all: 2, decisions: { allow: 1 }, unknown: 1 },
      { all: 1, decisions: { deny: 1 }, unknown: 0 },
    ]);
  });

  test("the export is JSON lines: the log, its rows with contents, its checkpoint", async () => {
    const { audit } = await logs.open();
    for (let n = 0; n < 450; n++) void audit.append(intent(n));
    await audit.append(intent("last"));
    const lines: Record<string, unknown>[] = [];
    for await (const line of audit.export()) lines.push(JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((l) => l["type"])).toEqual(["log", ...Array.from({ length: 452 }, () => "row"), "checkpoint"]);
    expect(lines[452]).toMatchObject({ act: "act-last", payload: { state: "present", value: { text: "안녕하세요 last" } } });
    expect(lines.at(-1)).toMatchObject({ size: 452, signature: audit.checkpoint()?.signature });
  });
});
