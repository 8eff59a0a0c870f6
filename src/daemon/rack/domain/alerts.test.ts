import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeState } from "../../../contract/rack.ts";
import { powerCut } from "./alert-rules.ts";
import { diskAt, lowUps, noUps, numRuns, onBatteryUps, unreachableUps, upsOf, vanishedUps } from "./fake-facts.ts";
import { ids, wall, watchRack } from "./fake-watch.ts";

const hour = 3_600_000;
const down = { state: "offline" } as const;
const up = { state: "online" } as const;

describe("a condition", () => {
  test("is told only after it has lasted, and cleared only after it has been fine for as long as it says", () => {
    const rack = watchRack().set("a", diskAt(92)).look(60);
    expect(rack.codes()).toEqual([]);
    expect(rack.look().find("disk-nearly-full")).toMatchObject({
      severity: "attention",
      nodeId: "a",
      covers: ["a"],
      params: { name: "name of a", percent: 92 },
    });
    // Between 85 and 90 % nothing changes: that is the hysteresis.
    expect(rack.set("a", diskAt(87)).look(600).codes()).toEqual(["disk-nearly-full"]);
    expect(rack.set("a", diskAt(84)).look(60).codes()).toEqual(["disk-nearly-full"]);
    expect(rack.look().codes()).toEqual([]);
    expect(rack.events.at(-1)).toMatchObject({ type: "cleared", because: "over" });
  });

  test("is neither told without its time of bad looks nor cleared without its time of fine ones, whatever the values", () => {
    const value = fc.oneof(fc.integer({ min: 86, max: 98 }), fc.constantFrom(50, 84, 85, 89, 90, 98));
    fc.assert(
      fc.property(fc.array(fc.record({ percent: value, seconds: fc.integer({ min: 1, max: 90 }) }), { maxLength: 6 }), (pieces) => {
        const rack = watchRack();
        let badFor = 0;
        let fineFor = 0;
        for (const { percent, seconds } of pieces) {
          rack.set("a", diskAt(percent));
          for (let second = 0; second < seconds; second += 1) {
            const before = rack.events.length;
            rack.look();
            badFor = percent >= 90 ? badFor + 1 : 0;
            fineFor = percent < 85 ? fineFor + 1 : 0;
            for (const event of rack.events.slice(before)) expect(event.type === "raised" ? badFor : fineFor).toBe(61);
          }
        }
      }),
      { numRuns },
    );
  }, 120_000);

  test("that nobody can read now neither begins nor ends an alert", () => {
    const rack = watchRack().set("a", diskAt(92)).look(61);
    expect(rack.set("a", { sampleAgeMs: 60_000 }).look(600).codes()).toEqual(["disk-nearly-full"]);
    expect(
      watchRack()
        .set("a", { ...diskAt(92), sampleAgeMs: 60_000 })
        .look(600)
        .codes(),
    ).toEqual([]);
    expect(watchRack().set("a", { sample: null }).look(600).codes()).toEqual([]);
  });

  test("gives way to a worse one of the same cause", () => {
    const rack = watchRack().set("a", diskAt(92)).look(61).set("a", { diskFull: true }).look();
    expect(rack.codes()).toEqual(["disk-full"]);
    expect(rack.events.slice(-2)).toMatchObject([
      { type: "cleared", because: "superseded" },
      { type: "raised", alert: { code: "disk-full" } },
    ]);
  });

  test("of a certificate is told at 14 days left and over after its renewal", () => {
    const rack = watchRack()
      .set("b", { certNotAfter: wall + 13 * 24 * hour })
      .look();
    expect(rack.find("certificate-expiring")).toMatchObject({ nodeId: "b", params: { days: 12 } });
    expect(
      rack
        .set("b", { certNotAfter: wall + 90 * 24 * hour })
        .look()
        .codes(),
    ).toEqual([]);
  });

  test("of a connection is told after five times late within ten minutes", () => {
    const rack = watchRack();
    for (let time = 0; time < 4; time += 1) rack.set("b", { state: "late" }).look().set("b", up).look(20);
    expect(rack.codes()).toEqual([]);
    expect(rack.set("b", { state: "late" }).look().codes()).toEqual(["node-late-often"]);
    expect(rack.set("b", up).look(700).codes()).toEqual([]);
  });
});

