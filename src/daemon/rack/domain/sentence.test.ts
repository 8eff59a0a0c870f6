import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeState, type Repair } from "../../../contract/rack.ts";
import { diskAt, factsOf, lowUps, noUps, numRuns, onBatteryUps, unreachableUps, upsOf, vanishedUps } from "./fake-facts.ts";
import { sentenceOf, type SentenceFacts } from "./sentence.ts";

const chore: Repair = { id: "no-ups", code: "no-ups", nodeId: null, params: {}, fix: "open-power" };
const four = ["a", "b", "c", "d"].map((id) => factsOf(id));
const well: SentenceFacts = { nodes: four, ups: upsOf(), repairs: [], starting: false };
const withNode = (facts: SentenceFacts, index: number, but: Parameters<typeof factsOf>[1]): SentenceFacts => ({
  ...facts,
  nodes: facts.nodes.map((node, place) => (place === index ? { ...node, ...but } : node)),
});
const unknownUps = upsOf({ state: "unknown", status: [], ageMs: null, runtimeSeconds: "unknown" });

/** From the worst: each thing makes its sentence true and none of a worse one. */
const ladder: readonly { code: string; make: (facts: SentenceFacts) => SentenceFacts }[] = [
  { code: "low-battery", make: (facts) => ({ ...facts, ups: lowUps }) },
  { code: "on-battery", make: (facts) => ({ ...facts, ups: onBatteryUps }) },
  { code: "disk-full", make: (facts) => withNode(facts, 0, { diskFull: true }) },
  { code: "node-offline", make: (facts) => withNode(facts, 1, { state: "offline" }) },
  { code: "ups-unreachable", make: (facts) => ({ ...facts, ups: unreachableUps }) },
  { code: "node-late", make: (facts) => withNode(facts, 2, { state: "late" }) },
  { code: "starting", make: (facts) => ({ ...facts, starting: true }) },
  { code: "things-to-do", make: (facts) => ({ ...facts, repairs: [chore] }) },
];

const anyUps = fc.constantFrom(upsOf(), noUps, onBatteryUps, lowUps, vanishedUps, unreachableUps, unknownUps);
const anyNode = fc
  .record({ id: fc.string({ maxLength: 3 }), state: fc.constantFrom(...nodeState.options), diskFull: fc.boolean(), percent: fc.integer({ min: 0, max: 100 }) })
  .map(({ id, state, diskFull, percent }) => factsOf(id, { state, diskFull, ...diskAt(percent) }));
const anyFacts: fc.Arbitrary<SentenceFacts> = fc.record({
  nodes: fc.array(anyNode, { maxLength: 5 }),
  ups: anyUps,
  repairs: fc.constantFrom<Repair[]>([], [chore]),
  starting: fc.boolean(),
});

describe("the sentence", () => {
  test("says that all is well only when nothing is wrong, nothing is unknown and nothing is to do", () => {
    expect(sentenceOf(well)).toEqual({ code: "all-well", params: { count: 4 } });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { code } = sentenceOf(facts);
        if (code !== "all-well" && code !== "alone") return;
        const members = facts.nodes.filter((node) => node.state !== "seen");
        expect(members.some((node) => ["late", "offline", "paired"].includes(node.state) || node.diskFull === true)).toBe(false);
        expect(["on-line", "none"]).toContain(facts.ups.state);
        expect([facts.repairs.length, facts.starting, facts.ups.lowBattery]).toEqual([0, false, false]);
        expect(code === "alone").toBe(members.length === 1);
      }),
      { numRuns },
    );
  });

  test("names the worst of the things that are true at once", () => {
    fc.assert(
      fc.property(fc.subarray([...ladder.keys()], { minLength: 1 }), (chosen) => {
        // From the mildest: a worse state of the UPS replaces a milder one.
        const facts = chosen.toReversed().reduce((made, index) => ladder[index]?.make(made) ?? made, well);
        expect(sentenceOf(facts).code).toBe(ladder[chosen[0] ?? 0]?.code);
      }),
      { numRuns },
    );
  });

  test("is about members: one that is only seen changes nothing", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const stranger = factsOf("z", { state: "seen", diskFull: true });
        expect(sentenceOf({ ...facts, nodes: [...facts.nodes, stranger] })).toEqual(sentenceOf(facts));
      }),
      { numRuns },
    );
  });

  test("counts nodes that are away together and names one that is away alone", () => {
    const one = withNode(well, 1, { state: "offline" });
    expect(sentenceOf(one)).toEqual({ code: "node-offline", params: { name: "name of b" } });
    expect(sentenceOf(withNode(one, 2, { state: "offline" }))).toEqual({ code: "nodes-offline", params: { count: 2, total: 4 } });
  });

  test("gives whole minutes, or unknown, never 0 for unknown", () => {
    expect(sentenceOf({ ...well, ups: onBatteryUps })).toEqual({ code: "on-battery", params: { minutes: 20 } });
    expect(sentenceOf({ ...well, ups: { ...vanishedUps, runtimeSeconds: "unknown" } })).toEqual({ code: "low-battery", params: { minutes: "unknown" } });
  });

  test("calls no planned silence an outage", () => {
    expect(sentenceOf(withNode(well, 1, { state: "off-planned" })).code).toBe("all-well");
  });

  test("is starting until every member was heard once, and a UPS that never answered is not fine", () => {
    expect(sentenceOf({ ...well, nodes: [] }).code).toBe("starting");
    expect(sentenceOf(withNode(well, 3, { state: "paired" })).code).toBe("starting");
    expect(sentenceOf({ ...well, ups: unknownUps }).code).toBe("ups-unreachable");
  });

  test("knows a full disk by its share too, unless the value is old", () => {
    expect(sentenceOf(withNode(well, 0, diskAt(99))).code).toBe("disk-full");
    expect(sentenceOf(withNode(well, 0, { ...diskAt(99), sampleAgeMs: 60_000 })).code).toBe("all-well");
  });
});
