import type {
  Alert,
  DiscoveryState,
  History,
  Metric,
  NodeView,
  PlanSettings,
  RackEvent,
  RackSettings,
  RackSnapshot,
  Repair,
  Sentence,
  ShutdownPlan,
  UpsView,
} from "../../../src/contract/rack.ts";
import { EventPublisher } from "@orpc/server";
import { fingerprintOf, idOf, makeNode, sampleOf } from "./nodes.ts";
import type { BackendOptions } from "./options.ts";
import { planDefaults, planOf } from "./plan.ts";

export type FakeRack = ReturnType<typeof createFakeRack>;

/** A whole rack in memory that beats, has power cuts and keeps what is set. `now` is wall-clock ms. */
export function createFakeRack(options: BackendOptions, now: () => number) {
  const startedAt = now();
  let nodes: NodeView[] = Array.from({ length: options.nodes }, (_, index) => makeNode(index, options.nodes, startedAt));
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  let settings: RackSettings = { name: "우리꽃집", units: options.nodes === 1 ? 4 : 12, numberedFrom: "top" };
  let plan: PlanSettings = planDefaults;
  const acknowledged = new Set<string>();
  const events = new EventPublisher<{ rack: RackEvent }>({ maxBufferedEvents: 4 });

  const ups = (): UpsView => {
    const none: UpsView = {
      state: "none",
      source: "none",
      name: null,
      model: "unknown",
      status: [],
      chargePercent: "unknown",
      runtimeSeconds: "unknown",
      loadPercent: "unknown",
      powerW: "unknown",
      ageMs: null,
      forMs: null,
      lowBattery: false,
      lowBatteryBecause: null,
      encrypted: false,
      problem: null,
    };
    if (options.scenario === "no-ups" || options.nodes === 1) return none;
    const base: UpsView = {
      ...none,
      state: "on-line",
      source: options.source,
      name: "aosups",
      model: "Smart-UPS 1500",
      status: ["OL", "CHRG"],
      chargePercent: 100,
      runtimeSeconds: 27 * 60,
      loadPercent: 21,
      powerW: 212,
      ageMs: 400,
      forMs: 14 * 86_400_000,
      encrypted: options.source === "nut",
    };
    const cut = options.scenario === "outage" || (options.scenario === "flapping" && Math.floor((now() - startedAt) / 8000) % 2 === 1);
    const gone = Math.floor((now() - startedAt) / 1000);
    if (options.scenario === "low")
      return {
        ...base,
        state: "low-battery",
        status: ["OB", "LB", "DISCHRG"],
        chargePercent: 9,
        runtimeSeconds: 150,
        forMs: 1_500_000,
        lowBattery: true,
        lowBatteryBecause: "flag",
      };
    if (cut)
      return {
        ...base,
        state: "on-battery",
        status: ["OB", "DISCHRG"],
        chargePercent: Math.max(20, 92 - Math.floor(gone / 10)),
        runtimeSeconds: Math.max(200, 41 * 60 - gone),
        powerW: 126,
        loadPercent: 13,
        forMs: now() - startedAt,
      };
    return base;
  };

  const alerts = (): Alert[] => {
    const make = (code: Alert["code"], severity: Alert["severity"], node: NodeView | null, forMs: number): Alert => {
      const id = `${code}:${node?.id ?? "rack"}`;
      return {
        id,
        code,
        severity,
        nodeId: node?.id ?? null,
        params: node ? { name: node.name } : {},
        since: now() - forMs,
        forMs,
        acknowledged: acknowledged.has(id),
        mutedForMs: null,
        covers: node ? [node.id] : nodes.map((one) => one.id),
      };
    };
    const down = nodes.find((node) => node.state === "offline");
    const power = ups().state;
    return [
      ...(power === "on-battery" ? [make("on-battery", "attention", null, 40_000)] : []),
      ...(power === "low-battery" ? [make("low-battery", "failure", null, 20_000)] : []),
      ...(down ? [make("node-offline", "failure", down, 180_000)] : []),
    ];
  };

  const repairs = (): Repair[] => {
    const second = nodes[1];
    if (options.scenario === "quiet") return [];
    return [
      ...(ups().state === "none" ? [{ id: "no-ups", code: "no-ups", nodeId: null, params: {}, fix: "open-power" } as const] : []),
      ...(second && options.scenario === "late"
        ? [{ id: "cable", code: "node-cable", nodeId: second.id, params: { name: second.name }, fix: "open-node" } as const]
        : []),
      ...(options.nodes > 1 ? [{ id: "unpaired", code: "node-unpaired", nodeId: null, params: { name: "작업실" }, fix: "open-connect" } as const] : []),
      { id: "key", code: "recovery-key-unconfirmed", nodeId: null, params: {}, fix: "open-settings" } as const,
    ];
  };

  const sentence = (): Sentence => {
    const power = ups().state;
    const down = nodes.filter((node) => node.state === "offline");
    const late = nodes.find((node) => node.state === "late");
    if (power === "low-battery" || power === "on-battery") return { code: power, params: {} };
    if (down.length > 1) return { code: "nodes-offline", params: { count: down.length } };
    if (down[0]) return { code: "node-offline", params: { name: down[0].name } };
    if (late) return { code: "node-late", params: { name: late.name } };
    const count = repairs().length + alerts().filter((one) => !one.acknowledged).length;
    if (count > 0) return { code: "things-to-do", params: { count } };
    return { code: options.nodes === 1 ? "alone" : "all-well", params: {} };
  };

  const rest = () => ({
    rackId: "rack-1",
    settings,
    demo: options.demo,
    mainId: nodes[0]?.id ?? null,
    ups: ups(),
    switch: { state: "unknown" as const },
    button: { state: "none" as const },
    alerts: alerts(),
    repairs: repairs(),
    sentence: sentence(),
  });
  const snapshot = (): RackSnapshot => ({ at: now(), nodes, ...rest() });
  const tell = (event: RackEvent) => events.publish("rack", event);

  const beat = () => {
    const at = now();
    nodes = nodes.map((node) => {
      const index = indexes.get(node.id) ?? 0;
      if (index === 1 && options.scenario === "down")
        return { ...node, state: "offline", beatAgeMs: at - startedAt + 180_000, missedBeats: 360, sampleAgeMs: at - startedAt + 180_000 };
      if (index === 1 && options.scenario === "late")
        return { ...node, state: "late", beatAgeMs: 1400, missedBeats: 2, sample: sampleOf(index, at, true), sampleAgeMs: 1400 };
      return { ...node, beatAgeMs: 90 + ((index * 137) % 380), upMs: (node.upMs ?? 0) + 500, sample: sampleOf(index, at), sampleAgeMs: 300 };
    });
    tell({ type: "patch", at, nodes, gone: [], rest: rest() });
  };

  const find = (id: string) => nodes.find((node) => node.id === id);
  const change = (id: string, part: Partial<NodeView>): NodeView | undefined => {
    nodes = nodes.map((node) => (node.id === id ? { ...node, ...part } : node));
    beat();
    return find(id);
  };

  const history = (id: string, minutes: number, wanted: readonly Metric[]): History => {
    const index = indexes.get(id) ?? 0;
    const stepMs = minutes <= 60 ? 1000 : minutes <= 1440 ? 10_000 : 300_000;
    const to = Math.floor(now() / stepMs) * stepMs;
    const from = to - minutes * 60_000;
    const at = Array.from({ length: Math.round((to - from) / stepMs) + 1 }, (_, slot) => from + slot * stepMs);
    const hole = minutes < 600 ? [0, 0] : [to - 18 * 3_600_000, to - 17.25 * 3_600_000];
    const inHole = (time: number) => time >= (hole[0] ?? 0) && time < (hole[1] ?? 0);
    const spike = (time: number) => index === 1 && time % 14_400_000 < stepMs * 2;
    const points: History["points"] = {};
    for (const metric of wanted) {
      points[metric] = at.map((time) => {
        const value = sampleOf(index, time, spike(time))[metric];
        return inHole(time) || value === "unknown" ? null : value;
      });
    }
    return { nodeId: id, from, to, stepMs, missing: at.filter(inHole).length, at, points };
  };

  const discovery = (): DiscoveryState => ({
    state: "listening",
    adapter: "bonjour",
    found: [
      {
        id: idOf(90),
        name: "작업실",
        roles: ["pool"],
        rackId: null,
        rackName: null,
        version: "0.1.0",
        fp: fingerprintOf("key 90").slice(0, 8),
        pairing: "open",
        addresses: ["10.0.10.31"],
        port: 7443,
        foundBy: "mdns",
        seenAgeMs: 800,
        member: false,
      },
      {
        id: idOf(91),
        name: "창고",
        roles: ["storage"],
        rackId: null,
        rackName: null,
        version: "0.1.0",
        fp: fingerprintOf("key 91").slice(0, 8),
        pairing: "closed",
        addresses: ["10.0.10.52"],
        port: 7443,
        foundBy: "mdns",
        seenAgeMs: 2400,
        member: false,
      },
      ...nodes.slice(0, 8).map((node) => ({
        id: node.id,
        name: node.name,
        roles: node.roles,
        rackId: "rack-1",
        rackName: settings.name,
        version: node.version,
        fp: node.fingerprint.slice(0, 8),
        pairing: "closed" as const,
        addresses: [node.address ?? ""],
        port: node.port,
        foundBy: "mdns" as const,
        seenAgeMs: 700,
        member: true,
      })),
    ],
  });

  return {
    snapshot,
    find,
    change,
    history,
    discovery,
    /** Starts the heartbeat; returns what stops it. */
    start(everyMs = 500): () => void {
      const timer = setInterval(beat, everyMs);
      return () => clearInterval(timer);
    },
    /** First the whole, then each change, until the signal ends it. */
    async *watch(signal: AbortSignal | undefined): AsyncGenerator<RackEvent> {
      const changes = events.subscribe("rack", signal ? { signal } : {});
      yield { type: "snapshot", snapshot: snapshot() };
      yield* changes;
    },
    settings: () => settings,
    setSettings(part: Partial<RackSettings>): RackSettings {
      settings = { ...settings, ...part };
      beat();
      return settings;
    },
    plan: (): ShutdownPlan => planOf(nodes, plan, ups().runtimeSeconds, ups().loadPercent),
    setPlan(part: Partial<PlanSettings>): void {
      plan = { ...plan, ...part };
    },
    remove(id: string): void {
      nodes = nodes.filter((node) => node.id !== id);
      tell({ type: "patch", at: now(), nodes: [], gone: [id], rest: rest() });
    },
    add(name: string): NodeView {
      const index = indexes.size;
      const node = { ...makeNode(index, 5, now()), name, unit: null };
      indexes.set(node.id, index);
      nodes = [...nodes, node];
      beat();
      return node;
    },
    acknowledge(id: string): Alert | undefined {
      acknowledged.add(id);
      beat();
      return alerts().find((one) => one.id === id);
    },
    takenBy: (id: string, from: number, height: number) =>
      nodes.find((node) => node.id !== id && node.unit !== null && node.unit.from < from + height && from < node.unit.from + node.unit.height),
  };
}
