import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GateAnswer } from "../../../contract/breaker.ts";
import { openGate, SECRET, sharedDatabase, type TestGate } from "./fake-ports.ts";
import type { GateDeps } from "./ports.ts";

const open: TestGate[] = [];
let shared: Awaited<ReturnType<typeof sharedDatabase>>;
beforeAll(async () => {
  shared = await sharedDatabase();
});
afterAll(() => shared.end());
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});
const gate = async (but: Partial<GateDeps> = {}, level: 1 | 2 | 3 | 4 | 5 = 3, own = false): Promise<TestGate> => {
  const one = await openGate(but, { level, ...(own ? {} : { db: await shared.fresh() }) });
  open.push(one);
  return one;
};
describe("approvals through the gate", () => {
  const reply = { channel: "kakao", to: "kim", text: "네, 여섯 시까지 열어요" };
  const approve = async (one: TestGate, answer: GateAnswer) => {
    const shown = one.approvals.get(answer.approval ?? "");
    return one.approvals.decide({ items: [{ id: shown?.id ?? "", hash: shown?.hash ?? "" }], answer: "approve", by: "owner" });
  };

  it("asks, and after a person's word the same act goes out once", async () => {
    const one = await gate();
    const answer = await one.judge("dm.reply", reply);
    expect(answer).toMatchObject({ decision: "ask" });
    expect(one.approvals.get(answer.approval ?? "")).toMatchObject({
      state: "waiting",
      body: reply.text,
      reach: { recipients: ["kakao:kim"], count: 1, known: false },
      grant: { scope: "recipient", value: "kakao:kim" },
    });
    expect(await one.judge("dm.reply", reply, { approval: answer.approval ?? "" })).toMatchObject({ decision: "deny", reason: "approval-denied" });
    expect(await approve(one, answer)).toMatchObject({ ok: true });
    const sent = await one.judge("dm.reply", reply, { approval: answer.approval ?? "" });
    expect(sent).toMatchObject({ decision: "allow", reason: "approved", act: answer.act });
    expect(await one.judge("dm.reply", reply, { approval: answer.approval ?? "" })).toMatchObject({ decision: "deny", reason: "approval-used" });
  });

  it.each([
    ["one byte of the arguments", { args: { ...reply, text: `${reply.text}.` } }],
    ["another working folder", { cwd: "/srv/other" }],
    ["another agent", { agent: "other" }],
  ])("%s changed after the approval is denied, and the approval stays for what was approved", async (_name, change) => {
    const one = await gate();
    const answer = await one.judge("dm.reply", reply);
    await approve(one, answer);
    const { args = reply, ...more } = change as { args?: typeof reply };
    expect(await one.judge("dm.reply", args, { ...more, approval: answer.approval ?? "" })).toMatchObject({ decision: "deny", reason: "approval-mismatch" });
    expect(await one.judge("dm.reply", reply, { approval: answer.approval ?? "" })).toMatchObject({ decision: "allow" });
  });

  it("a swapped program is denied", async () => {
    let sha256 = "0".repeat(64);
    const one = await gate({ binary: () => Promise.resolve({ path: "/srv/shop/tool", sha256 }) });
    const answer = await one.judge("shell.run", { command: "./tool --all" });
    expect(answer.decision).toBe("ask");
    await approve(one, answer);
    sha256 = "1".repeat(64);
    expect(await one.judge("shell.run", { command: "./tool --all" }, { approval: answer.approval ?? "" })).toMatchObject({
      decision: "deny",
      reason: "approval-mismatch",
    });
  });

  it("after five minutes it is too late, and after a restart", async () => {
    const one = await gate({}, 3, true);
    const answer = await one.judge("dm.reply", reply);
    await approve(one, answer);
    one.clock.pass(300_000);
    expect(await one.judge("dm.reply", reply, { approval: answer.approval ?? "" })).toMatchObject({ decision: "deny", reason: "approval-expired" });

    const again = await one.judge("dm.reply", reply);
    await approve(one, again);
    await one.close();
    open.splice(open.indexOf(one), 1);
    const next = await openGate({}, { dir: one.dir });
    open.push(next);
    expect(await next.judge("dm.reply", reply, { approval: again.approval ?? "" })).toMatchObject({ decision: "deny", reason: "approval-expired" });
  });

  it("a draft approved next morning, after a restart, passes the whole gate again", async () => {
    const one = await gate({}, 3, true);
    const draft = await one.judge("dm.reply", reply, { mode: "draft" });
    const second = await one.judge("dm.reply", { ...reply, text: "내일 뵈어요" }, { mode: "draft" });
    await one.close();
    open.splice(open.indexOf(one), 1);
    const next = await openGate({}, { dir: one.dir });
    open.push(next);
    next.clock.pass(8 * 3_600_000);
    await approve(next, draft);
    await approve(next, second);
    expect(await next.judge("dm.reply", reply, { mode: "draft", approval: draft.approval ?? "" })).toMatchObject({ decision: "allow", reason: "approved" });
    next.fence.close();
    expect(await next.judge("dm.reply", { ...reply, text: "내일 뵈어요" }, { mode: "draft", approval: second.approval ?? "" })).toMatchObject({
      decision: "deny",
      reason: "latched",
    });
    next.fence.start();
    expect(await next.judge("dm.reply", { ...reply, text: "내일 뵈어요" }, { mode: "draft", approval: second.approval ?? "" })).toMatchObject({
      decision: "allow",
    });
    next.clock.pass(20 * 3_600_000);
    expect(await next.judge("dm.reply", reply, { mode: "draft", approval: draft.approval ?? "" })).toMatchObject({ decision: "deny" });
  });

  it("two at once can't use it twice", async () => {
    const one = await gate();
    const answer = await one.judge("dm.reply", reply);
    await approve(one, answer);
    const both = await Promise.all([0, 1].map(() => one.judge("dm.reply", reply, { approval: answer.approval ?? "" })));
    expect(both.map((found) => found.decision).toSorted()).toEqual(["allow", "deny"]);
  });

  it("'always' makes a grant that can be revoked, and the filters still hold", async () => {
    const one = await gate();
    const answer = await one.judge("dm.reply", reply);
    const shown = one.approvals.get(answer.approval ?? "");
    await one.approvals.decide({ items: [{ id: shown?.id ?? "", hash: shown?.hash ?? "" }], answer: "approve", by: "owner", always: true });
    await one.judge("dm.reply", reply, { approval: answer.approval ?? "" });
    // The grant was for somebody new; kim is known now, and that is another class.
    expect(one.approvals.grants()).toMatchObject([{ scope: "recipient", value: "kakao:kim", class: "5b", tool: "dm.reply", by: "owner" }]);
    const known = await one.judge("dm.reply", { ...reply, text: "또 뵈어요" });
    expect(known).toMatchObject({ decision: "ask", class: "5a" });
    const next = one.approvals.get(known.approval ?? "");
    await one.approvals.decide({ items: [{ id: next?.id ?? "", hash: next?.hash ?? "" }], answer: "approve", by: "owner", always: true });
    expect(await one.judge("dm.reply", { ...reply, text: "감사합니다" })).toMatchObject({ decision: "notify", reason: "granted" });
    expect(await one.judge("dm.reply", { ...reply, text: `키는 ${SECRET}` })).toMatchObject({ decision: "deny", reason: "secret" });
    for (const grant of one.approvals.grants()) expect(await one.approvals.revoke(grant.id)).toBe(true);
    expect(await one.judge("dm.reply", { ...reply, text: "고맙습니다" })).toMatchObject({ decision: "ask" });
  });
});
