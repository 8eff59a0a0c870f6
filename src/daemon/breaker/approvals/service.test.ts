import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { actOf } from "../gate/domain/fake-events.ts";
import { openGate, sharedDatabase, type TestGate } from "../gate/fake-ports.ts";
import type { Ask } from "./entry.ts";

const open: TestGate[] = [];
let shared: Awaited<ReturnType<typeof sharedDatabase>>;
beforeAll(async () => {
  shared = await sharedDatabase();
});
afterAll(() => shared.end());
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});
const world = async () => {
  const one = await openGate({}, { db: await shared.fresh() });
  open.push(one);
  return one;
};
const ask = (text: string, but: Partial<Ask["view"]> = {}, grant: Ask["grant"] = null): Ask => {
  const event = actOf("dm.reply", { channel: "kakao", to: "kim", text });
  return {
    event,
    grant,
    bound: { tool: "dm.reply", args: { text }, cwd: null, binary: null, agent: "main", class: "5a" },
    view: {
      act: event.act,
      mode: "live",
      needs: "ask",
      class: "5a",
      agent: "main",
      tool: "dm.reply",
      title: event.facts.title,
      payload: { text },
      body: text,
      reach: { recipients: ["kakao:kim"], count: 1, hosts: [], amount: null, currency: null, known: true },
      reason: "matrix",
      params: {},
      level: 3,
      checks: { injection: "none", secrets: 0, panic: "calm", tainted: false },
      ...but,
    },
  };
};

