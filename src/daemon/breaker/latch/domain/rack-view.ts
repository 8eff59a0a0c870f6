import type { Ack } from "./messages.ts";
import { tripNode, type NodeLatch } from "./node-latch.ts";
import { tripRack, type RackLatch } from "./rack-latch.ts";
import type { Trip } from "./trip.ts";
import type { Blocker, ButtonView, LatchView, NodeLatchState, NodeLatchView, ResetCheck } from "./view.ts";

/** A node that has not answered for this long is silent: a person may take it out. Any lease that it held has ended by then. */
export const silentMs = 1000;

/** What main knows of one node. Times are main's monotonic milliseconds. */
export interface Heard {
  nodeId: string;
  ack: Ack | null;
  /** Of the last answer; before there is one, since when main waits for it. */
  ackAt: number;
  /** From the present stop to the first answer that its gate is closed. */
  closeTookMs: number | "unknown";
}

/** What a keeper knows at one moment; enough to draw it later, with ages that go on. */
export interface Snapshot {
  nodeId: string;
  /** Null on a member, which knows only itself. */
  rack: RackLatch | null;
  node: NodeLatch;
  heard: readonly Heard[];
  button: { state: ButtonView["state"]; reason: string | null; heardAt: number | null };
  onDisk: boolean;
  diskWhy: string | null;
  /** When the present state began. */
  since: { mono: number; at: number };
  leaseAt: number | null;
}

const stoppedIn = (rack: RackLatch, { ack }: Heard) => ack !== null && !ack.open && ack.epoch >= rack.epoch;
const ageOf = (heard: Heard, mono: number): number | "unknown" => (heard.ack === null ? "unknown" : Math.max(0, mono - heard.ackAt));

/** True when a person may take this node out: it has not said that it stopped, and says nothing. */
export function isSilent(rack: RackLatch, heard: Heard, mono: number): boolean {
  return !stoppedIn(rack, heard) && mono - heard.ackAt > silentMs;
}

/** A node that runs nothing while the rack runs: it waits for a start. */
export const waits = (rack: RackLatch, { ack, nodeId }: Heard): boolean =>
  rack.state === "run" && ack !== null && !ack.open && (ack.held >= rack.epoch || rack.excluded.includes(nodeId));

/** What a reset waits for, each line with its reason. */
export function resetChecks(snapshot: Snapshot, rack: RackLatch, blockers: readonly Blocker[], mono: number): ResetCheck[] {
  const { button, onDisk, diskWhy, heard } = snapshot;
  const released = button.state === "none" || button.state === "run";
  const waiting = heard
    .filter((one) => !stoppedIn(rack, one) && !rack.excluded.includes(one.nodeId))
    .map((one) => ({ nodeId: one.nodeId, ackAgeMs: ageOf(one, mono), mayExclude: isSilent(rack, one, mono) }));
  return [
    { check: "button-released", ok: released, why: released ? null : (button.reason ?? button.state) },
    { check: "on-disk", ok: onDisk, why: diskWhy },
    { check: "nodes-acknowledged", ok: waiting.length === 0, waiting },
    { check: "outcomes-known", ok: blockers.length === 0, blockers },
  ];
}

function stateOf(rack: RackLatch, heard: Heard, mono: number): NodeLatchState {
  const { ack, nodeId } = heard;
  if (rack.excluded.includes(nodeId)) return "excluded";
  if (ack === null) return "unconfirmed";
  if (rack.state !== "run") return stoppedIn(rack, heard) ? "closed" : "unconfirmed";
  if (mono - heard.ackAt > silentMs) return "unconfirmed";
  if (ack.open) return "open";
  return waits(rack, heard) ? "held" : "closed";
}

function nodeView(rack: RackLatch, heard: Heard, mono: number): NodeLatchView {
  const { ack, nodeId, closeTookMs } = heard;
  const state = stateOf(rack, heard, mono);
  const ackAgeMs = ageOf(heard, mono);
  if (ack === null || state === "unconfirmed")
    return {
      nodeId,
      state,
      epoch: ack?.epoch ?? "unknown",
      ackAgeMs,
      closeTookMs: "unknown",
      processes: "unknown",
      onDisk: "unknown",
      cause: ack?.cause ?? "unknown",
    };
  return { nodeId, state, epoch: ack.epoch, ackAgeMs, closeTookMs, processes: ack.processes, onDisk: ack.onDisk, cause: ack.cause };
}

/** What a stop makes of it, for whoever looks before the keeper has spoken again. */
export function stopped(snapshot: Snapshot, trip: Trip, mono: number): Snapshot {
  const rack = snapshot.rack && tripRack(snapshot.rack, trip);
  const node = tripNode(snapshot.node, trip);
  const turned = (snapshot.rack?.state ?? (snapshot.node.open ? "run" : "stopped")) !== "stopped";
  const since = turned ? { mono, at: trip.at } : snapshot.since;
  return { ...snapshot, rack, node, since, onDisk: false, diskWhy: snapshot.diskWhy ?? "writing" };
}

/** The latch as people see it, at `mono` of the keeper's clock. */
export function viewOf(snapshot: Snapshot, blockers: readonly Blocker[], mono: number): LatchView {
  const { node, onDisk, diskWhy, since, leaseAt } = snapshot;
  const button: ButtonView = {
    state: snapshot.button.state,
    reason: snapshot.button.reason,
    ageMs: snapshot.button.heardAt === null ? "unknown" : Math.max(0, mono - snapshot.button.heardAt),
  };
  // What every node judges by itself before each act: a lease that has ended closes, whether or not the keeper has said so yet.
  const running = node.open && mono < node.deadline;
  const rack: RackLatch = snapshot.rack ?? {
    state: running ? "run" : "stopped",
    epoch: node.epoch,
    since: node.since,
    seen: node.epoch,
    trip: node.trip,
    also: node.also,
    excluded: [],
  };
  const isMain = snapshot.rack !== null;
  const lapsed = isMain && rack.state === "run" && !running;
  const checks = isMain && rack.state === "stopped" ? resetChecks(snapshot, rack, blockers, mono) : [];
  const trip: Trip = lapsed ? { ...rack.trip, cause: "lost-lease", by: null, via: "self", reason: "keeper", nodeId: snapshot.nodeId } : rack.trip;
  return {
    state: lapsed ? "stopped" : rack.state,
    epoch: rack.epoch,
    cause: trip.cause,
    by: trip.by,
    via: trip.via,
    reason: trip.reason,
    from: trip.nodeId,
    trippedAt: trip.at,
    at: since.at,
    forMs: Math.max(0, mono - since.mono),
    also: rack.also,
    onDisk,
    diskWhy,
    checks,
    mayReset: isMain && rack.state === "stopped" && checks.every((check) => check.ok),
    mayStart: isMain && !lapsed && (rack.state === "ready" || snapshot.heard.some((one) => waits(rack, one))),
    nodes: snapshot.heard.map((one) => nodeView(rack, one, mono)),
    button,
    authority: {
      kind: isMain ? (button.state === "none" ? "main" : "button") : leaseAt === null ? "none" : "main",
      leaseAgeMs: leaseAt === null ? "unknown" : Math.max(0, mono - leaseAt),
    },
  };
}
