import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { procedure } from "./procedure.ts";
import { address, displayName, duration, fingerprint, instant, memberRole, nodeId, nodeRole, pairingCode, reading, unknown } from "./values.ts";

/** What can be measured of a node. Keys of `sample`, of `history.points` and of `unknowns`. */
export const metrics = [
  "cpuPercent",
  "memoryUsedBytes",
  "diskUsedBytes",
  "temperatureC",
  "powerW",
  "networkRxBytesPerS",
  "networkTxBytesPerS",
  "rssBytes",
  "beatGapMs",
] as const;
export const metric = z.enum(metrics);
export type Metric = z.infer<typeof metric>;

/** Why a value is unknown, as a code with words in both languages. */
export const unknownReason = z.enum(["no-sensor", "needs-macmon", "not-supported", "not-yet", "read-failed"]);
export type UnknownReason = z.infer<typeof unknownReason>;

/** One second of one node. `cpuPercent` is 0 to 100 of the whole machine; `rssBytes` is aosd's own; `beatGapMs` the longest wait between two heartbeats in that second, as main saw it. */
export const sample = z.object({
  at: instant,
  cpuPercent: reading,
  memoryUsedBytes: reading,
  memoryTotalBytes: reading,
  diskUsedBytes: reading,
  diskTotalBytes: reading,
  temperatureC: reading,
  powerW: reading,
  networkRxBytesPerS: reading,
  networkTxBytesPerS: reading,
  rssBytes: reading,
  beatGapMs: reading,
});
export type Sample = z.infer<typeof sample>;

/** seen: announced itself, nothing more is known. online: its mTLS heartbeat arrives. late: 2 beats missed. offline: 5. off-planned: went down by plan. */
export const nodeState = z.enum(["seen", "paired", "online", "late", "offline", "stopped", "shutting-down", "off-planned"]);
export type NodeState = z.infer<typeof nodeState>;

export const service = z.object({ name: z.string().max(100), state: z.enum(["running", "stopped", "failed"]), forMs: duration });
export const restartCause = z.enum(["first-start", "planned", "crash", "power", "update", "unknown"]);

export const nodeView = z.object({
  id: nodeId,
  name: displayName,
  roles: z.array(nodeRole),
  state: nodeState,
  /** True for the node that answers this call. */
  self: z.boolean(),
  foundBy: z.enum(["self", "mdns", "static"]),
  /** Age of the last heartbeat when this was sent; null before the first. */
  beatAgeMs: duration.nullable(),
  missedBeats: z.number().int().nonnegative(),
  address: z.string().nullable(),
  port: z.number().int(),
  fingerprint,
  /** SHA-256 of the certificate in use, 32 bytes as hex pairs; null while it has none of the rack's. */
  certFp: z.string().nullable(),
  certNotAfter: instant.nullable(),
  serial: z.string(),
  /** Maker's name of the machine, such as "Mac mini"; unknown where the system doesn't tell. */
  model: z.union([z.string(), unknown]),
  os: z.string(),
  version: z.string(),
  pid: z.number().int().nullable(),
  upMs: duration.nullable(),
  lastRestart: z.object({ cause: restartCause, at: instant }).nullable(),
  /** Last values, kept when the node goes away; `sampleAgeMs` says how old they are. */
  sample: sample.nullable(),
  sampleAgeMs: duration.nullable(),
  unknowns: z.partialRecord(metric, unknownReason),
  services: z.array(service),
  /** Lowest rack unit it fills and how many; null while nobody placed it. */
  unit: z.object({ from: z.number().int().min(1).max(48), height: z.number().int().min(1).max(12) }).nullable(),
});
export type NodeView = z.infer<typeof nodeView>;

