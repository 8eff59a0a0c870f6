import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levels, type Level } from "../../../../contract/breaker.ts";
import { actOf, inboundOf, policyOf, runs } from "./fake-events.ts";
import { letsThrough } from "./matrix.ts";
import { createReplay } from "./replay.ts";
import { freeze, newState, thaw } from "./state.ts";
import { step } from "./step.ts";
import type { ActEvent, GateEvent, Recorded, Verdict } from "./types.ts";

/** What happens in a day, whatever the level: what the agent tries, what the person would answer, what others do. */
type Happening =
  | {
      do: "act";
      tool: number;
      agent: number;
      task: number;
      answer: "approve" | "deny" | "none";
      ok: boolean;
      result: number;
      draft: boolean;
      wait: number;
      score: "none" | "medium" | "high";
    }
  | { do: "inbound"; agent: number; task: number; band: "none" | "medium" | "high"; span: number; wait: number }
  | { do: "gone"; agent: number; span: number; wait: number }
  | { do: "stop"; wait: number };

const tools: [string, Record<string, string | number>][] = [
  ["fs.read", { path: "a.md" }],
  ["fs.read", { path: "/etc/passwd" }],
  ["fs.write", { path: "b.md", text: "x" }],
  ["fs.delete", { path: "b.md" }],
  ["dm.reply", { channel: "kakao", to: "kim", text: "네, 오늘 여섯 시까지 열어요" }],
  ["dm.reply", { channel: "kakao", to: "lee", text: "네, 오늘 여섯 시까지 열어요" }],
  ["http.get", { url: "https://shop.example/a" }],
  ["http.get", { url: "https://new.example/a" }],
  ["shell.run", { command: "ls | sort > out.txt" }],
  ["agent.spawn", { agent: "child" }],
  ["schedule.create", { when: "0 9 * * *", task: "x" }],
  ["soul.edit", { text: "x" }],
];
const wait = fc.constantFrom(100, 2000, 9000, 70_000);
const small = (max: number) => fc.integer({ min: 0, max });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("act" as const),
      tool: small(tools.length - 1),
      agent: small(2),
      task: small(1),
      answer: fc.constantFrom("approve" as const, "deny" as const, "none" as const),
      ok: fc.boolean(),
      result: small(2),
      draft: fc.boolean(),
      wait,
      score: fc.constantFrom("none" as const, "none" as const, "none" as const, "medium" as const, "high" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("inbound" as const),
      agent: small(2),
      task: small(1),
      band: fc.constantFrom("none" as const, "medium" as const, "high" as const),
      span: small(3),
      wait,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("gone" as const), agent: small(2), span: small(3), wait }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const), wait }) },
);
const agents = ["main", "child", "other"];

/** What a run at one level knows of each act beforehand: how it ended in the record. `null`: it wasn't carried out there. */
type Ends = Map<string, { ok: boolean; result: string | null; carried: boolean; atOnce: boolean; answered: "approve" | "deny" | null } | undefined>;

