import { afterAll, describe, expect, it } from "vitest";
import { gateAt, policyOf } from "../fake-events.ts";
import type { StepResult } from "../types.ts";
import { mayCall, cameBack, calling, healthy } from "./failures.ts";
import { signalsOf, bandOf } from "./band.ts";

const zoneBefore = process.env["TZ"];
afterAll(() => {
  if (zoneBefore === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zoneBefore;
});

type Gate = ReturnType<typeof gateAt>;
const tripped = (result: StepResult) => result.effects.some((effect) => effect.do === "trip");
const MINUTE = 60_000;
const text = "오늘은 재료가 떨어져서 일찍 문을 닫아요. 내일 뵙겠습니다.";

/** An ordinary morning: what is usual is known after it. */
function ordinary(gate: Gate, minutes = 70): void {
  for (let minute = 0; minute < minutes; minute++) {
    gate.pass(MINUTE);
    const { event } = gate.act("fs.read", { path: `orders/${minute}.md` });
    gate.done(event.act, true, `result-${minute}`);
    if (minute % 20 === 0) gate.done(gate.act("fs.write", { path: `notes/${minute}.md`, text: `memo ${minute}` }).event.act);
  }
}

/** Runs what `each` does until the gate trips; the number of the call that tripped it, or null. */
function until(gate: Gate, times: number, everyMs: number, each: (n: number) => StepResult): number | null {
  for (let n = 1; n <= times; n++) {
    gate.pass(everyMs);
    if (tripped(each(n))) return n;
  }
  return null;
}

const zones = ["Asia/Seoul", "UTC", "America/Los_Angeles"];
/** Wall clocks that the events carry: across midnight, across a change to summer time, and set back by an hour. They must not matter. */
const walls: [string, (mono: number) => number][] = [
  ["at noon", (mono) => Date.UTC(2026, 5, 1, 3) + mono],
  ["across midnight in Seoul", (mono) => Date.UTC(2026, 5, 1, 14, 58) + mono],
  ["across the change of clocks in Los Angeles", (mono) => Date.UTC(2026, 2, 8, 9, 58) + mono],
  ["while the clock is set back again and again", (mono) => Date.UTC(2026, 5, 1) - mono * 3],
  ["while the clock jumps a year ahead", (mono) => Date.UTC(2026, 5, 1) + (mono > 70 * MINUTE ? 366 * 86_400_000 : 0) + mono],
];
const settings = zones.flatMap((zone) => walls.map(([name, wall]) => [zone, name, wall] as const));

/** A gate whose events carry this wall clock. */
function gateIn(zone: string, wall: (mono: number) => number, level: 1 | 2 | 3 | 4 | 5 = 3): Gate {
  process.env["TZ"] = zone;
  const gate = gateAt(policyOf(level, { known: Array.from({ length: 60 }, (_, n) => `kakao:customer-${n}`) }));
  const { act } = gate;
  return { ...gate, act: (tool, args, but = {}) => act(tool, args, { at: wall(gate.mono()), ...but }) };
}

describe.each(settings)("in %s, %s", (zone, _name, wall) => {
  it("fifty posts in four minutes stop everything", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    const at = until(gate, 50, 4800, (n) => gate.act("post.publish", { channel: "blog", text: `오늘의 이야기 ${n}: ${"가나다라마바사".slice(n % 7)} ${n * 7919}` }));
    expect(at).not.toBeNull();
    expect(gate.state.latch).toBe("stopped");
  });

  it("eighty-eight documents that nobody asked for stop everything", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    const at = until(gate, 88, 5000, (n) => {
      const result = gate.act("fs.write", { path: `reports/report-${n}.md`, text: `보고서 ${n}` });
      if (result.verdict?.decision === "allow") gate.done(result.event.act);
      return result;
    });
    expect(at).not.toBeNull();
  });

  it("one reply to forty customers stops everything at the fourth", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    expect(until(gate, 40, 3000, (n) => gate.act("dm.reply", { channel: "kakao", to: `customer-${n}`, text }))).toBe(4);
  });

  it("five sub-agents that hammer a 429 stop everything", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    const at = until(gate, 1000, 400, (n) => {
      const result = gate.act("http.get", { url: `https://shop.example/api?page=${n}` }, { agent: `child-${n % 5}`, parent: "main" });
      if (result.verdict?.decision === "allow") gate.done(result.event.act, false, "429");
      return result;
    });
    expect(at).not.toBeNull();
  });

  it("polling every five minutes for a day stops nothing", () => {
    const gate = gateIn(zone, wall);
    for (let n = 0; n < 288; n++) {
      gate.pass(5 * MINUTE);
      const mail = gate.act("http.get", { url: "https://shop.example/inbox" });
      expect(mail.verdict?.decision).toBe("allow");
      gate.done(mail.event.act, true, "nothing new");
      const calendar = gate.act("fs.read", { path: "calendar.md" });
      expect(calendar.verdict?.decision).toBe("allow");
      gate.done(calendar.event.act, true, "nothing new");
    }
    expect(bandOf(signalsOf(gate.state, gate.mono()))).toBe("calm");
  });

  it("reading fifty files at once stops nothing", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    gate.pass(MINUTE);
    for (let n = 0; n < 50; n++) {
      const result = gate.act("fs.read", { path: `archive/${n}.md` });
      expect(result.verdict?.decision).toBe("allow");
      gate.done(result.event.act, true, `file ${n}`);
    }
    expect(gate.state.latch).toBe("run");
  });

  it("a morning digest to thirty staff that the owner approved stops nothing: in one act, or as thirty drafts approved together", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    const to = Array.from({ length: 30 }, (_, n) => `staff-${n}`);
    const one = gate.act("dm.send", { channel: "kakao", to, text });
    expect(one.verdict).toMatchObject({ decision: "ask", class: "5b" });
    gate.feed({ type: "approval", mono: 0, at: 0, act: one.event.act, answer: "approve" });
    const sent = gate.act("dm.send", { channel: "kakao", to, text }, { act: one.event.act, approval: { of: one.event.act, batch: "one", needs: "ask", result: "ok" } });
    expect(sent.verdict).toMatchObject({ decision: "allow", reason: "approved" });

    const drafts = to.map((staff) => gate.act("dm.send", { channel: "kakao", to: staff, text }, { mode: "draft" }));
    for (const draft of drafts) expect(draft.verdict?.decision).toBe("ask");
    gate.pass(8 * 60 * MINUTE);
    for (const [n, draft] of drafts.entries()) {
      gate.pass(500);
      const carried = gate.act("dm.send", { channel: "kakao", to: to[n] ?? "", text }, { act: draft.event.act, approval: { of: draft.event.act, batch: "together", needs: "ask", result: "ok" } });
      expect(carried.verdict).toMatchObject({ decision: "allow", reason: "approved" });
    }
    expect(gate.state.latch).toBe("run");
  });
});

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
    for (const [everyMs, result] of [[3000, null], [11_000, "same"]] as const) {
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
    for (let n = 0; n < 10; n++) gate.feed({ type: "inbound", mono: 0, at: 0, agent: "main", parent: null, task: `t${n}`, span: `s${n}`, surface: "dm", source: "kakao:x", untrusted: true, injection: { band: "high", score: 1 }, urgent: true, failure: null });
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
