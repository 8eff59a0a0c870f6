import type { Alert, UpsView } from "../../../contract/rack.ts";
import { acknowledgeAlert, muteAlert, noAlerts, observeAlerts, type AlertEvent, type AlertState, type NodeFacts } from "./alerts.ts";
import { factsOf, upsOf } from "./fake-facts.ts";

/** Wall clock at the monotonic 0 of a watched rack. */
export const wall = 1_763_900_000_000;
export const ids = ["a", "b", "c", "d"];

/** A rack that is looked at once a second, with a wall clock of its own. */
export function watchRack() {
  let state: AlertState = noAlerts;
  let mono = 1000;
  let offset = wall;
  let ups: UpsView = upsOf();
  let nodes: NodeFacts[] = ids.map((id) => factsOf(id, { self: id === "a" }));
  const events: AlertEvent[] = [];
  const rack = {
    events,
    /** Codes of the alerts that were told so far, in order. */
    told: () => events.filter((event) => event.type === "raised").map((event) => event.alert.code),
    shown: () => state.shown,
    codes: () => state.shown.map((alert) => alert.code),
    find: (code: Alert["code"]) => state.shown.find((alert) => alert.code === code),
    state: () => state,
    set: (id: string, but: Partial<NodeFacts>) => {
      nodes = nodes.map((node) => (node.id === id ? { ...node, ...but } : node));
      return rack;
    },
    power: (next: UpsView) => {
      ups = next;
      return rack;
    },
    setWall: (byMs: number) => {
      offset += byMs;
      return rack;
    },
    look: (seconds = 1) => {
      for (let second = 0; second < seconds; second += 1) {
        mono += 1000;
        const step = observeAlerts(state, { monoMs: mono, nowMs: mono + offset, nodes, ups });
        events.push(...step.events);
        state = step.state;
      }
      return rack;
    },
    acknowledge: (id: string) => {
      const done = acknowledgeAlert(state, id);
      if (done !== null) state = done.state;
      return done?.alert ?? null;
    },
    mute: (id: string, minutes: number) => {
      const done = muteAlert(state, id, minutes, mono);
      if (done !== null) state = done.state;
      return done?.alert ?? null;
    },
  };
  return rack.look();
}