/** Lives the day at a level; records each event with its verdict. `ends`: nothing is known of an act but what was recorded. */
function live(day: readonly Happening[], level: Level, ends: Ends | null): { recorded: Recorded[]; verdicts: Map<string, Verdict> } {
  const state = newState();
  const recorded: Recorded[] = [];
  const verdicts = new Map<string, Verdict>();
  let mono = 0;
  let epoch = 1;
  const feed = (event: GateEvent) => {
    const result = step(state, event);
    recorded.push({ event: structuredClone(event), verdict: result.verdict });
    return result;
  };
  feed({ type: "boot", mono, at: 0, carry: { spent: [], tokens: [] } });
  feed({ type: "policy", mono, at: 0, policy: policyOf(level) });
  feed({ type: "latch", mono, at: 0, state: "run", epoch, own: false });
  const finish = (id: string, happened: Extract<Happening, { do: "act" }>, at: number, approved: boolean) => {
    const known = ends?.get(id);
    // What was carried out only after an approval says nothing of an act that goes out at once.
    const carried = ends === null || (known?.carried === true && (approved || known.atOnce));
    feed({ type: "outcome", mono: at, at, act: id, epoch, ok: carried ? happened.ok : true, result: carried ? `result-${happened.result}` : null, tokens: 0 });
  };
  for (const [n, happened] of day.entries()) {
    mono += happened.wait;
    if (happened.do === "inbound")
      feed(
        inboundOf({
          mono,
          at: mono,
          agent: agents[happened.agent] ?? "main",
          task: `t${happened.task}`,
          span: `s${happened.span}`,
          injection: { band: happened.band, score: 0.5 },
        }),
      );
    else if (happened.do === "gone") feed({ type: "span-gone", mono, at: mono, agent: agents[happened.agent] ?? "main", spans: [`s${happened.span}`] });
    else if (happened.do === "stop") {
      epoch += 1;
      feed({ type: "latch", mono, at: mono, state: "stopped", epoch, own: false });
      feed({ type: "latch", mono, at: mono, state: "ready", epoch, own: false });
      feed({ type: "latch", mono, at: mono, state: "run", epoch, own: false });
    } else {
      const [tool = "", args = {}] = tools[happened.tool] ?? [];
      const agent = agents[happened.agent] ?? "main";
      const id = `act-${n}`;
      const but: Partial<ActEvent> = {
        act: id,
        mono,
        at: mono,
        epoch,
        agent,
        parent: agent === "child" ? "main" : null,
        task: `t${happened.task}`,
        mode: happened.draft ? "draft" : "live",
        injection: { band: happened.score, score: 0.5 },
      };
      const first = feed(actOf(tool, args, but));
      const verdict = first.verdict;
      if (verdict === null) continue;
      verdicts.set(id, verdict);
      if (first.effects.some((effect) => effect.do === "trip")) feed({ type: "latch", mono, at: mono, state: "stopped", epoch: epoch + 1, own: true });
      if (letsThrough(verdict.decision)) finish(id, happened, mono, false);
      else if (verdict.decision !== "deny" && happened.answer !== "none" && (ends === null || (ends.get(id)?.answered ?? null) !== null)) {
        feed({ type: "approval", mono, at: mono, act: id, answer: happened.answer });
        if (happened.answer !== "approve") continue;
        const needs = verdict.decision === "ask-console" ? "ask-console" : "ask";
        const second = feed(actOf(tool, args, { ...but, approval: { of: id, batch: id, needs, result: "ok" } }));
        if (second.effects.some((effect) => effect.do === "trip")) feed({ type: "latch", mono, at: mono, state: "stopped", epoch: epoch + 1, own: true });
        if (second.verdict && letsThrough(second.verdict.decision)) finish(id, happened, mono, true);
      }
    }
  }
  return { recorded, verdicts };
}

async function* rows(recorded: readonly Recorded[]): AsyncGenerator<Recorded> {
  yield* recorded;
}

