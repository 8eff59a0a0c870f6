import type { History, Metric, Sample } from "../../../contract/rack.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database, Migration, SqlRow, Statement } from "../../kernel/sqlite/database.ts";
import { allRings, coarseRings, layOut, pointOf, rangeOf, ringMetrics, secondRing, slotOf, slotStart, type Point } from "../domain/history.ts";

const column = (metric: Metric) => metric.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const columns = ringMetrics.map(column);

/** One table a ring. Its key is the slot, so a new turn of the ring writes over the old: it can't outgrow itself. */
export const healthMigrations: readonly Migration[] = [
  {
    name: "rings",
    sql: [
      ...allRings.map(
        (ring) =>
          `CREATE TABLE ring_${ring.name} (node TEXT NOT NULL, slot INTEGER NOT NULL, at INTEGER NOT NULL, ${columns.map((name) => `${name} REAL`).join(", ")}, PRIMARY KEY (node, slot)) STRICT, WITHOUT ROWID;`,
      ),
      "CREATE TABLE first_record (node TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;",
    ].join("\n"),
  },
];

const FLUSH_MS = 10_000;
/** Points kept in memory while the disk refuses them; older ones are then lost, and show as a hole. */
const MOST_WAITING = 64 * 600;
const PER_WRITE = 2000;
const BATCH_SPAN_MS = 1_800_000;
/** Slot in the ring of seconds at which a coarse slot begins; coarse steps divide its turn, so a coarse slot never wraps. */
const firstSecond = (start: number) => slotOf(secondRing, start);

interface NodeState {
  lastAt: number;
  firstEver: number | null;
}

/** The next points to write: so few, and of each node so near in time, that no second is overwritten before its coarse slots are made. */
function nextBatch<P extends { node: string; point: Point }>(waiting: readonly P[]): P[] {
  const first = new Map<string, number>();
  const end = waiting.findIndex(({ node, point }, index) => {
    if (!first.has(node)) first.set(node, point.at);
    return index >= PER_WRITE || Math.abs(point.at - (first.get(node) ?? point.at)) > BATCH_SPAN_MS;
  });
  return waiting.slice(0, end === -1 ? waiting.length : end);
}

/** History of every node in bounded rings: 1 s for an hour, 10 s for a day, 5 min for 90 days. Reads see what is not on disk yet. */
export function createRings({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  const nodes = new Map<string, NodeState>();
  let waiting: { node: string; point: Point }[] = [];
  let flushing: Promise<void> = Promise.resolve();

  const stateOf = (node: string): NodeState => {
    let state = nodes.get(node);
    if (!state) {
      state = { lastAt: 0, firstEver: null };
      nodes.set(node, state);
    }
    return state;
  };
  const insert = ({ node, point }: (typeof waiting)[number]): Statement => ({
    sql: `INSERT OR REPLACE INTO ring_${secondRing.name} (node, slot, at, ${columns.join(", ")}) VALUES (?, ?, ?, ${columns.map(() => "?").join(", ")})`,
    params: [node, slotOf(secondRing, point.at), point.at, ...ringMetrics.map((metric) => point.values[metric])],
  });
  /** Coarse slots are made anew from the seconds on disk whenever a second of theirs is written: a kill or a restart in mid-slot loses nothing of them. */
  const coarse = (batch: typeof waiting): Statement[] =>
    coarseRings.flatMap((ring) => {
      const touched = new Map(batch.map(({ node, point }) => [`${node}/${slotStart(ring, point.at)}`, { node, start: slotStart(ring, point.at) }]));
      return [...touched.values()].map(({ node, start }) => ({
        sql: `INSERT OR REPLACE INTO ring_${ring.name} (node, slot, at, ${columns.join(", ")})
          SELECT node, ?, ?, ${ringMetrics.map((metric) => `${metric === "beatGapMs" ? "max" : "avg"}(${column(metric)})`).join(", ")} FROM ring_${secondRing.name} 
          WHERE node = ? AND slot >= ? AND slot < ? AND at >= ? AND at < ?`,
        params: [slotOf(ring, start), start, node, firstSecond(start), firstSecond(start) + ring.stepMs / secondRing.stepMs, start, start + ring.stepMs],
      }));
    });
  const writeSome = async () => {
    while (waiting.length > 0) {
      const batch = nextBatch(waiting);
      const firsts = [...nodes].flatMap(([node, state]): Statement[] =>
        state.firstEver === null ? [] : [{ sql: "INSERT OR IGNORE INTO first_record (node, at) VALUES (?, ?)", params: [node, state.firstEver] }],
      );
      await db.write([...batch.map(insert), ...coarse(batch), ...firsts]);
      // By identity: while the write was under way a node may have been forgotten, and its points with it.
      const written = new Set(batch);
      waiting = waiting.filter((one) => !written.has(one));
    }
  };
  const flush = (): Promise<void> => {
    flushing = flushing.then(writeSome).catch((error: unknown) => {
      if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING);
      log.debug("health.flush-failed", { error, waiting: waiting.length });
    });
    return flushing;
  };
  const pointOfRow = (row: SqlRow): Point => ({
    at: Number(row["at"]),
    values: Object.fromEntries(ringMetrics.map((metric) => [metric, row[column(metric)] as number | null])) as Point["values"],
  });

  return {
    start: () => clock.every(FLUSH_MS, () => void flush()),
    add(node: string, samples: readonly Sample[]) {
      const state = stateOf(node);
      for (const sample of samples) {
        const point = pointOf(sample);
        state.lastAt = sample.at;
        state.firstEver ??= point.at;
        waiting.push({ node, point });
      }
    },
    /** Instant of the newest sample of a node in this run; 0 when it has none. */
    lastAt: (node: string) => nodes.get(node)?.lastAt ?? 0,
    async history(node: string, minutes: number, metrics: readonly Metric[] = ringMetrics): Promise<History> {
      const range = rangeOf(minutes, clock.now());
      await flush();
      // What the disk refused is still shown; on coarse rings a second more or less is not seen.
      const fresh = range.ring.name === secondRing.name ? waiting.filter((one) => one.node === node).map((one) => one.point) : [];
      const rows = await db.read(`SELECT * FROM ring_${range.ring.name} WHERE node = ? AND at >= ? AND at < ? ORDER BY at`, [node, range.from, range.to]);
      const [first] = await db.read("SELECT at FROM first_record WHERE node = ?", [node]);
      const laid = layOut(range, [...rows.map(pointOfRow), ...fresh], metrics, first ? Number(first["at"]) : (nodes.get(node)?.firstEver ?? null));
      return { nodeId: node, from: range.from, to: range.to, stepMs: range.ring.stepMs, missing: laid.missing, at: laid.at, points: laid.points };
    },
    async forget(node: string) {
      nodes.delete(node);
      waiting = waiting.filter((one) => one.node !== node);
      await db.write([
        ...allRings.map((ring) => ({ sql: `DELETE FROM ring_${ring.name} WHERE node = ?`, params: [node] })),
        { sql: "DELETE FROM first_record WHERE node = ?", params: [node] },
      ]);
    },
    stop: flush,
  };
}
