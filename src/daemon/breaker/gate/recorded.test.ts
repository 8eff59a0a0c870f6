import { describe, expect, it } from "vitest";
import type { AuditEntryRow } from "../audit/reader.ts";
import { policyOf, actOf } from "./domain/fake-events.ts";
import { freeze, newState } from "./domain/state.ts";
import { step } from "./domain/step.ts";
import type { GateEvent, Recorded } from "./domain/types.ts";
import { recordedRows, type LogReader } from "./recorded.ts";
import { replay } from "./replay.ts";

const HOUR = 3_600_000;

const titleOf = (value: unknown) => (typeof value === "object" && value !== null && "event" in value ? `gate-${(value.event as GateEvent).type}` : "x");

/** A log whose rows stand an hour apart. */
function logOf(payloads: readonly unknown[]): LogReader {
  const rows = payloads.map((value, at): AuditEntryRow => ({
    seq: at + 1,
    at: at * HOUR,
    actor: "main",
    via: "http",
    class: null,
    kind: typeof value === "object" && value !== null && "event" in value && ["boot", "state"].includes((value.event as GateEvent).type) ? "log" : "intent",
    decision: null,
    reason: null,
    act: null,
    title: { code: titleOf(value), params: {} },
    epoch: 1,
    payloadHash: null,
    prev: "",
    hash: "",
    payload: value === null ? { state: "erased" } : { state: "present", value: value as never },
  }));
  return {
    entries: (after, limit = 500) => Promise.resolve(rows.filter((row) => row.seq > after).slice(0, Math.min(limit, 3))),
    query: ({ kind, to = Infinity }, before = Infinity) => {
      const items = rows.toReversed().filter((row) => row.seq < before && row.kind === kind && row.at < to);
      return Promise.resolve({ items: items.slice(0, 1), next: items.length > 1 ? (items[0]?.seq ?? null) : null });
    },
  };
}

/** A day of the gate, as rows: started, then an act each hour. */
function day(): Recorded[] {
  const state = newState();
  const rows: Recorded[] = [];
  const feed = (event: GateEvent) => rows.push({ event, verdict: step(state, event).verdict });
  feed({ type: "boot", mono: 0, at: 0, carry: { spent: [], tokens: [] } });
  feed({ type: "policy", mono: 0, at: 0, policy: policyOf(3) });
  feed({ type: "latch", mono: 0, at: 0, state: "run", epoch: 1, own: false });
  for (let n = 3; n < 12; n++) feed(actOf("fs.write", { path: `${n}.md`, text: "x" }, { mono: n * HOUR, at: n * HOUR }));
  rows.splice(8, 0, { event: { type: "state", mono: 7 * HOUR, at: 7 * HOUR, state: freeze(stateAfter(rows.slice(0, 8))) }, verdict: null });
  return rows;
}

function stateAfter(rows: readonly Recorded[]) {
  const state = newState();
  for (const { event } of rows) step(state, event);
  return state;
}

async function all(rows: AsyncIterable<Recorded>): Promise<Recorded[]> {
  const found: Recorded[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

describe("reading the log for a replay", () => {
  it("begins at the last start or state before the span, and counts the acts of the span only", async () => {
    const log = logOf(day());
    expect((await all(recordedRows(log, 4 * HOUR)))[0]?.event.type).toBe("boot");
    expect((await all(recordedRows(log, 10 * HOUR)))[0]?.event.type).toBe("state");
    expect(await replay(recordedRows(log, 10 * HOUR), {}, 1, 10 * HOUR)).toMatchObject({ acts: 2, differences: 0, level: 3, from: 10 * HOUR });
    expect(await replay(recordedRows(log, 4 * HOUR), { level: 2 }, 1, 4 * HOUR)).toMatchObject({ acts: 8, held: 8, level: 2 });
  });

  it("leaves out rows of others and erased ones", async () => {
    const rows = [{ other: 1 }, null, "text", ...day(), { event: { type: "act" } }];
    expect(await all(recordedRows(logOf(rows), 0))).toHaveLength(day().length);
  });

  it("can be cut short", async () => {
    const end = new AbortController();
    end.abort();
    await expect(all(recordedRows(logOf(day()), 0, end.signal))).rejects.toThrow();
  });
});
