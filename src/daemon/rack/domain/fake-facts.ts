import type { NodeView, Sample, UpsView } from "../../../contract/rack.ts";
import type { NodeFacts } from "./alert-rules.ts";

/** Property tests run this many cases. */
export const numRuns = 1000;

const unknowns = { temperatureC: "unknown", powerW: "unknown", networkRxBytesPerS: "unknown", networkTxBytesPerS: "unknown", beatGapMs: "unknown" } as const;

/** One quiet second, for tests. */
export const quietSample: Sample = {
  at: 1_763_900_000_000,
  cpuPercent: 4,
  memoryUsedBytes: 30,
  memoryTotalBytes: 100,
  diskUsedBytes: 40,
  diskTotalBytes: 100,
  rssBytes: 90,
  ...unknowns,
};

/** A node with nothing wrong, but for what is said. */
export function factsOf(id: string, but: Partial<NodeFacts> = {}): NodeFacts & Pick<NodeView, "roles"> {
  return { id, name: `name of ${id}`, self: false, state: "online", sample: quietSample, sampleAgeMs: 500, certNotAfter: null, roles: [], ...but };
}

/** A node whose disk is so full, in percent. */
export const diskAt = (percent: number): Partial<NodeFacts> => ({ sample: { ...quietSample, diskUsedBytes: percent } });

/** A UPS on mains, but for what is said. */
export function upsOf(but: Partial<UpsView> = {}): UpsView {
  return {
    state: "on-line",
    source: "nut",
    name: "aosups",
    model: "unknown",
    status: ["OL"],
    chargePercent: 100,
    runtimeSeconds: 1500,
    loadPercent: 20,
    powerW: "unknown",
    ageMs: 100,
    forMs: 10_000,
    lowBattery: false,
    lowBatteryBecause: null,
    encrypted: false,
    problem: null,
    ...but,
  };
}

export const onBatteryUps = upsOf({ state: "on-battery", status: ["OB", "DISCHRG"], runtimeSeconds: 1200, chargePercent: 82 });
export const lowUps = upsOf({ state: "low-battery", status: ["OB", "LB"], lowBattery: true, lowBatteryBecause: "flag", runtimeSeconds: 120 });
export const vanishedUps = upsOf({
  state: "low-battery",
  status: ["OB"],
  lowBattery: true,
  lowBatteryBecause: "vanished-on-battery",
  problem: "refused",
  ageMs: 16_000,
});
export const unreachableUps = upsOf({ state: "unreachable", problem: "refused", ageMs: 6000 });
export const noUps = upsOf({
  state: "none",
  source: "none",
  name: null,
  status: [],
  ageMs: null,
  chargePercent: "unknown",
  runtimeSeconds: "unknown",
  loadPercent: "unknown",
});
