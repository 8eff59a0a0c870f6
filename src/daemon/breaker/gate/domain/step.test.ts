import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decisions } from "../../../../contract/breaker.ts";
import { actOf, gateAt, inboundOf, policyEvent, policyOf, runEvent, running, runs } from "./fake-events.ts";
import { newState } from "./state.ts";
import { failClosed, step } from "./step.ts";
import type { ActEvent, GateEvent } from "./types.ts";

const anyEvent: fc.Arbitrary<GateEvent> = fc
  .record({
    type: fc.constantFrom("act", "inbound", "outcome", "policy", "latch", "span-gone", "approval", "boot", "state", "nonsense"),
    mono: fc.oneof(fc.integer({ min: -1000, max: 1e9 }), fc.constant(Number.NaN)),
    facts: fc.oneof(
      fc.constant(undefined),
      fc.constant({}),
      fc.record({ parts: fc.oneof(fc.constant(null), fc.array(fc.anything(), { maxLength: 3 })), tool: fc.string() }),
    ),
    policy: fc.oneof(fc.constant(null), fc.record({ level: fc.anything() })),
    state: fc.anything(),
    agent: fc.string(),
    act: fc.string(),
    spans: fc.anything(),
    injection: fc.anything(),
    secrets: fc.anything(),
  })
  .map((event) => event as unknown as GateEvent);