describe("approvals", () => {
  it("a batch is of one class and tool, approved together, and counts as one", async () => {
    const { approvals } = await world();
    const heard: string[] = [];
    approvals.onDecided(({ answer, entry }) => heard.push(`${answer} ${entry.batch}`));
    const [a, b, c] = [await approvals.ask(ask("하나")), await approvals.ask(ask("둘")), await approvals.ask(ask("셋", { class: "5b" }))];
    const items = (...all: { id: string; hash: string }[]) => all.map(({ id, hash }) => ({ id, hash }));
    expect(await approvals.decide({ items: items(a, c), answer: "approve", by: "owner" })).toMatchObject({ ok: false, code: "mixed" });
    expect(approvals.waiting()).toHaveLength(3);
    expect(await approvals.decide({ items: items(a, b), answer: "approve", by: "owner" })).toMatchObject({ ok: true });
    expect(new Set(heard).size).toBe(1);
    expect(heard).toHaveLength(2);
    expect(approvals.list()).toMatchObject({ waiting: [{ id: c.id }], decided: [{ state: "approved", decidedBy: "owner" }, { state: "approved" }] });
  });

  it("an answer is to what the person saw: another hash, an answered one, a stranger change nothing", async () => {
    const { approvals, clock } = await world();
    const one = await approvals.ask(ask("하나"));
    expect(await approvals.decide({ items: [{ id: one.id, hash: "0".repeat(64) }], answer: "approve", by: "owner" })).toMatchObject({
      ok: false,
      code: "changed",
    });
    expect(await approvals.decide({ items: [{ id: "nobody", hash: one.hash }], answer: "approve", by: "owner" })).toMatchObject({
      ok: false,
      code: "not-found",
    });
    clock.pass(300_000);
    expect(await approvals.decide({ items: [{ id: one.id, hash: one.hash }], answer: "approve", by: "owner" })).toMatchObject({
      ok: false,
      code: "over",
      state: "expired",
    });
    expect(approvals.list()).toMatchObject({ waiting: [], decided: [{ id: one.id, state: "expired", expiresInMs: null }] });
  });

  it("what has to be typed is the first four digits of its hash, one at a time; denying needs no typing", async () => {
    const { approvals } = await world();
    const one = await approvals.ask(ask("송금", { needs: "ask-console", class: "6", tool: "pay" }));
    const item = { id: one.id, hash: one.hash };
    for (const typed of [undefined, "", "승인", one.hash.slice(0, 3), one.hash.slice(1, 5)])
      expect(await approvals.decide({ items: [item], answer: "approve", by: "owner", typed }), String(typed)).toMatchObject({ ok: false, code: "typed" });
    const two = await approvals.ask(ask("또 송금", { needs: "ask-console", class: "6", tool: "pay" }));
    expect(
      await approvals.decide({ items: [item, { id: two.id, hash: two.hash }], answer: "approve", by: "owner", typed: one.hash.slice(0, 4) }),
    ).toMatchObject({ code: "typed" });
    expect(await approvals.decide({ items: [{ id: two.id, hash: two.hash }], answer: "deny", by: "owner" })).toMatchObject({ ok: true });
    expect(await approvals.decide({ items: [item], answer: "approve", by: "owner", typed: ` ${one.hash.slice(0, 4).toUpperCase()} ` })).toMatchObject({
      ok: true,
    });
  });

  it("no standing grant comes of an approval that has to be typed, or that offered none", async () => {
    const { approvals } = await world();
    const offered = { scope: "recipient" as const, value: "kakao:kim", key: "kakao:hash" };
    const typed = await approvals.ask(ask("a", { needs: "ask-console" }, offered));
    await approvals.decide({ items: [{ id: typed.id, hash: typed.hash }], answer: "approve", by: "owner", typed: typed.hash.slice(0, 4), always: true });
    const none = await approvals.ask(ask("b"));
    await approvals.decide({ items: [{ id: none.id, hash: none.hash }], answer: "approve", by: "owner", always: true });
    const denied = await approvals.ask(ask("c", {}, offered));
    await approvals.decide({ items: [{ id: denied.id, hash: denied.hash }], answer: "deny", by: "owner", always: true });
    expect(approvals.grants()).toEqual([]);
    const given = await approvals.ask(ask("d", {}, offered));
    await approvals.decide({ items: [{ id: given.id, hash: given.hash }], answer: "approve", by: "owner", always: true });
    expect(approvals.grants()).toMatchObject([{ scope: "recipient", value: "kakao:kim", class: "5a", tool: "dm.reply", by: "owner" }]);
    expect(JSON.stringify(approvals.grants())).not.toContain("hash");
  });

  it("warns when three were approved faster than anybody reads", async () => {
    const { approvals, clock } = await world();
    for (const [n, ms] of [5000, 800, 800].entries()) {
      clock.pass(ms);
      const one = await approvals.ask(ask(`답 ${n}`));
      await approvals.decide({ items: [{ id: one.id, hash: one.hash }], answer: "approve", by: "owner" });
      expect(approvals.list().hasty).toBe(n === 2);
    }
  });

  it("the same act asked again while it waits is the same question", async () => {
    const { approvals } = await world();
    const [a, b] = [await approvals.ask(ask("하나")), await approvals.ask(ask("하나"))];
    expect(b.id).toBe(a.id);
    expect(approvals.waiting()).toHaveLength(1);
  });

  it("who waits hears of the end of its time", async () => {
    const { approvals, clock } = await world();
    const heard: string[] = [];
    approvals.onDecided(({ answer }) => heard.push(answer));
    const one = await approvals.ask(ask("하나"));
    const waited = approvals.wait(one.id, 600_000);
    await Promise.resolve();
    clock.pass(301_000);
    expect(await waited).toMatchObject({ state: "expired" });
    expect(heard).toEqual(["expire"]);
  });

  it("a draft that can't be written is not asked for, and an approval that can't be written is none", async () => {
    const one = await openGate();
    const draft = await one.approvals.ask(ask("내일", { mode: "draft" }));
    await one.close();
    await expect(one.approvals.ask(ask("모레", { mode: "draft" }))).rejects.toThrow();
    await expect(one.approvals.decide({ items: [{ id: draft.id, hash: draft.hash }], answer: "approve", by: "owner" })).rejects.toThrow();
    expect(one.approvals.get(draft.id)).toMatchObject({ state: "void" });
    expect(one.approvals.claim(draft.id, { tool: "dm.reply", args: { text: "내일" }, cwd: null, binary: null, agent: "main" }).result).toBe("approval-expired");
  });

  it("too many that wait are refused", async () => {
    const { approvals } = await world();
    for (let n = 0; n < 500; n++) await approvals.ask(ask(`${n}`));
    await expect(approvals.ask(ask("one more"))).rejects.toThrow("too many");
  });
});
