import type { OwnTrip } from "./messages.ts";
import { alsoTripped, bootTrip, bounded, type Trip } from "./trip.ts";

/** The rack's latch, kept by main: RUN -> STOPPED -> READY -> RUN. */
export interface RackLatch {
  readonly state: "run" | "stopped" | "ready";
  /** Fencing token: up by at least one at each trip and each start, never down. */
  readonly epoch: number;
  /** Epoch at which the present run began; not what later starts let in. */
  readonly since: number;
  /** Highest epoch that anybody was heard to know; the next one is above it. */
  readonly seen: number;
  /** First cause of the present stop, or of the last one. */
  readonly trip: Trip;
  readonly also: readonly Trip[];
  /** Nodes that a person took out; they come in again with a start after they came back. */
  readonly excluded: readonly string[];
}

/** Why a command was not carried out. `moved-on`: the latch is no longer what the caller had looked at. */
export type LatchRefusal = "not-main" | "not-stopped" | "not-ready" | "moved-on" | "checks" | "not-silent" | "not-on-disk" | "unknown-node";
export type LatchStep = { ok: true; rack: RackLatch } | { ok: false; code: LatchRefusal };

/** Stops count up before the disk has them: a new run begins above what one on a hung disk can have reached. */
const bootGap = 1000;
const nextEpoch = (rack: RackLatch) => Math.max(rack.epoch, rack.seen) + 1;

/** Main's latch after a start of the daemon: stopped. An earlier stop keeps its first cause. */
export function bootRack({ epoch, stop, also }: { epoch: number; stop: Trip | null; also: readonly Trip[] }, nodeId: string, at: number): RackLatch {
  const boot = bootTrip(nodeId, at);
  const next = epoch + bootGap;
  return {
    state: "stopped",
    epoch: next,
    since: next,
    seen: next,
    trip: stop ?? boot,
    also: stop === null ? [] : alsoTripped(stop, also, boot),
    excluded: [],
  };
}

/** Stops, from any state. A stop while stopped is a new epoch too, so that a reset by somebody who had not seen it is refused. */
export function tripRack(rack: RackLatch, trip: Trip): RackLatch {
  const epoch = nextEpoch(rack);
  if (rack.state === "stopped") return { ...rack, epoch, seen: epoch, also: alsoTripped(rack.trip, rack.also, trip) };
  return { ...rack, state: "stopped", epoch, seen: epoch, trip: bounded(trip), also: [] };
}

/** STOPPED -> READY, which opens nothing. `at` is the epoch that the caller looked at. */
export function resetRack(rack: RackLatch, { at, checked }: { at: number | undefined; checked: boolean }): LatchStep {
  if (rack.state !== "stopped") return { ok: false, code: "not-stopped" };
  if (at !== undefined && at !== rack.epoch) return { ok: false, code: "moved-on" };
  if (!checked) return { ok: false, code: "checks" };
  return { ok: true, rack: { ...rack, state: "ready" } };
}

/**
 * READY -> RUN with a new epoch; in RUN it lets in the nodes that wait for a start. Nodes that were taken out and are
 * heard again (`back`) come in with it.
 */
export function startRack(rack: RackLatch, { at, waiting, back }: { at: number | undefined; waiting: boolean; back: readonly string[] }): LatchStep {
  if (at !== undefined && at !== rack.epoch) return { ok: false, code: "moved-on" };
  if (rack.state !== "ready" && !(rack.state === "run" && waiting)) return { ok: false, code: "not-ready" };
  const epoch = nextEpoch(rack);
  const since = rack.state === "run" ? rack.since : epoch;
  return { ok: true, rack: { ...rack, state: "run", epoch, since, seen: epoch, excluded: rack.excluded.filter((id) => !back.includes(id)) } };
}

/** Takes a silent node out of the present stop. */
export function excludeNode(rack: RackLatch, nodeId: string, { silent }: { silent: boolean }): LatchStep {
  if (rack.state !== "stopped") return { ok: false, code: "not-stopped" };
  if (!silent) return { ok: false, code: "not-silent" };
  return { ok: true, rack: rack.excluded.includes(nodeId) ? rack : { ...rack, excluded: [...rack.excluded, nodeId] } };
}

/**
 * True when a node's own trip stops the rack. Not when the daemon there only started again: it waits for the next start.
 * Not when its lease ran out in a run that is over: it was away then, and is closed.
 */
export function stopsRack(rack: RackLatch, own: OwnTrip): boolean {
  if (own.trip.cause === "boot") return false;
  return own.trip.cause !== "lost-lease" || own.epoch >= rack.since || rack.state !== "run";
}

/** An epoch that a node knows; after main's own record was lost it may be above ours. */
export const sawEpoch = (rack: RackLatch, epoch: number): RackLatch => (epoch > rack.seen ? { ...rack, seen: epoch } : rack);

/** Words to the present stop, written after it. */
export function noteReason(trip: Trip, reason: string): Trip {
  return bounded({ ...trip, reason });
}
