import type { Level, LevelPreview, ReplayResult } from "../../../contract/breaker.ts";
import { decide } from "./domain/decide.ts";
import { effectiveLevel } from "./domain/level.ts";
import { changedCells, sensitivityAt } from "./domain/matrix.ts";
import { createReplay, isGateEvent, type Change } from "./domain/replay.ts";
import type { GateState } from "./domain/state.ts";
import { situationOf } from "./domain/act.ts";
import type { ActEvent, Recorded } from "./domain/types.ts";

/** A row's content as the gate wrote it, back again; null for rows of others and for erased content. */
export function recordedOf(payload: unknown): Recorded | null {
  if (typeof payload !== "object" || payload === null || !("event" in payload) || !isGateEvent(payload.event)) return null;
  return { event: payload.event, verdict: "verdict" in payload ? (payload.verdict as Recorded["verdict"]) : null };
}

/** The loop is let go after so many events: a replay of a week must not hold up a stop. */
const AT_ONCE = 200;

/** Replays what was recorded under a change. Reads and compares; nothing is written, sent or stopped. */
export async function replay(rows: AsyncIterable<Recorded>, change: Change, days: number, countFrom = 0, signal?: AbortSignal): Promise<ReplayResult> {
  const run = createReplay(change, countFrom);
  let count = 0;
  for await (const row of rows) {
    signal?.throwIfAborted();
    run.feed(row);
    if (++count % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return run.result(days);
}

/** An act that waits for a person, as it was asked. */
export interface Pending {
  id: string;
  event: ActEvent;
}

/** What changes when the level is moved: cells, filters, waiting approvals, and the last days as they would have gone. */
export function previewLevel(state: GateState, to: Level, pending: readonly Pending[], replayed: ReplayResult): LevelPreview | null {
  const { policy } = state;
  if (policy === null) return null;
  const from = policy.level;
  const judge = (event: ActEvent, level: Level) => decide({ ...event, approval: null }, situationOf(state, event, { ...policy, level }));
  return {
    from,
    to,
    allowed: to <= policy.maxLevel,
    cells: changedCells(effectiveLevel(policy), effectiveLevel({ ...policy, level: to })),
    sensitivity: { from: sensitivityAt(from), to: sensitivityAt(to) },
    pending: pending.map(({ id, event }) => {
      const after = judge(event, to);
      return { id, class: after.class, title: event.facts.title, before: judge(event, from).decision, after: after.decision, reason: after.reason };
    }),
    replay: replayed,
  };
}
