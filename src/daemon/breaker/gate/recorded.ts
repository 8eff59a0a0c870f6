import type { AuditEntryRow, AuditRow, Page, RowFilter } from "../audit/reader.ts";
import type { Recorded } from "./domain/types.ts";
import { recordedOf } from "./replay.ts";

/** What a replay reads of the log. */
export interface LogReader {
  entries(after: number, limit?: number): Promise<AuditEntryRow[]>;
  query(filter: RowFilter, before?: number, limit?: number): Promise<Page<AuditRow>>;
}

const PAGE = 200;

/**
 * The gate's events in the log, in order, from the last start or state of the gate before `from` (by the log's clock): what held at `from` follows
 * from there.
 */
export async function* recordedRows(log: LogReader, from: number, signal?: AbortSignal): AsyncGenerator<Recorded> {
  const start = await rootBefore(log, from, signal);
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

/** Row of the newest start or state of the gate before `from`; 1 where the log has none. */
async function rootBefore(log: LogReader, from: number, signal: AbortSignal | undefined): Promise<number> {
  for (let before: number | undefined; ;) {
    signal?.throwIfAborted();
    const page = await log.query({ kind: "log", to: from }, before, PAGE);
    const root = page.items.find(({ title }) => title.code === "gate-boot" || title.code === "gate-state");
    if (root !== undefined) return root.seq;
    if (page.next === null) return 1;
    before = page.next;
  }
}