describe("replay", () => {
  it("gives every recorded verdict again at the recorded level", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 60 }), fc.constantFrom(...levels), (day, level) => {
        const { recorded } = live(day, level, null);
        const run = createReplay({});
        for (const row of JSON.parse(JSON.stringify(recorded)) as Recorded[]) run.feed(row);
        expect(run.result(7)).toMatchObject({
          level,
          differences: 0,
          lines: [],
          stopsAt: null,
          acts: recorded.filter((row) => row.event.type === "act").length,
        });
      }),
      { numRuns: runs },
    );
  });

  it("goes on from a state in the log as it would have from the beginning", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 2, maxLength: 40 }), fc.constantFrom(...levels), fc.nat(), (day, level, cut) => {
        const { recorded } = live(day, level, null);
        const at = 3 + (cut % Math.max(1, recorded.length - 3));
        const state = newState();
        for (const { event } of recorded.slice(0, at)) step(state, event);
        const frozen = freeze(state);
        expect(freeze(thaw(frozen))).toBe(frozen);
        const run = createReplay({});
        run.feed({ event: { type: "state", mono: state.mono, at: 0, state: frozen }, verdict: null });
        for (const row of recorded.slice(at)) run.feed(row);
        expect(run.result(7).differences).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("at another level equals the day lived at that level", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 40 }), fc.constantFrom(...levels), fc.constantFrom(...levels), (day, from, to) => {
        // A person who stops and starts does so at both levels; panic stops are ended by nobody.
        const there = live(day, from, null);
        const ends: Ends = new Map();
        for (const { event } of there.recorded) {
          if (event.type !== "act" && event.type !== "approval" && event.type !== "outcome") continue;
          const known = ends.get(event.act) ?? {
            ok: true,
            result: null,
            carried: false,
            atOnce: letsThrough(there.verdicts.get(event.act)?.decision ?? "deny"),
            answered: null,
          };
          ends.set(event.act, known);
          if (event.type === "outcome") known.carried = true;
          if (event.type === "approval" && event.answer !== "expire") known.answered = event.answer;
        }
        const replayed = new Map<string, Verdict>();
        const run = createReplay({ level: to });
        for (const row of there.recorded) {
          const result = run.feed(row);
          if (row.event.type === "act" && result?.verdict && !replayed.has(row.event.act)) replayed.set(row.event.act, result.verdict);
        }
        const direct = live(day, to, ends);
        compared += direct.verdicts.size;
        for (const [act, verdict] of direct.verdicts) expect(replayed.get(act), act).toEqual(verdict);
      }),
      { numRuns: runs },
    );
    expect(compared).toBeGreaterThan(10_000);
  });

  it("writes nothing: it has nothing to write with, and the rows it was given stay as they were", async () => {
    const { replay } = await import("../replay.ts");
    const { recorded } = live(
      [{ do: "act", tool: 4, agent: 0, task: 0, answer: "none", ok: true, result: 0, draft: false, wait: 100, score: "none" }],
      3,
      null,
    );
    const before = JSON.stringify(recorded);
    const result = await replay(rows(recorded), { level: 5 }, 7);
    expect(result).toMatchObject({ level: 5, acts: 1, differences: 1, unasked: 1, held: 0 });
    expect(result.lines[0]).toMatchObject({ recorded: "ask", replayed: "allow", tool: "dm.reply", class: "5a" });
    expect(JSON.stringify(recorded)).toBe(before);
  });

  it("works for a changed list of hosts and changed limits", () => {
    const day: Happening[] = [{ do: "act", tool: 7, agent: 0, task: 0, answer: "none", ok: true, result: 0, draft: false, wait: 100, score: "none" }];
    const { recorded } = live(day, 3, null);
    const run = createReplay({ allowHosts: ["new.example"] });
    for (const row of recorded) run.feed(row);
    expect(run.result(7)).toMatchObject({ unasked: 1, lines: [{ class: "8a", replayed: "allow" }] });
  });

  it("what was spent on acts that the other level holds back is not spent there", () => {
    const state = newState();
    const recorded: Recorded[] = [];
    const feed = (event: GateEvent) => recorded.push({ event, verdict: step(state, event).verdict });
    feed({ type: "boot", mono: 0, at: 0, carry: { spent: [], tokens: [] } });
    feed({ type: "policy", mono: 0, at: 0, policy: policyOf(3, { limits: { ...policyOf(3).limits, tokenCap: 100 } }) });
    feed({ type: "latch", mono: 0, at: 0, state: "run", epoch: 1, own: false });
    feed(actOf("fs.write", { path: "a.md", text: "x" }, { act: "a", mono: 1, at: 1 }));
    feed({ type: "outcome", mono: 2, at: 2, act: "a", epoch: 1, ok: true, result: null, tokens: 100 });
    feed(actOf("fs.read", { path: "b.md" }, { act: "b", mono: 3, at: 3 }));
    expect(recorded.at(-1)?.verdict).toMatchObject({ decision: "deny", reason: "spent" });
    const run = createReplay({ level: 2 });
    for (const row of recorded) run.feed(row);
    expect(run.result(7).lines).toMatchObject([
      { act: "a", replayed: "ask" },
      { act: "b", replayed: "allow" },
    ]);
  });

  it("says when the other level would have ended in a stop", () => {
    const day: Happening[] = Array.from({ length: 6 }, (_, n) => ({
      do: "act",
      tool: n % 2 === 0 ? 4 : 5,
      agent: 0,
      task: 0,
      answer: "none",
      ok: true,
      result: 0,
      draft: false,
      wait: 20_000,
      score: "none",
    }));
    const { recorded } = live(day.slice(0, 3), 3, null);
    const run = createReplay({ level: 2 });
    for (const row of recorded) run.feed(row);
    expect(run.result(7).stopsAt).toBe(40_000);
  });
});