describe("one message a cause", () => {
  test("nodes that go together are one alert that covers them, and it says which", () => {
    const rack = watchRack().set("b", down).look().set("c", down).look(3);
    expect(rack.told()).toEqual(["node-offline"]);
    expect(rack.shown()).toMatchObject([{ code: "node-offline", nodeId: null, covers: ["b", "c"], params: { count: 2, name: "name of b, name of c" } }]);
    rack.set("d", down).look(4);
    expect(rack.told()).toEqual(["node-offline"]);
    expect(rack.find("node-offline")?.covers).toEqual(["b", "c", "d"]);
    expect(rack.set("b", up).set("c", up).set("d", up).look(3).codes()).toEqual([]);
  });

  test("nodes that go apart are two", () => {
    const rack = watchRack().set("b", down).look(20).set("c", down).look(4);
    expect(rack.told()).toEqual(["node-offline", "node-offline"]);
    expect(rack.shown().map((alert) => alert.covers)).toEqual([["b"], ["c"]]);
  });

  test("a power cut suppresses nodes that go with it, and covers them", () => {
    const rack = watchRack().power(onBatteryUps).look().set("b", down).set("c", down).look(10);
    expect(rack.told()).toEqual(["on-battery"]);
    expect(rack.find("on-battery")).toMatchObject({ params: { minutes: 20, charge: 82 }, covers: ["b", "c"] });
    rack.power(lowUps).set("d", down).look(10);
    expect(rack.told()).toEqual(["on-battery", "low-battery"]);
    expect(rack.shown()).toMatchObject([{ code: "low-battery", severity: "failure", covers: ["b", "c", "d"] }]);
    expect(rack.power(vanishedUps).look(30).told()).toEqual(["on-battery", "low-battery"]);
  });

  test("nodes that are told just before the cut was seen are taken over by it", () => {
    const rack = watchRack().set("b", down).look(4).power(onBatteryUps).look();
    expect(rack.codes()).toEqual(["on-battery"]);
    expect(rack.events.filter((event) => event.type === "cleared")).toMatchObject([{ alert: { code: "node-offline" }, because: "superseded" }]);
  });

  test("a node that was away long before the cut stays its own matter", () => {
    const rack = watchRack().set("b", down).look(60).power(onBatteryUps).look(5);
    expect(rack.codes().toSorted()).toEqual(["node-offline", "on-battery"]);
  });

  test("a node that doesn't come back after the cut is told, once, three minutes later", () => {
    const rack = watchRack().power(onBatteryUps).look().set("b", down).set("c", down).look(10).power(upsOf()).look(12).set("c", up);
    expect(rack.codes()).toEqual([]);
    expect(rack.look(160).told()).toEqual(["on-battery"]);
    expect(rack.look(20).told()).toEqual(["on-battery", "node-offline"]);
    expect(rack.find("node-offline")?.covers).toEqual(["b"]);
  });

  test("mains that come and go every few seconds are told once", () => {
    const rack = watchRack();
    for (let time = 0; time < 10; time += 1) rack.power(onBatteryUps).look(4).power(upsOf()).look(6);
    expect(rack.told()).toEqual(["on-battery"]);
    expect(rack.look(12).codes()).toEqual([]);
  });

  test("a UPS that doesn't answer is told after five seconds, and not beside its low battery", () => {
    expect(watchRack().power(unreachableUps).look(5).codes()).toEqual([]);
    expect(watchRack().power(unreachableUps).look(6).codes()).toEqual(["ups-unreachable"]);
    expect(watchRack().power(vanishedUps).look(20).codes()).toEqual(["low-battery"]);
    expect(watchRack().power(noUps).look(60).codes()).toEqual([]);
  });
});

describe("a person", () => {
  test("acknowledges an alert until it is over; the next one is new", () => {
    const rack = watchRack().set("b", down).look(4);
    const id = rack.find("node-offline")?.id ?? "";
    expect(rack.acknowledge("nothing")).toBeNull();
    expect(rack.acknowledge(id)).toMatchObject({ id, acknowledged: true });
    expect(rack.look(30).find("node-offline")).toMatchObject({ acknowledged: true });
    rack.set("b", up).look(5).set("b", down).look(4);
    expect(rack.find("node-offline")).toMatchObject({ acknowledged: false });
    expect(rack.find("node-offline")?.id).not.toBe(id);
    expect(rack.state().acknowledged).toEqual([]);
  });

  test("mutes a condition, and the mute outlives the alert", () => {
    const rack = watchRack().set("b", down).look(4);
    expect(rack.mute("nothing", 10)).toBeNull();
    expect(rack.mute(rack.find("node-offline")?.id ?? "", 10)).toMatchObject({ mutedForMs: 600_000 });
    rack.set("b", up).look(30).set("b", down).look(4);
    expect(rack.find("node-offline")?.mutedForMs).toBe(600_000 - 34_000);
    expect(rack.look(600).find("node-offline")?.mutedForMs).toBeNull();
  });

  test("who mutes a group keeps what is left of it quiet, but not a node that joins", () => {
    const rack = watchRack().set("b", down).set("c", down).look(4);
    rack.mute(rack.find("node-offline")?.id ?? "", 10);
    expect(rack.set("b", up).look(3).find("node-offline")).toMatchObject({ nodeId: "c", mutedForMs: 597_000 });
    expect(rack.set("d", down).look(3).find("node-offline")).toMatchObject({ covers: ["c", "d"], mutedForMs: null });
  });

  test("ends a mute with zero minutes", () => {
    const rack = watchRack().power(onBatteryUps).look(2);
    const id = rack.find("on-battery")?.id ?? "";
    rack.mute(id, 5);
    expect(rack.look().find("on-battery")?.mutedForMs).toBe(299_000);
    expect(rack.mute(id, 0)).toMatchObject({ mutedForMs: null });
    expect(rack.look().find("on-battery")?.mutedForMs).toBeNull();
  });
});

