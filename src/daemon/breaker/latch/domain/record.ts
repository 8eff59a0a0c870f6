import type { OwnTrip } from "./messages.ts";
import type { NodeLatch, Remembered } from "./node-latch.ts";
import type { RackLatch } from "./rack-latch.ts";
import { bootTrip, type Trip } from "./trip.ts";

export const recordVersion = 1;

/** The latch as it stands on disk: main's for the rack, a member's for itself. */
export interface LatchRecord {
  v: typeof recordVersion;
  state: RackLatch["state"];
  epoch: number;
  heldEpoch: number;
  /** First cause of the present stop, or of the last one. */
  trip: Trip;
  also: readonly Trip[];
  trips: number;
  own: OwnTrip | null;
}

/** Why a latch file can't be believed. */
export type UnreadableWhy = "replaced" | "missing" | "truncated" | "garbage" | "checksum" | "read-only" | "unreadable" | "newer-version";
/** What the folder held at the start. `fresh`: a folder that was never used has no latch yet. */
export type LatchRead = { kind: "record"; record: LatchRecord } | { kind: "fresh" } | { kind: "unreadable"; why: UnreadableWhy };

export function recordOf(rack: RackLatch | null, node: NodeLatch): LatchRecord {
  return {
    v: recordVersion,
    state: rack?.state ?? (node.open ? "run" : "stopped"),
    epoch: rack?.epoch ?? node.epoch,
    heldEpoch: node.held,
    trip: rack?.trip ?? node.trip,
    also: rack?.also ?? node.also,
    trips: node.trips,
    own: node.own,
  };
}

/**
 * What a daemon starts from: always stopped. A stop that was on disk keeps its cause; without a believable record the
 * cause is `unreadable`. Epochs then go on from the seconds of wall time since 2020, which counting stops and starts can't
 * have reached.
 */
export function rememberedFrom(read: LatchRead, { nodeId, at }: { nodeId: string; at: number }): Remembered & { stop: Trip | null } {
  const boot = bootTrip(nodeId, at);
  const nothing = { held: 0, also: [], trips: 0, own: null };
  switch (read.kind) {
    case "fresh":
      return { ...nothing, epoch: 0, trip: boot, stop: null };
    case "unreadable": {
      const trip: Trip = { ...boot, cause: "unreadable", reason: read.why };
      return { ...nothing, epoch: Math.max(0, Math.floor((at - Date.UTC(2020, 0, 1)) / 1000)), trip, stop: trip };
    }
    case "record": {
      const { epoch, heldEpoch, trip, also, trips, own, state } = read.record;
      const stop = state === "stopped" ? trip : null;
      return { epoch, held: heldEpoch, trip: stop ?? boot, also: stop === null ? [] : also, trips, own, stop };
    }
  }
}

/** Nothing that has to be written again. */
export const sameRecord = (a: LatchRecord, b: LatchRecord): boolean => (Object.keys(a) as (keyof LatchRecord)[]).every((key) => a[key] === b[key]);