describe("step", () => {
  it("allows nothing before somebody started it, without a policy, after a stop", () => {
    const state = newState();
    const read = () => step(state, actOf("fs.read", { path: "a" })).verdict;
    expect(read()).toMatchObject({ decision: "deny", reason: "starting" });
    step(state, runEvent());
    expect(read()).toMatchObject({ decision: "deny", reason: "policy-unreadable" });
    step(state, policyEvent(policyOf(5)));
    expect(read()).toMatchObject({ decision: "allow" });
    step(state, { type: "latch", mono: 1000, at: 0, state: "stopped", epoch: 2, own: false });
    expect(read()).toMatchObject({ decision: "deny", reason: "latched" });
    step(state, { type: "latch", mono: 1000, at: 0, state: "ready", epoch: 2, own: false });
    expect(read()).toMatchObject({ decision: "deny", reason: "latched" });
  });

  it("whatever it is fed, it throws nothing and allows nothing that makes no sense", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (events) => {
        const state = running(policyOf(5));
        for (const event of events) {
          const { verdict } = failClosed(state, event);
          if (event.type === "act") expect(verdict === null ? 4 : decisions.indexOf(verdict.decision)).toBeGreaterThanOrEqual(2);
        }
      }),
      { numRuns: runs },
    );
  });

  it("an act with a failure is denied for it at every level", () => {
    for (const failure of ["filter-failed", "timed-out", "internal", "clock-unreadable"] as const)
      expect(step(running(policyOf(5)), actOf("fs.read", { path: "a" }, { failure })).verdict).toMatchObject({ decision: "deny", reason: failure });
  });

  it("results of an older epoch and of acts that nobody knows are discarded", () => {
    const gate = gateAt(policyOf(3));
    const act = gate.act("fs.read", { path: "a" }).event;
    gate.feed({ type: "latch", mono: 0, at: 0, state: "stopped", epoch: 2, own: false });
    gate.feed({ type: "latch", mono: 0, at: 0, state: "run", epoch: 2, own: false });
    expect(gate.feed({ type: "outcome", mono: 0, at: 0, act: act.act, epoch: act.epoch, ok: true, result: null, tokens: 0 }).outcome).toBe("discarded");
    expect(gate.done("nobody").outcome).toBe("discarded");
    const next = gate.act("fs.read", { path: "b" }).event;
    expect(gate.feed({ type: "outcome", mono: 0, at: 0, act: next.act, epoch: 1, ok: true, result: null, tokens: 0 }).outcome).toBe("discarded");
  });

  it("a child's standing is its parent's at the time it spawned, and stays so when the level is raised", () => {
    const gate = gateAt(policyOf(3));
    const child = (tool: string, args: Record<string, string>, but: Partial<ActEvent> = {}) => gate.act(tool, args, { agent: "child", ...but }).verdict;
    expect(child("dm.reply", { channel: "kakao", to: "kim", text: "네" }, { parent: "main" })).toMatchObject({ decision: "ask" });
    gate.feed(policyEvent(policyOf(5)));
    expect(gate.act("dm.reply", { channel: "kakao", to: "kim", text: "네, 알겠어요" }).verdict).toMatchObject({ decision: "allow" });
    expect(child("dm.reply", { channel: "kakao", to: "kim", text: "다시 한번 안내해 드려요" })).toMatchObject({ decision: "ask", reason: "over-parent" });
  });

  it("a child takes its parent's untrusted text along, and keeps it when the parent's is gone", () => {
    const gate = gateAt(policyOf(5));
    gate.feed(inboundOf({ task: "t", span: "s" }));
    const spawn = (agent: string) => gate.act("schedule.create", { when: "daily", task: "x" }, { agent, parent: "main", task: "t" }).verdict;
    expect(spawn("child")).toMatchObject({ tainted: true, decision: "ask" });
    gate.feed({ type: "span-gone", mono: 0, at: 0, agent: "main", spans: ["s"] });
    expect(spawn("child")).toMatchObject({ tainted: true });
    expect(gate.act("schedule.create", { when: "daily", task: "x" }, { task: "t" }).verdict).toMatchObject({ tainted: false, decision: "notify" });
    gate.feed({ type: "span-gone", mono: 0, at: 0, agent: "child", spans: ["s"] });
    expect(gate.act("schedule.create", { when: "daily", task: "y" }, { agent: "child", task: "t" }).verdict?.tainted).toBe(false);
  });

  it("something private read in the task and untrusted text make every way out a question", () => {
    const gate = gateAt(policyOf(5));
    expect(gate.act("fs.read", { path: "/etc/passwd" }, { task: "t" }).verdict).toMatchObject({ decision: "notify" });
    gate.feed(inboundOf({ task: "t", span: "s" }));
    expect(gate.act("http.get", { url: "https://shop.example/x" }, { task: "t" }).verdict).toMatchObject({ decision: "ask", reason: "taint-egress" });
    expect(gate.act("http.get", { url: "https://shop.example/x" }, { task: "other" }).verdict).toMatchObject({ decision: "allow" });
  });

  it("taint is never forgotten for want of room", () => {
    const gate = gateAt(policyOf(5));
    gate.feed(inboundOf({ agent: "main", task: "first", span: "s" }));
    for (let n = 0; n < 2000; n++) gate.feed(inboundOf({ agent: `a${n}`, task: `t${n}`, span: `s${n}` }));
    expect(gate.act("agent.spawn", { agent: "x" }, { task: "first" }).verdict).toMatchObject({ tainted: true });
    const crowded = gateAt(policyOf(5));
    for (let n = 0; n < 3000; n++) crowded.feed(inboundOf({ span: `s${n}` }));
    crowded.feed({ type: "span-gone", mono: 0, at: 0, agent: "main", spans: Array.from({ length: 3000 }, (_, n) => `s${n}`) });
    expect(crowded.act("agent.spawn", { agent: "x" }).verdict).toMatchObject({ tainted: true });
  });

  it("inbound text of the medium band is denied below level 3 and asked above; an attack is denied and told", () => {
    for (const [level, decision] of [
      [2, "deny"],
      [3, "ask"],
      [5, "ask"],
    ] as const)
      expect(step(running(policyOf(level)), inboundOf({ injection: { band: "medium", score: 0.6 } })).verdict?.decision).toBe(decision);
    const high = step(running(policyOf(5)), inboundOf({ injection: { band: "high", score: 0.99 } }));
    expect(high.verdict).toMatchObject({ decision: "deny", reason: "injection-high" });
    expect(high.effects).toMatchObject([{ do: "tell-owner", why: "injection-high" }]);
  });

  it("who wrote in first is known, unless it was an attack", () => {
    const gate = gateAt(policyOf(3));
    gate.feed(inboundOf({ source: "kakao:lee", span: "a" }));
    gate.feed(inboundOf({ source: "kakao:bad", span: "b", injection: { band: "high", score: 1 } }));
    gate.feed({ type: "span-gone", mono: 0, at: 0, agent: "main", spans: ["a", "b"] });
    expect(gate.act("dm.reply", { channel: "kakao", to: "lee", text: "네" }).verdict?.class).toBe("5a");
    expect(gate.act("dm.reply", { channel: "kakao", to: "bad", text: "아니요" }).verdict?.class).toBe("5b");
  });
});
