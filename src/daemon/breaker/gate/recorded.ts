import type { AuditEntryRow } from "../audit/reader.ts";
import type { Recorded } from "./domain/types.ts";
import { recordedOf } from "./replay.ts";

/** What a replay reads of the log. */
export interface LogReader {
  entries(after: number, limit?: number, range?: { from?: number; to?: number }): Promise<AuditEntryRow[]>;
}

const PAGE = 200;

/**
 * The gate's events in the log, in order, from the last start of the gate before `from` (wall clock of the log): the state at `from` follows from
 * there. `lookBackMs`: how far back such a start is looked for.
 */
export async function* recordedRows(log: LogReader, from: number, lookBackMs = 14 * 86_400_000, signal?: AbortSignal): AsyncGenerator<Recorded> {
  const start = await rootBefore(log, from, lookBackMs, signal);
  for (let after = start - 1; ;) {
    signal?.throwIfAborted();
    const page = await log.entries(after, PAGE);
    for (const row of page) {
      const recorded = row.payload.state === "present" ? recordedOf(row.payload.value) : null;
      if (recorded !== null) yield recorded;
    }
    const last = page.at(-1)?.seq;
    if (last === undefined) return;
    after = last;
  }
}

/** Row of the newest boot or state before `from`; of the oldest row in the window where there is none. */
async function rootBefore(log: LogReader, from: number, lookBackMs: number, signal: AbortSignal | undefined): Promise<number> {
  let root: number | null = null;
  let first: number | null = null;
  for (let after = 0; ;) {
    signal?.throwIfAborted();
    const page = await log.entries(after, PAGE, { from: Math.max(0, from - lookBackMs), to: from });
    for (const row of page) {
      first ??= row.seq;
      const recorded = row.payload.state === "present" && row.kind === "log" ? recordedOf(row.payload.value) : null;
      if (recorded?.event.type === "boot" || recorded?.event.type === "state") root = row.seq;
    }
    const last = page.at(-1)?.seq;
    if (last === undefined) return root ?? first ?? 1;
    after = last;
  }
}
