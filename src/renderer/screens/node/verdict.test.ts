import { describe, expect, it } from "vitest";
import type { Sample } from "../../../contract/rack.ts";
import { outside, percentOf } from "./bands.ts";
import { verdictOf } from "./verdict.ts";

const sample: Sample = {
  at: 1,
  cpuPercent: 30,
  memoryUsedBytes: 4,
  memoryTotalBytes: 10,
  diskUsedBytes: 2,
  diskTotalBytes: 10,
  temperatureC: 50,
  powerW: 30,
  networkRxBytesPerS: 0,
  networkTxBytesPerS: 0,
  rssBytes: 1,
  beatGapMs: 500,
};
const unknowns: Sample = {
  ...sample,
  cpuPercent: "unknown",
  memoryUsedBytes: "unknown",
  diskTotalBytes: "unknown",
  temperatureC: "unknown",
  powerW: "unknown",
};

describe("the verdict on a node", () => {
  it("tells a late link from a busy machine", () => {
    expect(verdictOf({ state: "late", sample }, false).code).toBe("late-link");
    expect(verdictOf({ state: "late", sample: { ...sample, cpuPercent: 97 } }, false).code).toBe("late-busy");
  });

  it("says nothing is known once the console has lost the rack, whatever the node last was", () => {
    expect(verdictOf({ state: "online", sample }, true).code).toBe("stale");
  });

  it("takes an unknown reading for neither good nor bad", () => {
    expect(outside(unknowns)).toEqual([]);
    expect(percentOf("unknown", 10)).toBe("unknown");
    expect(percentOf(5, 0)).toBe("unknown");
  });

  it("names the quantity that left its band", () => {
    expect(verdictOf({ state: "online", sample: { ...sample, temperatureC: 91 } }, false)).toEqual({ code: "outside", of: "temperatureC", glyph: "attention" });
  });

  it("doesn't call a node without a sample fine", () => {
    expect(verdictOf({ state: "online", sample: null }, false).code).toBe("nothing-known");
  });
});
