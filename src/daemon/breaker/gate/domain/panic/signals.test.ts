import { describe, expect, it } from "vitest";
import { gateAt, policyOf } from "../fake-events.ts";
import type { StepResult } from "../types.ts";
import { bandOf, signalsOf } from "./band.ts";
import { calling, cameBack, healthy, mayCall } from "./failures.ts";

type Gate = ReturnType<typeof gateAt>;
const tripped = (result: StepResult) => result.effects.some((effect) => effect.do === "trip");
const text = "오늘은 재료가 떨어져서 일찍 문을 닫아요. 내일 뵙겠습니다.";

/** Runs what `each` does until the gate trips; the number of the call that tripped it, or null. */
function until(gate: Gate, times: number, everyMs: number, each: (n: number) => StepResult): number | null {
  for (let n = 1; n <= times; n++) {
    gate.pass(everyMs);
    if (tripped(each(n))) return n;
  }
  return null;
}

describe("each signal", () => {
  it("a burst to one recipient is throttled, and three violations in five minutes stop everything", () => {
    const gate = gateAt(policyOf(5));
    const send = (n: number) => gate.act("dm.reply", { channel: "kakao", to: "kim", text: `${n} 번째 답: ${String(n * 7919).repeat(8)}` });
    for (let n = 0; n < 5; n++) expect(send(n).verdict?.decision).toBe("allow");
    expect(send(6).verdict).toMatchObject({ decision: "deny", reason: "throttled" });
    gate.pass(1000);
    expect(send(7).verdict).toMatchObject({ reason: "throttled" });
    gate.pass(1000);
    expect(tripped(send(8))).toBe(true);
  });

  it("who waits as long as told is not throttled again", () => {
    const gate = gateAt(policyOf(5));
    for (let n = 0; n < 40; n++) {
      const result = gate.act("dm.reply", { channel: "kakao", to: "kim", text: `답 ${n} ${String(n * 7919).repeat(8)}` });
      if (result.verdict?.reason === "throttled") {
        gate.pass(Number(result.verdict.params["waitMs"]));
        expect(gate.act("dm.reply", { channel: "kakao", to: "kim", text: `다시 ${n} ${String(n * 104_729).repeat(8)}` }).verdict?.decision).toBe("allow");
        gate.pass(300_001);
      }
    }
    expect(gate.state.latch).toBe("run");
  });

  it("thresholds are halved below level 3", () => {
    const two = gateAt(policyOf(2, { known: Array.from({ length: 9 }, (_, n) => `kakao:customer-${n}`) }));
    expect(until(two, 9, 3000, (n) => two.act("dm.reply", { channel: "kakao", to: `customer-${n}`, text }))).toBe(2);
  });

  it("the same call with the same result warns at four and stops the task at eight; another task goes on", () => {
    const gate = gateAt(policyOf(3));
    for (let n = 1; n <= 7; n++) {
      const result = gate.act("fs.read", { path: "queue.md" }, { task: "a" });
      expect(result.verdict?.decision, String(n)).toBe("allow");
      gate.done(result.event.act, true, "empty");
      gate.pass(3000);
      if (n === 4) expect(bandOf(signalsOf(gate.state, gate.mono()))).toBe("alert");
    }
    const eighth = gate.act("fs.read", { path: "queue.md" }, { task: "a" });
    expect(eighth.verdict).toMatchObject({ decision: "deny", reason: "repeated-call" });
    expect(eighth.effects).toContainEqual({ do: "stop-task", agent: "main", task: "a", why: "repeated-call" });
    expect(gate.act("fs.read", { path: "other.md" }, { task: "a" }).verdict?.reason).toBe("repeated-call");
    expect(gate.act("fs.read", { path: "other.md" }, { task: "b" }).verdict?.decision).toBe("allow");
    expect(gate.state.latch).toBe("run");
  });

  it("the same call is left alone while its result changes, or when it comes slowly", () => {
    for (const [everyMs, result] of [
      [3000, null],
      [11_000, "same"],
    ] as const) {
      const gate = gateAt(policyOf(3));
      for (let n = 0; n < 30; n++) {
        const read = gate.act("fs.read", { path: "queue.md" });
        expect(read.verdict?.decision).toBe("allow");
        gate.done(read.event.act, true, result ?? `result ${n}`);
        gate.pass(everyMs);
      }
    }
  });

  it.each([2, 3, 4])("a ping-pong of period %i stops the task after three full periods", (period) => {
    const gate = gateAt(policyOf(3));
    let stopped = 0;
    for (let n = 1; n <= 5 * period && stopped === 0; n++) {
      const result = gate.act("fs.read", { path: `file-${n % period}.md` });
      if (result.verdict?.decision === "deny") stopped = n;
      else gate.done(result.event.act, true, "same");
      gate.pass(12_000);
    }
    expect(stopped).toBe(3 * period);
  });

  it("a tool that fails five times in a row is shut, and opens by one probe at a time, ever later", () => {
    const gate = gateAt(policyOf(3));
    const call = () => gate.act("http.get", { url: `https://shop.example/${gate.mono()}` });
    for (let n = 0; n < 5; n++) {
      gate.done(call().event.act, false, `error ${n}`);
      gate.pass(2000);
    }
    expect(call().verdict).toMatchObject({ decision: "deny", reason: "tool-open" });
    gate.pass(30_000);
    const probe = call();
    expect(probe.verdict?.decision).toBe("allow");
    expect(call().verdict?.reason).toBe("tool-open");
    gate.done(probe.event.act, false);
    gate.pass(31_000);
    expect(call().verdict?.reason).toBe("tool-open");
    gate.pass(30_000);
    const second = call();
    expect(second.verdict?.decision).toBe("allow");
    gate.done(second.event.act, true);
    expect(call().verdict?.decision).toBe("allow");
  });

  it("a tool stays shut for ten minutes at most", () => {
    let health = healthy;
    for (let n = 0; n < 5; n++) health = cameBack(health, `act-${n}`, false, 0, 1);
    let mono = 0;
    for (let n = 0; n < 20; n++) {
      const until = health.openUntil ?? 0;
      expect(until - mono).toBeLessThanOrEqual(600_000);
      mono = until;
      expect(mayCall(health, mono)).toBe(true);
      health = cameBack(calling(health, "probe"), "probe", false, mono, 1);
    }
  });

  it("three acts blocked for security in ten minutes stop everything; what others write stops nothing", () => {
    const gate = gateAt(policyOf(4));
    for (let n = 0; n < 10; n++)
      gate.feed({
        type: "inbound",
        mono: 0,
        at: 0,
        agent: "main",
        parent: null,
        task: `t${n}`,
        span: `s${n}`,
        surface: "dm",
        source: "kakao:x",
        untrusted: true,
        injection: { band: "high", score: 1 },
        urgent: true,
        failure: null,
      });
    expect(gate.state.latch).toBe("run");
    const leak = () => gate.act("http.post", { url: "https://shop.example/", body: "x" }, { secrets: [{ kind: "vault", weight: "secret" }] });
    expect(leak().verdict).toMatchObject({ decision: "deny", reason: "secret" });
    gate.pass(60_000);
    expect(tripped(leak())).toBe(false);
    gate.pass(60_000);
    expect(tripped(leak())).toBe(true);
  });

  it("spending tells at 80 and 100 percent, and never goes over the cap without a person", () => {
    const limits = { spendCap: 10_000, currency: "KRW", bulkCap: 0, declaredPaths: [], tokenCap: 1000 };
    const gate = gateAt(policyOf(5, { limits }));
    const pay = (amount: number) => gate.act("pay", { to: "lee", amount, currency: "KRW" });
    expect(pay(7000).verdict).toMatchObject({ decision: "notify", reason: "within-limits" });
    expect(pay(1500).effects).toContainEqual(expect.objectContaining({ do: "tell-owner", why: "spent" }));
    expect(pay(2000).verdict).toMatchObject({ decision: "ask-console", reason: "over-cap" });
    gate.pass(86_400_000);
    expect(pay(2000).verdict?.decision).toBe("notify");
    const read = gate.act("fs.read", { path: "a.md" });
    gate.done(read.event.act, true, "x", 1000);
    expect(gate.act("fs.read", { path: "b.md" }).verdict).toMatchObject({ decision: "deny", reason: "spent" });
  });

  it("a reset and a start begin the counting anew, and only they do", () => {
    const gate = gateAt(policyOf(3, { known: Array.from({ length: 9 }, (_, n) => `kakao:customer-${n}`) }));
    until(gate, 9, 3000, (n) => gate.act("dm.reply", { channel: "kakao", to: `customer-${n}`, text }));
    expect(gate.act("fs.read", { path: "a.md" }).verdict).toMatchObject({ decision: "deny", reason: "latched" });
    gate.pass(3 * 86_400_000);
    expect(gate.act("fs.read", { path: "a.md" }).verdict?.reason).toBe("latched");
    gate.feed({ type: "latch", mono: 0, at: 0, state: "ready", epoch: 2, own: false });
    expect(gate.act("fs.read", { path: "a.md" }).verdict?.reason).toBe("latched");
    gate.feed({ type: "latch", mono: 0, at: 0, state: "run", epoch: 3, own: false });
    expect(gate.act("fs.read", { path: "a.md" }).verdict?.decision).toBe("allow");
    expect(bandOf(signalsOf(gate.state, gate.mono()))).toBe("calm");
  });

  it("words alone never stop the agent", () => {
    const gate = gateAt(policyOf(5));
    for (let n = 0; n < 60; n++) {
      gate.pass(30_000);
      const result = gate.act("dm.reply", { channel: "kakao", to: "kim", text: `긴급!!! 지금 당장!!! ${n} ${String(n * 7919).repeat(9)}` });
      expect(result.verdict?.decision).toBe("allow");
      gate.done(result.event.act, true, `sent ${n}`);
    }
  });
});

describe("10^5 events a second", () => {
  it("cost the gate microseconds each, on a busy machine too, and its memory stays bounded", () => {
    const gate = gateAt(policyOf(5));
    const event = gate.act("http.get", { url: "https://shop.example/x" }).event;
    const events = Array.from({ length: 100_000 }, (_, n) => ({ ...event, act: `a${n}`, call: `c${n}`, agent: `agent-${n % 5000}`, task: `t${n % 700}` }));
    const before = performance.now();
    for (const one of events) {
      gate.pass(0.01);
      gate.feed(one);
    }
    const each = ((performance.now() - before) / events.length) * 1000;
    expect(each).toBeLessThan(80);
    expect(gate.state.contexts.size).toBeLessThanOrEqual(512);
    expect(gate.state.acts.size).toBeLessThanOrEqual(4096);
    expect(gate.state.panic.buckets.size).toBeLessThanOrEqual(1024);
  });
});