/** Status flags as NUT writes them (RFC 9271 section 5.1): OL on line, OB on battery, LB low battery, ... */
export const upsView = z.object({
  /** none: no UPS is configured. unreachable: it was there and doesn't answer now. */
  state: z.enum(["none", "unknown", "on-line", "on-battery", "low-battery", "unreachable"]),
  source: z.enum(["nut", "simulated", "pmset", "none"]),
  name: z.string().nullable(),
  model: z.union([z.string(), unknown]),
  status: z.array(z.string()),
  chargePercent: reading,
  runtimeSeconds: reading,
  loadPercent: reading,
  powerW: reading,
  /** Age of these values when this was sent. */
  ageMs: duration.nullable(),
  /** How long the present state has lasted, as far as this daemon saw it. */
  forMs: duration.nullable(),
  /** True when the low-battery rule holds: the UPS said LB or FSD, or it vanished for 15 s while on battery. */
  lowBattery: z.boolean(),
  lowBatteryBecause: z.enum(["flag", "forced-shutdown", "vanished-on-battery"]).nullable(),
  encrypted: z.boolean(),
  problem: z.enum(["access-denied", "unknown-ups", "driver-not-connected", "stale", "garbage", "refused", "timeout", "tls-failed"]).nullable(),
});
export type UpsView = z.infer<typeof upsView>;

/** A thing that a person should know. `cause` groups what one cause brought about: it is told once. */
export const alert = z.object({
  id: z.string(),
  code: z.enum([
    "node-offline",
    "node-late-often",
    "on-battery",
    "low-battery",
    "ups-unreachable",
    "disk-nearly-full",
    "disk-full",
    "memory-high",
    "temperature-high",
    "certificate-expiring",
    "clock-jumped",
  ]),
  severity: z.enum(["notice", "attention", "failure"]),
  nodeId: nodeId.nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  since: instant,
  forMs: duration,
  acknowledged: z.boolean(),
  mutedForMs: duration.nullable(),
  /** Nodes that this one alert speaks for. */
  covers: z.array(nodeId),
});
export type Alert = z.infer<typeof alert>;

/** Only what the person can act on; `fix` names what its button or its line of text does. */
export const repair = z.object({
  id: z.string(),
  code: z.enum([
    "no-ups",
    "ups-login",
    "node-unpaired",
    "node-cable",
    "node-gone",
    "disk-space",
    "certificate-renew",
    "device-waiting",
    "multicast-blocked",
    "recovery-key-unconfirmed",
  ]),
  nodeId: nodeId.nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  fix: z.enum(["open-power", "open-connect", "open-node", "open-settings", "by-hand"]),
});
export type Repair = z.infer<typeof repair>;

/** The one sentence of truth, as a code: worst true thing last. */
export const sentence = z.object({
  code: z.enum([
    "all-well",
    "things-to-do",
    "node-late",
    "node-offline",
    "nodes-offline",
    "on-battery",
    "low-battery",
    "ups-unreachable",
    "alone",
    "disk-full",
    "starting",
  ]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Sentence = z.infer<typeof sentence>;

export const rackSettings = z.object({
  name: displayName,
  /** Rack height in units. 12 for the appliance; 4 is drawn for one machine alone. */
  units: z.number().int().min(1).max(48),
  numberedFrom: z.enum(["top", "bottom"]),
});
export type RackSettings = z.infer<typeof rackSettings>;

export const rackSnapshot = z.object({
  at: instant,
  rackId: z.string().nullable(),
  settings: rackSettings,
  /** True when this rack is the demo: what is simulated says so on screen. */
  demo: z.boolean(),
  mainId: nodeId.nullable(),
  nodes: z.array(nodeView),
  ups: upsView,
  /** No switch answers SNMP yet: unknown until one does. */
  switch: z.object({ state: z.enum(["unknown", "running"]) }),
  /** none: no button is enrolled. */
  button: z.object({ state: z.enum(["none", "run", "stop", "unknown"]) }),
  alerts: z.array(alert),
  repairs: z.array(repair),
  sentence,
});
export type RackSnapshot = z.infer<typeof rackSnapshot>;

/** First the whole, then what changed; at least one event a second, so that silence means a lost link. */
export const rackEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), snapshot: rackSnapshot }),
  z.object({
    type: z.literal("patch"),
    at: instant,
    nodes: z.array(nodeView),
    gone: z.array(nodeId),
    rest: rackSnapshot.omit({ at: true, nodes: true }).partial(),
  }),
]);
export type RackEvent = z.infer<typeof rackEvent>;

