import type { Cause, Trip } from "./trip.ts";

/** What main says to a node, every 100 ms. */
export interface Lease {
  /** Fencing epoch. */
  epoch: number;
  state: "run" | "stopped" | "ready";
  /** The node's own monotonic clock as main last heard it: the lease ends 500 ms after that, so a lease that waited in a queue is worth nothing. Null: nothing heard yet. */
  echo: number | null;
  /** Number of the node's last own trip that main has carried out. */
  heard: number;
  /** Taken out by a person: closed until a start after it came back. */
  excluded: boolean;
  cause: Cause;
}

/** A trip that began at a node; it is repeated until main has carried it out. */
export interface OwnTrip {
  n: number;
  /** Highest epoch that it knew of. */
  epoch: number;
  trip: Trip;
}

export interface Processes {
  alive: number;
  killed: number;
  /** Milliseconds from the close to the last process's end; unknown while some live. */
  tookMs: number | "unknown";
}

/** What a node answers to each lease, and says at once when it closes. */
export interface Ack {
  open: boolean;
  /** It opens only for an epoch greater than this one. */
  held: number;
  /** Highest epoch it has heard. */
  epoch: number;
  /** Its monotonic clock, milliseconds. */
  mono: number;
  own: OwnTrip | null;
  cause: Cause;
  onDisk: boolean;
  processes: Processes | "unknown";
}
