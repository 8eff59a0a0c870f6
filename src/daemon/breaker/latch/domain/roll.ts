import type { Ack, Lease } from "./messages.ts";
import { freshMs } from "./node-latch.ts";
import type { RackLatch } from "./rack-latch.ts";
import type { Heard } from "./rack-view.ts";

interface Member {
  heard: Heard;
  /** Number of its last own trip that was carried out. */
  heardTrip: number;
  /** Its clock, as the last lease to it said. */
  echoed: number | null;
}

/** What main knows of its members: their last answers, and what the next lease to each says. */
export function createRoll() {
  const members = new Map<string, Member>();
  return {
    /** Members from now on; answers of those that stay are kept. Returns who went. */
    set(ids: readonly string[], mono: number): string[] {
      const gone = [...members.keys()].filter((id) => !ids.includes(id));
      for (const id of gone) members.delete(id);
      for (const id of ids)
        if (!members.has(id)) members.set(id, { heard: { nodeId: id, ack: null, ackAt: mono, closeTookMs: "unknown" }, heardTrip: 0, echoed: null });
      return gone;
    },
    ids: () => [...members.keys()],
    has: (id: string) => members.has(id),
    list: (): Heard[] => [...members.values()].map((one) => one.heard),
    get: (id: string): Heard | undefined => members.get(id)?.heard,
    /** A new session: the node may have started anew, and its clock and its count of trips with it. */
    anew(id: string): void {
      const member = members.get(id);
      if (!member) return;
      member.heardTrip = 0;
      member.echoed = null;
      if (member.heard.ack) member.heard = { ...member.heard, ack: { ...member.heard.ack, mono: Number.NEGATIVE_INFINITY } };
    },
    /** The next lease to a node. */
    lease(id: string, rack: RackLatch): Lease {
      const member = members.get(id);
      const mono = member?.heard.ack?.mono ?? Number.NEGATIVE_INFINITY;
      const echo = Number.isFinite(mono) ? mono : null;
      if (member) member.echoed = echo;
      return { epoch: rack.epoch, state: rack.state, echo, heard: member?.heardTrip ?? 0, excluded: rack.excluded.includes(id), cause: rack.trip.cause };
    },
    /** Takes an answer. `trip`: an own trip that wasn't known yet. `hurry`: it waits for a fresher lease. */
    hear(id: string, ack: Ack, { mono, stopAt, rack }: { mono: number; stopAt: number | null; rack: RackLatch }) {
      const member = members.get(id);
      if (!member) return undefined;
      const stopped = rack.state !== "run" && !ack.open && ack.epoch >= rack.epoch;
      const closeTookMs = stopped && member.heard.closeTookMs === "unknown" && stopAt !== null ? mono - stopAt : member.heard.closeTookMs;
      const changed = member.heard.ack?.open !== ack.open || member.heard.ack.epoch !== ack.epoch || member.heard.ack.onDisk !== ack.onDisk || ack.own !== null;
      member.heard = { nodeId: id, ack, ackAt: mono, closeTookMs };
      const isNew = ack.own !== null && ack.own.n > member.heardTrip;
      if (ack.own !== null && isNew) member.heardTrip = ack.own.n;
      // Such a lease did not open it: it gets another as soon as it answered.
      const stale = member.echoed === null || ack.mono - member.echoed > freshMs;
      return { trip: isNew ? ack.own : null, changed, hurry: rack.state === "run" && !ack.open && ack.held < rack.epoch && stale };
    },
    /** True while a node has not yet said that it knows of this stop. */
    unheard: (rack: RackLatch): boolean =>
      rack.state !== "run" && [...members.values()].some(({ heard: { ack } }) => ack === null || ack.open || ack.epoch < rack.epoch),
    /** A new stop is measured anew. */
    forgetTimes(): void {
      for (const member of members.values()) member.heard = { ...member.heard, closeTookMs: "unknown" };
    },
  };
}