export const found = z.object({
  id: nodeId,
  name: z.string(),
  roles: z.array(nodeRole),
  rackId: z.string().nullable(),
  rackName: z.string().nullable(),
  version: z.string(),
  /** Short fingerprint from the announcement: a hint to compare, not proof. */
  fp: z.string(),
  pairing: z.enum(["open", "closed"]),
  addresses: z.array(z.string()),
  port: z.number().int(),
  foundBy: z.enum(["mdns", "static"]),
  seenAgeMs: duration,
  /** Whether it belongs to this rack already. */
  member: z.boolean(),
});
export type Found = z.infer<typeof found>;

export const discoveryState = z.object({
  state: z.enum(["starting", "listening", "blocked", "off"]),
  adapter: z.enum(["bonjour", "dns-sd", "none"]),
  found: z.array(found),
});
export type DiscoveryState = z.infer<typeof discoveryState>;

export const history = z.object({
  nodeId,
  from: instant,
  to: instant,
  stepMs: z.number().int(),
  /** Slots between the node's first record in the range (or `from`) and `to` that hold nothing. */
  missing: z.number().int().nonnegative(),
  at: z.array(instant),
  /** One array a metric, as long as `at`; null where nobody could read it or nothing was recorded. */
  points: z.partialRecord(metric, z.array(z.number().nullable())),
});
export type History = z.infer<typeof history>;

/** One act of the ordered shutdown, in order. `atSeconds` is from the start of the outage; null means "by its runtime trigger only". */
export const planStep = z.object({
  id: z.string(),
  act: z.enum(["notify", "pause-sub-agents", "shut-down"]),
  nodeId: nodeId.nullable(),
  roles: z.array(nodeRole),
  atSeconds: z.number().nullable(),
  trigger: z.enum(["on-battery", "delay", "runtime", "after-previous", "low-battery"]),
  runtimeBelowSeconds: z.number().nullable(),
  /** When it would come if the power went now, in seconds from then; unknown without a runtime from the UPS. */
  expectedAtSeconds: reading,
});
export const planSettings = z.object({
  pauseAfterSeconds: z.number().int().min(0).max(3600),
  llmAfterSeconds: z.number().int().min(0).max(7200),
  llmRuntimeBelowSeconds: z.number().int().min(60).max(7200),
  mainRuntimeBelowSeconds: z.number().int().min(60).max(7200),
  storageRuntimeBelowSeconds: z.number().int().min(60).max(7200),
  returnChargePercent: z.number().int().min(0).max(100),
  onShutdown: z.enum(["power-off", "quiesce"]),
});
export type PlanSettings = z.infer<typeof planSettings>;
export const shutdownPlan = z.object({
  settings: planSettings,
  steps: z.array(planStep),
  /** Expected end of the sequence in seconds after the outage starts; unknown without a runtime from the UPS. */
  endsAtSeconds: reading,
  /** False in this version: the plan is shown, nothing carries it out yet. */
  carriedOut: z.boolean(),
  /** Mains back before this second cancels; after it the sequence finishes. */
  noReturnAtSeconds: reading,
  /** Roles in the order in which they come back. */
  returnOrder: z.array(nodeRole),
  basis: z.object({ runtimeSeconds: reading, loadPercent: reading }),
});
export type ShutdownPlan = z.infer<typeof shutdownPlan>;
export type PlanStep = z.infer<typeof planStep>;

