import type { Lease, OwnTrip } from "./messages.ts";
import { alsoTripped, bounded, type Trip } from "./trip.ts";

/** A lease ends this long after main last heard of the node, by the node's own clock. */
export const leaseMs = 500;
/** What main last heard of a node may be this old for a lease to open it: an older one would end before the next can come. */
export const freshMs = 200;

/** The latch of one node: the gate's state there. Times are monotonic milliseconds of this node. */
export interface NodeLatch {
  readonly nodeId: string;
  readonly open: boolean;
  /** Epoch at which it opened: results of earlier ones are discarded. */
  readonly since: number;
  /** Highest epoch heard. */
  readonly epoch: number;
  /** It opens only for a run lease of a greater epoch. */
  readonly held: number;
  /** Nothing heard since the daemon started: the first epoch only raises `held`, so that no boot leads into RUN. */
  readonly booted: boolean;
  readonly deadline: number;
  readonly trip: Trip;
  readonly also: readonly Trip[];
  /** Own trips so far. */
  readonly trips: number;
  readonly own: OwnTrip | null;
}

export interface Remembered {
  epoch: number;
  held: number;
  trip: Trip;
  also: readonly Trip[];
  trips: number;
  own: OwnTrip | null;
}

/** A node after the daemon's start: closed. */
export function bootNode(nodeId: string, remembered: Remembered): NodeLatch {
  return { ...remembered, nodeId, open: false, since: 0, held: Math.max(remembered.held, remembered.epoch), booted: true, deadline: 0 };
}

function close(node: NodeLatch, trip: Trip): NodeLatch {
  return { ...node, open: false, held: Math.max(node.held, node.epoch), deadline: 0, trip: bounded(trip), also: [] };
}

/** Closes by the node's own decision; main is told until it has stopped the rack. */
export function tripNode(node: NodeLatch, trip: Trip): NodeLatch {
  const closed = node.open ? close(node, trip) : { ...node, also: alsoTripped(node.trip, node.also, trip) };
  const n = node.trips + 1;
  return { ...closed, trips: n, own: node.own ?? { n, epoch: node.epoch, trip: bounded(trip) } };
}

/** Closes a node whose lease has ended. */
export function tickNode(node: NodeLatch, now: { mono: number; at: number }): NodeLatch {
  if (!node.open || now.mono < node.deadline) return node;
  return tripNode(node, { cause: "lost-lease", by: null, via: "self", reason: null, nodeId: node.nodeId, at: now.at });
}

/**
 * What a lease does to a node. Closing is always believed. Opening takes a run lease with a fresh echo, an epoch above
 * `held`, and no own trip that main has yet to carry out; and never the first lease after a boot.
 */
export function hearLease(before: NodeLatch, lease: Lease, now: { mono: number; at: number }): NodeLatch {
  let node = tickNode(before, now);
  if (node.own !== null && lease.heard >= node.own.n) node = { ...node, own: null };
  if (node.booted) node = { ...node, booted: false, held: Math.max(node.held, lease.epoch) };
  if (lease.state !== "run" || lease.excluded) {
    const stop: Trip = { cause: lease.cause, by: null, via: "peer", reason: null, nodeId: node.nodeId, at: now.at };
    const closed = node.open ? close(node, stop) : node;
    return { ...closed, epoch: Math.max(closed.epoch, lease.epoch), held: Math.max(closed.held, lease.epoch) };
  }
  if (lease.epoch < node.epoch) return node;
  const deadline = lease.echo === null ? 0 : Math.min(lease.echo, now.mono) + leaseMs;
  if (node.open) return { ...node, epoch: lease.epoch, deadline: Math.max(node.deadline, deadline) };
  const opens = lease.epoch > node.held && deadline - now.mono >= leaseMs - freshMs && node.own === null;
  if (!opens) return { ...node, epoch: lease.epoch };
  return { ...node, open: true, since: lease.epoch, epoch: lease.epoch, deadline };
}

/** True for an act or a result of `epoch` that may still take effect at `mono`. */
export function admits(node: Pick<NodeLatch, "open" | "since" | "epoch" | "deadline">, epoch: number, mono: number): boolean {
  return node.open && mono < node.deadline && epoch >= node.since && epoch <= node.epoch;
}
