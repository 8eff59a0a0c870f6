import type { NodeState } from "../../../contract/rack.ts";

/** Heartbeats come this often (milliseconds). */
export const beatEveryMs = 500;
/** A beat may come this much after its time before it counts as missed: jitter of the network and of a busy process. */
export const beatGraceMs = 100;
export const lateAfterMissed = 2;
export const offlineAfterMissed = 5;
/** From here on no grace is given: a node is offline 2.5 s after its last beat. */
const offlineAfterMs = offlineAfterMissed * beatEveryMs;

/** What the member itself, or a person, said would happen to it. `stopped`: its daemon was stopped. `shutting-down`: it is on its way to power off. */
export type Planned = "stopped" | "shutting-down" | "off-planned";

export interface NodeSigns {
  paired: boolean;
  /** Seen by mDNS lately. A hint for finding it, never a sign of life. */
  announced: boolean;
  /** Monotonic age of the last heartbeat in milliseconds; null before the first. */
  lastBeatAgeMs: number | null;
  /** The last plan said for this node, cleared by its next start. */
  planned: Planned | null;
}

/** Heartbeats that should have come by now and did not. `ageMs` is the monotonic age of the last one; an age that is no number counts as endless. */
export function missedBeats(ageMs: number): number {
  if (Number.isNaN(ageMs) || ageMs === Infinity) return Number.MAX_SAFE_INTEGER;
  if (ageMs >= offlineAfterMs) return Math.floor(ageMs / beatEveryMs);
  return Math.max(0, Math.floor((ageMs - beatGraceMs) / beatEveryMs));
}

/** State of a node from its signs. Only a heartbeat makes a node online; a silence that was planned is never late or offline. */
export function nodeState(signs: NodeSigns): NodeState {
  if (!signs.paired) return "seen";
  const silent = signs.lastBeatAgeMs === null || missedBeats(signs.lastBeatAgeMs) >= offlineAfterMissed;
  if (signs.planned === "shutting-down") return silent ? "off-planned" : "shutting-down";
  if (signs.planned !== null) return signs.planned;
  return signs.lastBeatAgeMs === null ? "paired" : byBeats(missedBeats(signs.lastBeatAgeMs));
}

function byBeats(missed: number): NodeState {
  if (missed >= offlineAfterMissed) return "offline";
  return missed >= lateAfterMissed ? "late" : "online";
}
