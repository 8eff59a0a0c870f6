import { afterAll, describe, expect, it } from "vitest";
import { gateAt, policyOf } from "../fake-events.ts";
import type { StepResult } from "../types.ts";
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
  return { ...gate, act: (tool, args, but) => act(tool, args, { at: wall(gate.mono()), ...but }) };
}

describe.each(settings)("in %s, %s", (zone, _name, wall) => {
  it("fifty posts in four minutes stop everything", () => {
    const gate = gateIn(zone, wall);
    ordinary(gate);
    const at = until(gate, 50, 4800, (n) =>
      gate.act("post.publish", { channel: "blog", text: `오늘의 이야기 ${n}: ${"가나다라마바사".slice(n % 7)} ${n * 7919}` }),
    );
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
    const sent = gate.act(
      "dm.send",
      { channel: "kakao", to, text },
      { act: one.event.act, approval: { of: one.event.act, batch: "one", needs: "ask", result: "ok" } },
    );
    expect(sent.verdict).toMatchObject({ decision: "allow", reason: "approved" });

    const drafts = to.map((staff) => gate.act("dm.send", { channel: "kakao", to: staff, text }, { mode: "draft" }));
    for (const draft of drafts) expect(draft.verdict?.decision).toBe("ask");
    gate.pass(8 * 60 * MINUTE);
    for (const [n, draft] of drafts.entries()) {
      gate.pass(500);
      const carried = gate.act(
        "dm.send",
        { channel: "kakao", to: to[n] ?? "", text },
        { act: draft.event.act, approval: { of: draft.event.act, batch: "together", needs: "ask", result: "ok" } },
      );
      expect(carried.verdict).toMatchObject({ decision: "allow", reason: "approved" });
    }
    expect(gate.state.latch).toBe("run");
  });
});
