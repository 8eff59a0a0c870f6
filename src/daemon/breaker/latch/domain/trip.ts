import type { Via } from "../../../../contract/roles.ts";

/** Why a node or the rack is stopped. */
export const causes = ["boot", "person", "kiosk", "button", "button-silent", "panic", "lost-lease", "low-battery", "unreadable", "tamper"] as const;
export type Cause = (typeof causes)[number];

/** How the stop came in: as a call came, by the physical button, or from the daemon itself. */
export type TripVia = Via | "button" | "self";

export interface Trip {
  cause: Cause;
  by: { id: string; name: string } | null;
  via: TripVia;
  /** What the person wrote, or a code that tells the cause more precisely: `truncated`, `pressed`. At most `reasonLength` characters. */
  reason: string | null;
  /** Where it happened. */
  nodeId: string;
  /** Wall-clock milliseconds at that node. */
  at: number;
}

export const reasonLength = 200;
const nameLength = 60;
/** Later trips that are kept beside the first one. */
const alsoKept = 20;

/** A trip that fits a datagram and the screen, whatever came in. */
export function bounded(trip: Trip): Trip {
  // Control characters and halves of pairs would grow sixfold in JSON.
  const cut = (text: string, length: number) => text.slice(0, length).replaceAll(/\p{Cc}|\p{Cs}/gu, " ");
  return {
    ...trip,
    by: trip.by && { id: cut(trip.by.id, nameLength), name: cut(trip.by.name, nameLength) },
    reason: trip.reason === null ? null : cut(trip.reason, reasonLength),
  };
}

/** What tripped after the first cause, newest last. Pressing Stop again does not make the list longer. */
export function alsoTripped(first: Trip, also: readonly Trip[], trip: Trip): readonly Trip[] {
  const same = (one: Trip) => one.cause === trip.cause && one.nodeId === trip.nodeId && one.reason === trip.reason && one.by?.id === trip.by?.id;
  return same(also.at(-1) ?? first) ? also : [...also, bounded(trip)].slice(-alsoKept);
}

/** A trip that nobody asked for: the daemon's own, or the button's. */
export function itselfTrip(cause: Cause, reason: string | null, nodeId: string, at: number): Trip {
  return { cause, by: null, via: cause === "button" ? "button" : "self", reason, nodeId, at };
}

/** The trip of a daemon that has just started. */
export const bootTrip = (nodeId: string, at: number): Trip => itselfTrip("boot", null, nodeId, at);
