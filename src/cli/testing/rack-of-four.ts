import type { AosdIdentity, Device, Person } from "../../contract/access.ts";
import type { NodeView, RackSnapshot, ShutdownPlan } from "../../contract/rack.ts";

const at = Date.UTC(2026, 10, 23, 6, 0, 0);

export const aosdIdentity: AosdIdentity = {
  id: "aaaaaaaaaaaaaaa2",
  name: "메인",
  roles: ["main"],
  serial: "AOS-0001",
  fingerprint: "3F:A2:91:0C:D4:7E:58:B1",
  version: "0.1.0",
  standing: "rack",
  rackName: "본사 랙",
  claimed: true,
  pairing: "closed",
};

const main: NodeView = {
  id: "aaaaaaaaaaaaaaa2",
  name: "메인",
  roles: ["main"],
  state: "online",
  self: true,
  foundBy: "self",
  beatAgeMs: 240,
  missedBeats: 0,
  address: "10.0.10.11",
  port: 7443,
  fingerprint: "3F:A2:91:0C:D4:7E:58:B1",
  certFp: "AB:CD",
  certNotAfter: at + 80 * 86_400_000,
  serial: "AOS-0001",
  model: "Mac mini",
  os: "macOS 26.1",
  version: "0.1.0",
  pid: 4242,
  upMs: 93_784_000,
  lastRestart: { cause: "first-start", at },
  sample: {
    at,
    cpuPercent: 12.4,
    memoryUsedBytes: 8_400_000_000,
    memoryTotalBytes: 24_000_000_000,
    diskUsedBytes: 120_000_000_000,
    diskTotalBytes: 512_000_000_000,
    temperatureC: "unknown",
    powerW: "unknown",
    networkRxBytesPerS: 0,
    networkTxBytesPerS: 0,
    rssBytes: 91_000_000,
    beatGapMs: 504,
  },
  sampleAgeMs: 800,
  unknowns: { temperatureC: "no-sensor", powerW: "needs-macmon" },
  services: [{ name: "aosd", state: "running", forMs: 93_784_000 }],
  unit: { from: 9, height: 1 },
};

const storage: NodeView = {
  ...main,
  id: "aaaaaaaaaaaaabb3",
  name: "보관 storage\u001B[2J",
  roles: ["storage"],
  state: "offline",
  self: false,
  foundBy: "mdns",
  beatAgeMs: 125_000,
  missedBeats: 250,
  sample: null,
  sampleAgeMs: null,
  pid: null,
  upMs: null,
};

export const snapshot: RackSnapshot = {
  at,
  rackId: "rack-1",
  settings: { name: "본사 랙", units: 12, numberedFrom: "bottom" },
  demo: false,
  mainId: main.id,
  nodes: [main, { ...main, id: "bbbbbbbbbbbbbbb2", name: "Pool", roles: ["pool"], self: false, state: "late", beatAgeMs: 1_300 }, storage],
  ups: {
    state: "on-line",
    source: "nut",
    name: "aosups",
    model: "Smart-UPS 1500",
    status: ["OL", "CHRG", "XYZ"],
    chargePercent: 100,
    runtimeSeconds: 2_120,
    loadPercent: 23,
    powerW: "unknown",
    ageMs: 900,
    forMs: 60_000,
    lowBattery: false,
    lowBatteryBecause: null,
    encrypted: true,
    problem: null,
  },
  switch: { state: "unknown" },
  button: { state: "none" },
  alerts: [
    {
      id: "node-offline:aaaaaaaaaaaaabb3",
      code: "node-offline",
      severity: "failure",
      nodeId: storage.id,
      params: { name: "보관" },
      since: at,
      forMs: 125_000,
      acknowledged: false,
      mutedForMs: null,
      covers: [storage.id],
    },
  ],
  repairs: [{ id: "node-gone:aaaaaaaaaaaaabb3", code: "node-gone", nodeId: storage.id, params: { name: "보관" }, fix: "open-node" }],
  sentence: { code: "node-offline", params: { name: "보관" } },
};

export const people: Person[] = [
  { id: "p1", name: "김사장", role: "owner", createdAt: at, expiresAt: null, devices: 1 },
  { id: "p2", name: "Lee", role: "viewer", createdAt: at, expiresAt: at + 86_400_000, devices: 0 },
];

export const device: Device = {
  id: "d1",
  personId: null,
  personName: null,
  role: "viewer",
  kind: "browser",
  name: "거실 태블릿",
  state: "waiting",
  fingerprint: null,
  createdAt: at,
  lastSeenAgeMs: null,
  self: false,
};

export const plan: ShutdownPlan = {
  settings: {
    pauseAfterSeconds: 30,
    llmAfterSeconds: 120,
    llmRuntimeBelowSeconds: 900,
    mainRuntimeBelowSeconds: 480,
    storageRuntimeBelowSeconds: 300,
    returnChargePercent: 30,
    onShutdown: "power-off",
  },
  steps: [
    { id: "1", act: "notify", nodeId: null, roles: [], atSeconds: 0, trigger: "on-battery", runtimeBelowSeconds: null, expectedAtSeconds: "unknown" },
    { id: "2", act: "shut-down", nodeId: "bbbbbbbbbbbbbbb2", roles: ["pool"], atSeconds: 120, trigger: "delay", runtimeBelowSeconds: 900 , expectedAtSeconds: "unknown"},
    { id: "3", act: "shut-down", nodeId: null, roles: ["storage"], atSeconds: null, trigger: "low-battery", runtimeBelowSeconds: 300 , expectedAtSeconds: "unknown"},
  ],
  endsAtSeconds: 1_820,
  carriedOut: false,
  noReturnAtSeconds: "unknown",
  returnOrder: ["storage", "main", "llm", "pool"],
  basis: { runtimeSeconds: 2_120, loadPercent: 23 },
};
