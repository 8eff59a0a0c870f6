import { createStore, type StoreApi } from "zustand/vanilla";
import type { Me } from "../../contract/access.ts";
import type { BreakerView } from "../../contract/breaker.ts";
import type { NodeView, RackEvent, RackSnapshot } from "../../contract/rack.ts";
import type { PinRefusal } from "./pin/pin.ts";
import type { LinkSink } from "./link/link.ts";

/** How the console stands with the rack. Times are monotonic milliseconds. */
export type LinkState =
  | { kind: "connecting"; since: number }
  | { kind: "live" }
  | { kind: "lost"; since: number }
  | { kind: "refused"; since: number; error: unknown }
  | { kind: "signed-out" }
  | { kind: "no-rack" };

/** A node as last told, and when that arrived here. */
export interface KnownNode {
  view: NodeView;
  receivedAt: number;
}

/**
 * What became of a stop that was asked for on this screen. here: only the aosd at hand has said that it is closed;
 * unsent: nobody has heard of it. `since` is monotonic.
 */
export type Tripping =
  | { kind: "none" }
  | { kind: "asking"; since: number }
  | { kind: "here"; since: number; onDisk: boolean }
  | { kind: "unsent"; since: number };

/** How the log stands against what this console remembers of it. */
export type PinState = { kind: "unknown" } | { kind: "ok"; size: number } | { kind: "refused"; why: PinRefusal | "unreadable" };

export type RackRest = Omit<RackSnapshot, "nodes" | "at">;

export interface ConsoleState {
  link: LinkState;
  me: Me | null;
  rack: RackRest | null;
  /** When the last event arrived; null before the first. */
  receivedAt: number | null;
  /** Rack time minus nothing: the wall clock of the rack at the last event, for showing dates only. */
  rackAt: number | null;
  nodes: Readonly<Record<string, KnownNode>>;
  /** Node ids in the rack's own order. */
  order: readonly string[];
  breaker: BreakerView | null;
  /** When the stop's state last arrived. */
  breakerAt: number | null;
  /** True while the stop's state is overdue, whatever else arrives: it must not be shown as fine. */
  breakerSilent: boolean;
  tripping: Tripping;
  pin: PinState;
}
export type ConsoleStore = StoreApi<ConsoleState>;

const sameOrder = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, at) => id === b[at]);

/** The state after an event that arrived at `now`. */
export function applied(state: ConsoleState, event: RackEvent, now: number): ConsoleState {
  const live = state.link.kind === "live" ? state.link : ({ kind: "live" } as const);
  if (event.type === "snapshot") {
    const { nodes, at, ...rack } = event.snapshot;
    const order = nodes.map((node) => node.id);
    return {
      ...state,
      link: live,
      rack,
      rackAt: at,
      receivedAt: now,
      order: sameOrder(order, state.order) ? state.order : order,
      nodes: Object.fromEntries(nodes.map((view) => [view.id, { view, receivedAt: now }])),
    };
  }
  const nodes = { ...state.nodes };
  for (const view of event.nodes) nodes[view.id] = { view, receivedAt: now };
  for (const id of event.gone) delete nodes[id];
  const order = [...state.order.filter((id) => !event.gone.includes(id)), ...event.nodes.map((node) => node.id).filter((id) => !state.order.includes(id))];
  const rest = Object.fromEntries(Object.entries(event.rest).filter(([, value]) => value !== undefined));
  return {
    ...state,
    link: live,
    rack: state.rack && { ...state.rack, ...rest },
    rackAt: event.at,
    receivedAt: now,
    order: sameOrder(order, state.order) ? state.order : order,
    nodes,
  };
}

/** The state once nothing arrives any more: what was known stays, and ages. */
export function silenced(state: ConsoleState, now: number): ConsoleState {
  const { link } = state;
  if (link.kind === "lost" || link.kind === "refused" || link.kind === "connecting") return state;
  return { ...state, link: { kind: "lost", since: state.receivedAt ?? state.breakerAt ?? now } };
}

/** The state after the stop's state arrived. A stop ends whatever this screen still had to say about its own press. */
export function tripped(state: ConsoleState, breaker: BreakerView, now: number): ConsoleState {
  return {
    ...state,
    breaker,
    breakerAt: now,
    breakerSilent: false,
    tripping: breaker.state === "stopped" ? { kind: "none" } : state.tripping,
    // A kiosk hears of nothing else, so this is its sign of life.
    link: state.me?.role === "kiosk" && state.link.kind !== "live" ? { kind: "live" } : state.link,
  };
}

const noBreaker = { breaker: null, breakerAt: null, breakerSilent: true, tripping: { kind: "none" }, pin: { kind: "unknown" } } as const;

/** Makes an empty store. */
export function createConsoleStore(now: () => number): ConsoleStore {
  return createStore<ConsoleState>(() => ({
    link: { kind: "connecting", since: now() },
    me: null,
    rack: null,
    receivedAt: null,
    rackAt: null,
    nodes: {},
    order: [],
    ...noBreaker,
  }));
}

/** Lets a link write into a store. */
export function createStoreSink(store: ConsoleStore, now: () => number): LinkSink {
  const forget = { rack: null, receivedAt: null, rackAt: null, nodes: {}, order: [], ...noBreaker };
  return {
    me: (me) => store.setState({ me }),
    breaker: (view) => store.setState((state) => tripped(state, view, now())),
    breakerSilent: () => store.setState((state) => (state.breakerSilent ? state : { ...state, breakerSilent: true })),
    event: (event) => store.setState((state) => applied(state, event, now())),
    signedOut: () => store.setState({ link: { kind: "signed-out" }, ...forget }),
    noRack: () => store.setState({ link: { kind: "no-rack" }, ...forget }),
    refused: (error) => store.setState({ link: { kind: "refused", since: now(), error } }),
    lost: () => store.setState((state) => silenced(state, now())),
  };
}
