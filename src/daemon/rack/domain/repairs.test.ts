import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeState, repair as repairSchema } from "../../../contract/rack.ts";
import { diskAt, factsOf, lowUps, noUps, numRuns, onBatteryUps, unreachableUps, upsOf, vanishedUps } from "./fake-facts.ts";
import { repairsOf, type RepairFacts } from "./repairs.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = 1_763_900_000_000;
type Node = RepairFacts["nodes"][number];

const nodeOf = (id: string, but: Partial<Node> = {}): Node => ({ ...factsOf(id, but), offlineForMs: null, lateOften: false, ...but });
const ids = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"] as const;
const quiet: RepairFacts = {
  nowMs: now,
  nodes: ids.map((id) => nodeOf(id)),
  ups: upsOf(),
  found: [],
  waiting: [],
  multicast: "works",
  recoveryKeyConfirmed: true,
};
const codes = (but: Partial<RepairFacts>) => repairsOf({ ...quiet, ...but }).map((one) => one.code);

const anyNode = (id: string) =>
  fc
    .record({
      state: fc.constantFrom(...nodeState.options),
      offlineForMs: fc.option(fc.integer({ min: 0, max: 3 * hour })),
      lateOften: fc.boolean(),
      diskFull: fc.boolean(),
      percent: fc.integer({ min: 0, max: 100 }),
      certNotAfter: fc.option(fc.integer({ min: now - 200 * day, max: now + 200 * day })),
    })
    .map(({ percent, ...but }) => nodeOf(id, { ...but, ...diskAt(percent) }));
const facts: fc.Arbitrary<RepairFacts> = fc.record({
  nowMs: fc.integer({ min: 0, max: now * 2 }),
  nodes: fc.tuple(...ids.map(anyNode)),
  ups: fc.constantFrom(upsOf(), noUps, onBatteryUps, lowUps, vanishedUps, unreachableUps, upsOf({ problem: "access-denied" })),
  found: fc.constantFrom([], [{ id: "dddddddddddddddd", name: "new", member: false, pairing: "open" as const }]),
  waiting: fc.constantFrom(
    [],
    [
      { id: "phone", name: "Phone" },
      { id: "tablet", name: "Phone" },
    ],
  ),
  multicast: fc.constantFrom("works", "blocked", "unknown"),
  recoveryKeyConfirmed: fc.constantFrom(true, false, null),
});

describe("repairs", () => {
  test("are valid by the contract, each with its own id, and never with a negative number", () => {
    fc.assert(
      fc.property(facts, (one) => {
        const all = repairsOf(one);
        expect(all.map((repair) => repairSchema.parse(repair))).toEqual(all);
        expect(new Set(all.map((repair) => repair.id)).size).toBe(all.length);
        expect(all.flatMap((repair) => Object.values(repair.params)).every((value) => typeof value === "string" || value >= 0)).toBe(true);
      }),
      { numRuns },
    );
  });

  test("are none where nothing is to do, and a trouble that passes by itself is none", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ ups: onBatteryUps })).toEqual([]);
    expect(codes({ ups: unreachableUps, multicast: "unknown", recoveryKeyConfirmed: null })).toEqual([]);
    expect(codes({ nodes: [nodeOf(ids[0], { state: "offline", offlineForMs: hour - 1 }), nodeOf(ids[1])] })).toEqual([]);
  });

  test("send nobody to a node that went with the power", () => {
    const gone = [nodeOf(ids[0], { state: "offline", offlineForMs: 2 * hour }), nodeOf(ids[1])];
    expect(codes({ nodes: gone })).toEqual(["node-gone"]);
    for (const ups of [onBatteryUps, lowUps, vanishedUps]) expect(codes({ nodes: gone, ups })).toEqual([]);
    fc.assert(
      fc.property(facts, (one) => {
        const cut = { ...one, ups: onBatteryUps };
        expect(repairsOf(cut).some((repair) => repair.code === "node-gone")).toBe(false);
      }),
      { numRuns },
    );
  });

  test("ask for a UPS in a rack, not on one machine alone", () => {
    expect(codes({ ups: noUps })).toEqual(["no-ups"]);
    expect(codes({ ups: noUps, nodes: [nodeOf(ids[0])] })).toEqual([]);
    expect(codes({ ups: noUps, nodes: [nodeOf(ids[0]), nodeOf(ids[1], { state: "seen" })] })).toEqual([]);
    expect(codes({ ups: upsOf({ problem: "access-denied" }) })).toEqual(["ups-login"]);
  });

  test("of a node: its cable, its disk and its certificate", () => {
    expect(codes({ nodes: [nodeOf(ids[0], { lateOften: true })] })).toEqual(["node-cable"]);
    expect(codes({ nodes: [nodeOf(ids[0], { lateOften: true, state: "offline" })] })).toEqual([]);
    expect(codes({ nodes: [nodeOf(ids[0], diskAt(90))] })).toEqual(["disk-space"]);
    expect(codes({ nodes: [nodeOf(ids[0], { diskFull: true, sample: null })] })).toEqual(["disk-space"]);
    expect(repairsOf({ ...quiet, nodes: [nodeOf(ids[0], { certNotAfter: now + 13.5 * day })] })).toMatchObject([
      { code: "certificate-renew", params: { days: 13 } },
    ]);
    expect(repairsOf({ ...quiet, nodes: [nodeOf(ids[0], { certNotAfter: now - 5 * day })] })).toMatchObject([
      { code: "certificate-renew", params: { days: 0 } },
    ]);
    expect(codes({ nodes: [nodeOf(ids[0], { certNotAfter: now + 15 * day })] })).toEqual([]);
  });

  test("of connecting: who waits, what could be paired, and what is blocked", () => {
    const found = [
      { id: "dddddddddddddddd", name: "new", member: false, pairing: "open" as const },
      { id: "eeeeeeeeeeeeeeee", name: "closed", member: false, pairing: "closed" as const },
      { id: ids[0], name: "ours", member: true, pairing: "open" as const },
    ];
    expect(repairsOf({ ...quiet, found }).map(({ code, nodeId }) => [code, nodeId])).toEqual([["node-unpaired", "dddddddddddddddd"]]);
    expect(codes({ waiting: [{ id: "phone", name: "Phone" }], multicast: "blocked", recoveryKeyConfirmed: false })).toEqual([
      "device-waiting",
      "multicast-blocked",
      "recovery-key-unconfirmed",
    ]);
  });
});
