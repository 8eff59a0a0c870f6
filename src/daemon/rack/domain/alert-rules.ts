import type { Alert, NodeView, UpsView } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";

/** What alerts look at of one node. */
export interface NodeFacts extends Pick<NodeView, "id" | "name" | "self" | "state" | "sample" | "sampleAgeMs" | "certNotAfter"> {
  /** True while its store refuses writes for lack of room. */
  diskFull?: boolean;
}

/** One look at the rack. `monoMs` measures durations; `nowMs` (wall clock, may jump) is for dates only. */
export interface Observation {
  monoMs: number;
  nowMs: number;
  nodes: readonly NodeFacts[];
  ups: UpsView;
}

export type AlertCode = Alert["code"];
export type Params = Alert["params"];
/** bad raises, fine clears; between (and unknown) changes nothing: neither raises nor clears. */
export type Verdict = "bad" | "between" | "fine";

/** Things that the engine counts over time, for rules that one look can't decide. */
export interface Counted {
  /** Times a node became late within the last ten minutes. */
  lateTimes: number;
  /** Monotonic milliseconds since the wall clock went back; null if it did not. */
  sinceClockJumpMs: number | null;
}

interface Timing {
  severity: Alert["severity"];
  /** How long it must be bad before it is raised, and fine before it is cleared. */
  forMs: number;
  clearForMs: number;
}
export interface NodeRule extends Timing {
  judge(node: NodeFacts, look: Observation, counted: Counted): Verdict;
  params(node: NodeFacts, look: Observation): Params;
}
export interface UpsRule extends Timing {
  judge(ups: UpsView): Verdict;
}

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
/** A value older than this says nothing about now. */
const freshMs = 15 * second;
/** The clock went back by more than this: not the small steps of time sync. */
export const clockJumpMs = minute;
const clockJumpShownMs = 10 * minute;

const limits = (value: Reading, bad: number, fine: number): Verdict => {
  if (value === "unknown") return "between";
  if (value >= bad) return "bad";
  return value < fine ? "fine" : "between";
};

/** Used share in percent, or unknown. */
export function share(used: Reading, total: Reading): Reading {
  return used === "unknown" || total === "unknown" || total <= 0 ? "unknown" : Math.round((used / total) * 1000) / 10;
}

const fresh = (node: NodeFacts) => (node.sample !== null && node.sampleAgeMs !== null && node.sampleAgeMs <= freshMs ? node.sample : null);
export const diskShare = (node: NodeFacts): Reading => {
  const sample = fresh(node);
  return sample === null ? "unknown" : share(sample.diskUsedBytes, sample.diskTotalBytes);
};
const memoryShare = (node: NodeFacts): Reading => {
  const sample = fresh(node);
  return sample === null ? "unknown" : share(sample.memoryUsedBytes, sample.memoryTotalBytes);
};
const daysLeft = (node: NodeFacts, nowMs: number): number | null => (node.certNotAfter === null ? null : (node.certNotAfter - nowMs) / day);

export const nodeRules = {
  "node-offline": {
    severity: "failure",
    // Nodes that go together are gathered in this time, so that one cause is told once.
    forMs: 2 * second,
    clearForMs: second,
    judge: (node) => (node.state === "offline" ? "bad" : node.state === "late" ? "between" : "fine"),
    params: (node) => ({ name: node.name }),
  },
  "node-late-often": {
    severity: "notice",
    forMs: 0,
    clearForMs: minute,
    judge: (node, _look, counted) => (counted.lateTimes >= 5 ? "bad" : counted.lateTimes <= 1 ? "fine" : "between"),
    params: (node) => ({ name: node.name }),
  },
  "disk-nearly-full": {
    severity: "attention",
    forMs: minute,
    clearForMs: minute,
    judge: (node) => limits(diskShare(node), 90, 85),
    params: (node) => ({ name: node.name, percent: diskShare(node) }),
  },
  "disk-full": {
    severity: "failure",
    forMs: 0,
    clearForMs: 30 * second,
    judge: (node) => (node.diskFull === true ? "bad" : limits(diskShare(node), 99, 97)),
    params: (node) => ({ name: node.name, percent: diskShare(node) }),
  },
  "memory-high": {
    severity: "attention",
    forMs: 5 * minute,
    clearForMs: minute,
    judge: (node) => limits(memoryShare(node), 95, 88),
    params: (node) => ({ name: node.name, percent: memoryShare(node) }),
  },
  "temperature-high": {
    severity: "attention",
    forMs: minute,
    clearForMs: minute,
    judge: (node) => limits(fresh(node)?.temperatureC ?? "unknown", 95, 88),
    params: (node) => ({ name: node.name, celsius: fresh(node)?.temperatureC ?? "unknown" }),
  },
  "certificate-expiring": {
    severity: "attention",
    forMs: 0,
    clearForMs: 0,
    // Renewal starts with 30 days left; with 14 left it has failed for two weeks.
    judge: (node, look) => {
      const left = daysLeft(node, look.nowMs);
      return left === null ? "between" : left < 14 ? "bad" : left > 20 ? "fine" : "between";
    },
    params: (node, look) => ({ name: node.name, days: Math.max(0, Math.floor(daysLeft(node, look.nowMs) ?? 0)) }),
  },
  "clock-jumped": {
    severity: "notice",
    forMs: 0,
    clearForMs: 0,
    // Only back: a forward jump can't be told from a machine that slept.
    judge: (node, _look, counted) => (node.self && counted.sinceClockJumpMs !== null && counted.sinceClockJumpMs < clockJumpShownMs ? "bad" : "fine"),
    params: (node) => ({ name: node.name }),
  },
} satisfies Partial<Record<AlertCode, NodeRule>>;

/** Power is cut, or was when the UPS last spoke. */
export function powerCut(ups: UpsView): boolean {
  return ups.state === "on-battery" || ups.lowBattery || (ups.state === "unreachable" && ups.status.includes("OB"));
}

const answers = (ups: UpsView) =>
  ups.state === "on-line" || ups.state === "on-battery" || (ups.state === "low-battery" && ups.lowBatteryBecause !== "vanished-on-battery");
const back = 10 * second;

export const upsRules = {
  "on-battery": {
    severity: "attention",
    forMs: 0,
    clearForMs: back,
    judge: (ups) => (powerCut(ups) ? "bad" : ups.state === "on-line" || ups.state === "none" ? "fine" : "between"),
  },
  "low-battery": {
    severity: "failure",
    forMs: 0,
    clearForMs: back,
    judge: (ups) => (ups.lowBattery ? "bad" : ["on-line", "on-battery", "none"].includes(ups.state) ? "fine" : "between"),
  },
  "ups-unreachable": {
    severity: "attention",
    forMs: 5 * second,
    clearForMs: 3 * second,
    judge: (ups) => {
      if (answers(ups) || ups.state === "none") return "fine";
      return ups.state === "unreachable" || ups.lowBattery || ups.problem !== null ? "bad" : "between";
    },
  },
} satisfies Partial<Record<AlertCode, UpsRule>>;
