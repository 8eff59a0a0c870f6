import { z } from "zod";
import {
  planSettings as planSettingsSchema,
  rackSettings as rackSettingsSchema,
  type Alert,
  type NodeView,
  type PlanSettings,
  type RackEvent,
  type RackSettings,
  type RackSnapshot,
  type Repair,
} from "../../contract/rack.ts";
import type { Access } from "../access/service.ts";
import type { People } from "../access/people.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";
import type { Discovery } from "./discovery/port.ts";
import type { FoundList } from "./discovery/found.ts";
import { acknowledgeAlert, muteAlert, noAlerts, observeAlerts, type AlertState } from "./domain/alerts.ts";
import { defaultPlanSettings, shutdownPlan } from "./domain/plan.ts";
import { repairsOf } from "./domain/repairs.ts";
import { sentenceOf } from "./domain/sentence.ts";
import type { Fleet } from "./fleet.ts";
import { createSelf, type SelfDeps } from "./self.ts";
import type { Store } from "./store.ts";
import type { Ups } from "./ups/port.ts";

export interface RackDeps extends SelfDeps {
  store: Store;
  people: People;
  access: Access;
  fleet: Fleet;
  found: FoundList;
  discovery: Discovery;
  ups: Ups;
  log: Log;
  demo: boolean;
  diskFull: () => boolean;
  /** The physical button, which a room above reads. */
  button: () => RackSnapshot["button"];
  rename(name: string): Promise<void>;
}

const TICK_MS = 250;
const UNWATCHED_MS = 980;
const STARTING_MS = 5000;
const SMALL_FLEET = 8;
const pick = z.object({ from: z.number(), height: z.number() }).nullable();

