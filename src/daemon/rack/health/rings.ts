import type { History, Metric, Sample } from "../../../contract/rack.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database, Migration, SqlRow, Statement } from "../../kernel/sqlite/database.ts";
import {
  aggregate,
  allRings,
  coarseRings,
  layOut,
  pointOf,
  rangeOf,
  ringMetrics,
  secondRing,
  slotOf,
  slotStart,
  type Point,
  type Ring,
} from "../domain/history.ts";

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

interface NodeState {
  /** Points of the current slot of each coarse ring, until it is full. */
  open: Map<Ring["name"], { at: number; points: Point[] }>;
  lastAt: number;
  firstEver: number | null;
}

/** History of every node in bounded rings: 1 s for an hour, 10 s for a day, 5 min for 90 days. Reads see what is not on disk yet. */
export function createRings({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  const nodes = new Map<string, NodeState>();
  let waiting: { node: string; ring: Ring; point: Point }[] = [];
  let flushing: Promise<void> = Promise.resolve();

  const stateOf = (node: string): NodeState => {
    let state = nodes.get(node);
    if (!state) {
      state = { open: new Map(), lastAt: 0, firstEver: null };
      nodes.set(node, state);
    }
    return state;
  };
  const coarse = (node: string, state: NodeState, ring: Ring, point: Point) => {
    const start = slotStart(ring, point.at);
    const open = state.open.get(ring.name);
    if (open && open.at === start) {
      open.points.push(point);
      return;
    }
    if (open) waiting.push({ node, ring, point: aggregate(open.at, open.points) });
    state.open.set(ring.name, { at: start, points: [point] });
  };
  const insert = ({ node, ring, point }: (typeof waiting)[number]): Statement => ({
    sql: `INSERT OR REPLACE INTO ring_${ring.name} (node, slot, at, ${columns.join(", ")}) VALUES (?, ?, ?, ${columns.map(() => "?").join(", ")})`,
    params: [node, slotOf(ring, point.at), point.at, ...ringMetrics.map((metric) => point.values[metric])],
  });
  const writeSome = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, PER_WRITE);
      const firsts = [...nodes].flatMap(([node, state]): Statement[] =>
        state.firstEver === null ? [] : [{ sql: "INSERT OR IGNORE INTO first_record (node, at) VALUES (?, ?)", params: [node, state.firstEver] }],
      );
      await db.write([...batch.map(insert), ...firsts]);
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
        waiting.push({ node, ring: secondRing, point });
        for (const ring of coarseRings) coarse(node, state, ring, point);
      }
    },
    /** Instant of the newest sample of a node in this run; 0 when it has none. */
    lastAt: (node: string) => nodes.get(node)?.lastAt ?? 0,
    async history(node: string, minutes: number, metrics: readonly Metric[] = ringMetrics): Promise<History> {
      const range = rangeOf(minutes, clock.now());
      // Taken before the disk is asked: what is flushed while the answer is on its way is then in one of the two, never in none.
      const state = nodes.get(node);
      const open = state?.open.get(range.ring.name);
      const partial = open ? [aggregate(open.at, open.points)] : [];
      const fresh = waiting.filter((one) => one.node === node && one.ring.name === range.ring.name).map((one) => one.point);
      const firstEver = state?.firstEver ?? null;
      const rows = await db.read(`SELECT * FROM ring_${range.ring.name} WHERE node = ? AND at >= ? AND at < ? ORDER BY at`, [node, range.from, range.to]);
      const [first] = await db.read("SELECT at FROM first_record WHERE node = ?", [node]);
      const laid = layOut(range, [...rows.map(pointOfRow), ...fresh, ...partial], metrics, first ? Number(first["at"]) : firstEver);
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
    async stop() {
      for (const [node, state] of nodes)
        for (const ring of coarseRings) {
          const open = state.open.get(ring.name);
          if (open) waiting.push({ node, ring, point: aggregate(open.at, open.points) });
          state.open.delete(ring.name);
        }
      await flush();
    },
  };
}
export type Rings = ReturnType<typeof createRings>;