describe("the clock", () => {
  test("set back an hour gives no negative age, clears nothing and is told once, by the node itself", () => {
    const rack = watchRack().set("b", down).look(30).setWall(-hour).look(5);
    const alert = rack.find("node-offline");
    expect(alert?.forMs).toBe(34_000);
    // First seen at 3 s of the monotonic clock; dates follow the wall clock as it is now.
    expect(alert?.since).toBe(wall - hour + 3000);
    expect(rack.shown().filter((one) => one.code === "clock-jumped")).toMatchObject([{ nodeId: "a", severity: "notice" }]);
    expect(rack.look(600).codes()).toEqual(["node-offline"]);
  });

  test("that makes the small steps of time sync is not told", () => {
    expect(watchRack().setWall(-50_000).look().setWall(70_000).look().codes()).toEqual([]);
  });
});

const anyUps = fc.constantFrom(
  upsOf(),
  onBatteryUps,
  lowUps,
  vanishedUps,
  unreachableUps,
  noUps,
  upsOf({ state: "unreachable", status: ["OB"], problem: "refused" }),
);
const piece = fc.record({
  node: fc.constantFrom(...ids),
  state: fc.constantFrom(...nodeState.options, "offline" as const, "offline" as const),
  percent: fc.integer({ min: 0, max: 100 }),
  diskFull: fc.boolean(),
  ups: fc.option(anyUps),
  clockMs: fc.constantFrom(0, 0, 0, -hour, -30 * 24 * hour, hour, -wall),
  seconds: fc.constantFrom(1, 1, 2, 5, 12, 70),
});

describe("whatever happens", () => {
  test("no age is negative, ids are unique, no node is covered twice by one kind, and events tell the difference", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const rack = watchRack();
        const known = new Set<string>();
        let seen = 0;
        for (const one of pieces) {
          rack.set(one.node, { state: one.state, diskFull: one.diskFull, ...diskAt(one.percent) }).setWall(one.clockMs);
          if (one.ups !== null) rack.power(one.ups);
          for (let second = 0; second < one.seconds; second += 1) {
            rack.look();
            for (const { type, alert } of rack.events.slice(seen)) {
              expect(known.has(alert.id)).toBe(type === "cleared");
              if (type === "raised") known.add(alert.id);
              else known.delete(alert.id);
            }
            seen = rack.events.length;
            const shown = rack.shown();
            expect(shown.map((alert) => alert.id).toSorted()).toEqual([...known].toSorted());
            for (const alert of shown) expect(Math.min(alert.forMs, alert.since, alert.mutedForMs ?? 0)).toBeGreaterThanOrEqual(0);
            const covered = shown.flatMap((alert) => alert.covers.map((id) => `${alert.code} ${id}`));
            expect(new Set(covered).size).toBe(covered.length);
          }
        }
      }),
      { numRuns },
    );
  }, 120_000);

  test("no node that fell silent within a power cut is told beside it", () => {
    const cuts = fc.constantFrom(onBatteryUps, lowUps, vanishedUps);
    fc.assert(
      fc.property(
        fc.array(fc.record({ node: fc.constantFrom(...ids), ups: cuts, seconds: fc.integer({ min: 1, max: 30 }) }), { minLength: 1, maxLength: 8 }),
        (pieces) => {
          const rack = watchRack().power(onBatteryUps).look();
          for (const { node, ups, seconds } of pieces) {
            expect(powerCut(ups)).toBe(true);
            expect(rack.power(ups).set(node, down).look(seconds).codes()).not.toContain("node-offline");
          }
          expect(rack.told().filter((code) => code === "node-offline")).toEqual([]);
        },
      ),
      { numRuns },
    );
  });
});
