import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BreakerView } from "../../contract/breaker.ts";
import type { RackEvent } from "../../contract/rack.ts";
import { agePart, bytes, durationParts } from "./format.ts";
import { backoffMs } from "./link/backoff.ts";
import { statusOf, type Standing } from "./status.ts";
import { applied, silenced, type ConsoleState } from "./store.ts";

const empty: ConsoleState = {
  link: { kind: "connecting", since: 0 },
  me: null,
  rack: null,
  receivedAt: null,
  rackAt: null,
  nodes: {},
  order: [],
  breaker: null,
  breakerAt: null,
  breakerSilent: true,
  tripping: { kind: "none" },
  pin: { kind: "unknown" },
};
const heartbeat: RackEvent = { type: "patch", at: 5, nodes: [], gone: [], rest: {} };
const calm = { state: "run", pending: 0, unknownOutcomes: 0, log: "whole" } as BreakerView;
const running: Omit<Standing, "sentence"> = { link: { kind: "live" }, breaker: calm, breakerSilent: false, tripping: { kind: "none" } };
const sentence = { code: "all-well" as const, params: {} };

describe("the status sentence", () => {
  it("unknown outranks fine: a lost link hides what the rack last said", () => {
    expect(statusOf({ ...running, sentence })).toEqual({ of: "rack", sentence, glyph: "on" });
    expect(statusOf({ ...running, sentence, link: { kind: "lost", since: 0 } })).toEqual({ of: "link", code: "lost", glyph: "unknown" });
  });

  it("is not fine before the first snapshot", () => {
    expect(statusOf({ ...running, sentence: null, breaker: null, breakerSilent: true }).glyph).toBe("unknown");
  });

  it("a rack that runs is not fine while nobody knows whether it is stopped", () => {
    expect(statusOf({ ...running, sentence, breakerSilent: true })).toEqual({ of: "link", code: "no-breaker", glyph: "unknown" });
    expect(statusOf({ ...running, sentence, breaker: null })).toMatchObject({ code: "no-breaker" });
  });

  it("what waits for a person is not called nothing", () => {
    const asking = { ...running, breaker: { ...calm, pending: 4, unknownOutcomes: 1 } };
    expect(statusOf({ ...asking, sentence })).toMatchObject({ sentence: { code: "things-to-do", params: { count: 2 } } });
    expect(statusOf({ ...asking, sentence: { code: "things-to-do", params: { count: 3 } } })).toMatchObject({ sentence: { params: { count: 5 } } });
    expect(statusOf({ ...asking, sentence: { code: "on-battery", params: {} } })).toMatchObject({ sentence: { code: "on-battery" } });
  });

  it("a stop outranks the rack's own sentence, and a press that nobody heard outranks all", () => {
    const stopped = { ...running, sentence, breaker: { state: "stopped" } as BreakerView };
    expect(statusOf(stopped)).toMatchObject({ of: "breaker", glyph: "stopped" });
    expect(statusOf({ ...stopped, link: { kind: "lost", since: 0 }, tripping: { kind: "unsent", since: 0 } })).toMatchObject({ of: "trip", code: "unsent" });
  });
});

describe("the store", () => {
  it("is live again with the next event after a silence", () => {
    const live = applied(empty, heartbeat, 100);
    const lost = silenced(live, 3000);
    expect(lost.link).toEqual({ kind: "lost", since: 100 });
    expect(applied(lost, heartbeat, 3100).link.kind).toBe("live");
  });

  it("a patch without a field keeps what was known", () => {
    const rack = { ...empty, rack: { demo: true } as unknown as ConsoleState["rack"] };
    expect(applied(rack, heartbeat, 1).rack).toEqual({ demo: true });
  });

  it("a silence that is already known doesn't begin anew", () => {
    const lost = silenced(applied(empty, heartbeat, 100), 3000);
    expect(silenced(lost, 9000)).toBe(lost);
  });
});

describe("ages", () => {
  it("are never negative", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), (ms) => {
        const { value } = agePart(ms);
        expect(value).toBeGreaterThanOrEqual(0);
        for (const part of durationParts(ms)) expect(part.value).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [0, { value: 0, unit: "second" }],
    [340, { value: 0.3, unit: "second" }],
    [14_200, { value: 14, unit: "second" }],
    [59_900, { value: 59, unit: "second" }],
    [61_000, { value: 1, unit: "minute" }],
    [3 * 86_400_000, { value: 3, unit: "day" }],
  ])("%d ms", (ms, part) => {
    expect(agePart(ms)).toEqual(part);
  });

  it("durations are told in at most two units", () => {
    expect(durationParts(3960_000)).toEqual([
      { value: 1, unit: "hour" },
      { value: 6, unit: "minute" },
    ]);
    expect(durationParts(160_000)).toEqual([
      { value: 2, unit: "minute" },
      { value: 40, unit: "second" },
    ]);
    expect(durationParts(0)).toEqual([{ value: 0, unit: "second" }]);
  });
});

describe("sizes", () => {
  it("count memory by 1024 and disks by 1000", () => {
    expect(bytes(24 * 1024 ** 3, 1024)).toEqual({ value: 24, unit: "GB" });
    expect(bytes(512e9, 1000)).toEqual({ value: 512, unit: "GB" });
  });
});

describe("back-off", () => {
  it("grows, has chance in it, and never waits longer than 5 s", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const ms = backoffMs(attempt, random);
        expect(ms).toBeGreaterThanOrEqual(125);
        expect(ms).toBeLessThanOrEqual(5000);
      }),
      { numRuns: 1000 },
    );
    expect(backoffMs(4, 0)).not.toBe(backoffMs(4, 0.9));
  });
});