export const check = z.object({ code: z.string(), ok: z.enum(["yes", "no", "unknown"]), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Check = z.infer<typeof check>;

/** What a member sends to main twice a second. */
export const pulse = z.object({
  nodeId,
  bootId: z.string().max(64),
  seq: z.number().int(),
  state: nodeState,
  roles: z.array(nodeRole),
  name: displayName,
  serial: z.string().max(64),
  model: z.union([z.string().max(100), unknown]),
  os: z.string().max(100),
  version: z.string().max(64),
  pid: z.number().int(),
  upMs: duration,
  certNotAfter: instant.nullable(),
  lastRestart: z.object({ cause: restartCause, at: instant }),
  unknowns: z.partialRecord(metric, unknownReason),
  services: z.array(service).max(64),
  /** Samples that main has not had yet, oldest first, at most 600. */
  samples: z.array(sample).max(600),
});
export type Pulse = z.infer<typeof pulse>;

const health = ["support", "installer"] as const;
const params = z.object({ nodeId });

export const rack = {
  snapshot: procedure("viewer", { also: health }).route({ method: "GET", path: "/rack" }).output(rackSnapshot),
  watch: procedure("viewer", { also: health }).route({ method: "GET", path: "/rack/events" }).output(eventIterator(rackEvent)),
  found: procedure("viewer", { also: ["installer"], scope: "here" })
    .route({ method: "GET", path: "/found" })
    .output(discoveryState),
  doctor: procedure("viewer", { also: health, scope: "here" })
    .route({ method: "GET", path: "/doctor" })
    .output(z.object({ checks: z.array(check) })),
  supportBundle: procedure("operator", { also: ["installer", "support"], scope: "here" })
    .route({ method: "POST", path: "/support-bundle" })
    .output(z.object({ files: z.array(z.object({ name: z.string(), text: z.string() })) })),
  settings: {
    get: procedure("viewer", { also: health }).route({ method: "GET", path: "/rack/settings" }).output(rackSettings),
    set: procedure("owner").route({ method: "PUT", path: "/rack/settings" }).input(rackSettings.partial()).output(rackSettings),
  },
  node: {
    history: procedure("viewer", { also: health, faults: ["rack.node-not-found"] })
      .route({ method: "GET", path: "/nodes/{nodeId}/history" })
      .input(
        params.extend({
          minutes: z.coerce
            .number()
            .min(1)
            .max(90 * 24 * 60)
            .default(10),
          metrics: z.array(metric).optional(),
        }),
      )
      .output(history),
    add: procedure("operator", {
      also: ["installer"],
      faults: [
        "rack.address-invalid",
        "access.not-main",
        "access.not-responding",
        "access.not-an-aos",
        "access.code-wrong",
        "access.window-closed",
        "access.channel-mismatch",
        "access.already-in-rack",
        "access.peer-certificate",
      ],
    })
      .route({ method: "POST", path: "/nodes" })
      .input(z.object({ address, code: pairingCode, /** Instead of those that the node was set up with. */ roles: z.array(memberRole).min(1).optional() }))
      .output(z.object({ nodeId, name: z.string(), fingerprint })),
    rename: procedure("operator", { also: ["installer"], faults: ["rack.node-not-found"] })
      .route({ method: "PUT", path: "/nodes/{nodeId}/name" })
      .input(params.extend({ name: displayName }))
      .output(nodeView),
    place: procedure("operator", { also: ["installer"], faults: ["rack.node-not-found", "rack.unit-taken"] })
      .route({ method: "PUT", path: "/nodes/{nodeId}/unit" })
      .input(params.extend({ from: z.number().int().min(1).max(48), height: z.number().int().min(1).max(12) }))
      .output(nodeView),
    remove: procedure("owner", { faults: ["rack.node-not-found", "access.not-main"] })
      .route({ method: "DELETE", path: "/nodes/{nodeId}" })
      .input(params)
      .output(z.object({ revoked: z.boolean() })),
  },
  plan: {
    get: procedure("viewer", { also: health }).route({ method: "GET", path: "/plan" }).output(shutdownPlan),
    set: procedure("owner").route({ method: "PUT", path: "/plan" }).input(planSettings.partial()).output(shutdownPlan),
  },
  alert: {
    acknowledge: procedure("operator", { also: ["installer"], faults: ["rack.alert-not-found"] })
      .route({ method: "POST", path: "/alerts/{id}/acknowledge" })
      .input(z.object({ id: z.string().max(200) }))
      .output(alert),
    mute: procedure("operator", { also: ["installer"], faults: ["rack.alert-not-found"] })
      .route({ method: "POST", path: "/alerts/{id}/mute" })
      .input(
        z.object({
          id: z.string().max(200),
          minutes: z
            .number()
            .int()
            .min(0)
            .max(7 * 24 * 60),
        }),
      )
      .output(alert),
  },
  peer: {
    /** Beats every 500 ms for as long as main reads; `after` is the last sample main holds. */
    pulse: procedure("node", { scope: "here" })
      .route({ method: "GET", path: "/peer/pulse" })
      .input(z.object({ after: z.coerce.number().int() }))
      .output(eventIterator(pulse)),
  },
};