/** The rack room: one snapshot of everything, its stream of changes, and what people may change in it. */
export async function createRack(deps: RackDeps) {
  const { store, trust, people, fleet, found, discovery, ups, clock, log } = deps;
  const alone = (): RackSettings => {
    const membership = trust.membership();
    return { name: membership.standing === "new" ? deps.name() : membership.rackName, units: 12, numberedFrom: "top" };
  };
  let settings: RackSettings = { ...alone(), ...(await store.setting("rack.settings", rackSettingsSchema.partial().omit({ name: true }))) } as RackSettings;
  let plan: PlanSettings = (await store.setting("rack.plan", planSettingsSchema)) ?? defaultPlanSettings;
  let selfUnit = (await store.setting("rack.unit", pick)) ?? (trust.isMain() ? { from: 2, height: 2 } : null);
  let alerts: AlertState = noAlerts;
  let repairs: readonly Repair[] = [];
  const born = clock.mono();
  const listeners = new Set<() => void>();

  const self = createSelf(deps, () => selfUnit);
  const nodes = (): NodeView[] => [self.view(), ...fleet.views()];
  const observe = () => {
    observedAt = clock.mono();
    const all = nodes();
    const view = ups.current();
    const step = observeAlerts(alerts, {
      monoMs: clock.mono(),
      nowMs: clock.now(),
      nodes: all.map((n) => ({ ...n, diskFull: n.self && deps.diskFull() })),
      ups: view,
    });
    alerts = step.state;
    for (const event of step.events) log.warn(`alert.${event.type}`, { code: event.alert.code, node: event.alert.nodeId, covers: event.alert.covers });
    repairs = repairsOf({
      nowMs: clock.now(),
      nodes: all.map((n) => ({
        ...n,
        diskFull: n.self && deps.diskFull(),
        offlineForMs: n.self ? null : fleet.offlineForMs(n.id),
        lateOften: step.alerts.some((a) => a.code === "node-late-often" && a.covers.includes(n.id)),
      })),
      ups: view,
      found: trust.isMain() ? found.list(fleet.has, trust.id) : [],
      waiting: people.waiting(),
      multicast: discovery.state() === "blocked" ? "blocked" : discovery.state() === "listening" ? "works" : "unknown",
      recoveryKeyConfirmed: null,
    });
  };
  const head = (all: readonly NodeView[]): Omit<RackSnapshot, "at" | "nodes"> => {
    const membership = trust.membership();
    const view = ups.current();
    return {
      rackId: membership.standing === "new" ? null : membership.rackId,
      settings,
      demo: deps.demo,
      mainId: membership.standing === "new" ? null : membership.mainId,
      ups: view,
      switch: { state: "unknown" },
      button: deps.button(),
      alerts: [...alerts.shown],
      repairs: [...repairs],
      sentence: sentenceOf({
        nodes: all.map((n) => ({ ...n, diskFull: n.self && deps.diskFull() })),
        ups: view,
        repairs,
        starting: clock.mono() - born < STARTING_MS && all.some((n) => n.state === "paired"),
      }),
    };
  };
  const snapshot = (): RackSnapshot => {
    const all = nodes();
    return { at: clock.now(), nodes: all, ...head(all) };
  };

  /** What would be worth an immediate event: states, alerts, repairs, settings; never mere ages or values. */
  const outline = (all: readonly NodeView[], rest: ReturnType<typeof head>) =>
    JSON.stringify([
      all.map((n) => [n.id, n.state, n.name, n.unit, n.roles]),
      rest.alerts.map((a) => [a.id, a.acknowledged, a.mutedForMs === null]),
      rest.repairs,
      rest.settings,
      rest.sentence,
      rest.ups.state,
      rest.ups.status,
      rest.button,
    ]);
  let lastOutline = "";
  let sentAt = -Infinity;
  let observedAt = -Infinity;
  const tick = () => {
    // Nobody looks: alerts are kept up once a second, and nothing is drawn up to be sent.
    if (listeners.size === 0 && clock.mono() - observedAt < UNWATCHED_MS) return;
    observe();
    if (listeners.size === 0) return;
    const all = nodes();
    const now = outline(all, head(all));
    const due = clock.mono() - sentAt >= (all.length <= SMALL_FLEET ? 500 : 1000) - 20;
    if (now === lastOutline && !due) return;
    lastOutline = now;
    sentAt = clock.mono();
    for (const listener of listeners) listener();
  };

  return {
    snapshot,
    start: () => clock.every(TICK_MS, tick),
    async *watch(signal: AbortSignal | undefined): AsyncGenerator<RackEvent> {
      let wake = () => {};
      let pending = false;
      const listener = () => {
        pending = true;
        wake();
      };
      listeners.add(listener);
      signal?.addEventListener("abort", listener);
      try {
        const first = snapshot();
        let known = new Set(first.nodes.map((n) => n.id));
        yield { type: "snapshot", snapshot: first };
        while (!signal?.aborted && !self.stopped()) {
          if (!pending) await new Promise<void>((resolve) => (wake = resolve));
          pending = false;
          if (signal?.aborted) return;
          const { at, nodes: all, ...rest } = snapshot();
          const ids = new Set(all.map((n) => n.id));
          yield { type: "patch", at, nodes: all, gone: [...known].filter((id) => !ids.has(id)), rest };
          known = ids;
        }
      } finally {
        listeners.delete(listener);
        signal?.removeEventListener("abort", listener);
      }
    },
    pulse: self.pulse,
    settings: () => settings,
    async setSettings(change: { name?: string | undefined; units?: number | undefined; numberedFrom?: RackSettings["numberedFrom"] | undefined }) {
      const next: RackSettings = {
        name: change.name ?? settings.name,
        units: change.units ?? settings.units,
        numberedFrom: change.numberedFrom ?? settings.numberedFrom,
      };
      await store.saveSetting("rack.settings", { units: next.units, numberedFrom: next.numberedFrom });
      if (next.name !== settings.name) trust.renameRack(next.name);
      settings = next;
      return settings;
    },
    membershipChanged() {
      settings = { ...settings, name: alone().name };
    },
    plan: () => {
      const view = ups.current();
      const members = nodes()
        .filter((n) => n.state !== "seen")
        .map((n) => ({ id: n.id, roles: n.roles }));
      return shutdownPlan(plan, members, { runtimeSeconds: view.runtimeSeconds, loadPercent: view.loadPercent });
    },
    async setPlan(change: { [K in keyof PlanSettings]?: PlanSettings[K] | undefined }) {
      const next = planSettingsSchema.parse({ ...plan, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) });
      await store.saveSetting("rack.plan", next);
      plan = next;
      return this.plan();
    },
    add: (address: string, code: string, roles: Parameters<Fleet["add"]>[2]) => fleet.add(address, code, roles, selfUnit),
    async rename(nodeId: string, name: string): Promise<NodeView> {
      if (nodeId !== trust.id) return fleet.update(nodeId, { name });
      await deps.rename(name);
      return self.view();
    },
    async place(nodeId: string, from: number, height: number): Promise<NodeView> {
      const other =
        fleet.occupant(from, height, nodeId)?.name ??
        (nodeId !== trust.id && selfUnit && selfUnit.from < from + height && from < selfUnit.from + selfUnit.height ? deps.name() : undefined);
      if (other !== undefined) throw fault("rack.unit-taken", { by: other });
      if (nodeId !== trust.id) return fleet.update(nodeId, { unit: { from, height } });
      await store.saveSetting("rack.unit", { from, height });
      selfUnit = { from, height };
      return self.view();
    },
    acknowledge(id: string): Alert {
      return changeAlert(acknowledgeAlert(alerts, id));
    },
    mute(id: string, minutes: number): Alert {
      return changeAlert(muteAlert(alerts, id, minutes, clock.mono()));
    },
    /** Says goodbye to main and to the consoles before the daemon ends. */
    stop() {
      self.stop();
      for (const listener of listeners) listener();
    },
  };

  function changeAlert(changed: { state: AlertState; alert: Alert } | null): Alert {
    if (!changed) throw fault("rack.alert-not-found");
    alerts = changed.state;
    return changed.alert;
  }
}
export type Rack = Awaited<ReturnType<typeof createRack>>;
