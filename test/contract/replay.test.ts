import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { levels, type Level, type ReplayResult } from "../../src/contract/breaker.ts";
import { readDay } from "../../demo/rehearsal/day.ts";
import { startBreakerHouse, type BreakerHouse } from "./support/breaker.ts";
import { judgeDay, type Judged } from "./support/breaker-judging.ts";
import { aos } from "./support/cli.ts";
import { until } from "./support/house.ts";

/**
 * A replay against real runs: the same day, judged by a fresh aosd at each level, against what the record made at level 3 comes to at that level.
 * Here the days are judged only, no tool runs: what is let through is reported done at once. Days with real tools are in rehearsal.test.ts.
 */
const recordedAt: Level = 3;
const houses: BreakerHouse[] = [];
const dayOf = {
  "shop-day": readDay("shop-day"),
  "forty-replies": readDay("forty-replies", { from: "11:00:00" }),
  "fifty-posts": readDay("fifty-posts", { from: "11:00:00" }),
  "injected-dm": readDay("injected-dm", { from: "11:00:00" }),
};
type Name = keyof typeof dayOf;

interface Run {
  house: BreakerHouse;
  judged: Judged[];
}
async function runAt(level: Level, name: Name): Promise<Run> {
  const house = await startBreakerHouse(`replay-${level}`);
  houses.push(house);
  await house.setLevel(level);
  await house.run();
  return { house, judged: await judgeDay(house, dayOf[name]) };
}
const records = new Map<Name, Promise<Run>>();
/** The day as it was judged at level 3, once for all tests of this file. */
const recordOf = (name: Name): Promise<Run> => {
  const run = records.get(name) ?? runAt(recordedAt, name);
  records.set(name, run);
  return run;
};
const replayOf = ({ house }: Run, level: Level): Promise<ReplayResult> =>
  house.owner().ask((client) => client.breaker.autonomy.replay({ level, days: 7 }), 60_000);
afterAll(async () => {
  for (const house of houses) await house.end();
});

const keyOf = ({ event, again, tool }: Judged) => `${event}${again ? " again" : ""} ${tool}`;
const verdictOf = ({ decision, reason, class: of }: Pick<Judged, "decision" | "reason" | "class">) => `${decision} ${reason} ${of}`;
/** What the replay says of each act of the record, in order: its own line where it differs, else as recorded. */
function replayed(record: readonly Judged[], { lines }: ReplayResult): Map<string, string> {
  const left = [...lines];
  return new Map(
    record.map((one) => {
      const at = left.findIndex((line) => line.act === one.act && line.recorded === one.decision && line.recordedReason === one.reason);
      const [line] = at === -1 ? [] : left.splice(at, 1);
      return [keyOf(one), line === undefined ? verdictOf(one) : verdictOf({ decision: line.replayed, reason: line.replayedReason, class: line.class })];
    }),
  );
}

/**
 * What a replay can't know, because it never happened in the record. Levels 1 and 2 ask for moving a file, level 3 does not: the owner's yes to that
 * was never given, so the act stays asked where a real run goes on to carry it out.
 */
const neverAnswered: Partial<Record<Name, Partial<Record<Level, string[]>>>> = {
  "shop-day": { 1: ["169 again fs.move"], 2: ["169 again fs.move"] },
};

describe.each(["shop-day", "forty-replies"] as const)("%s, recorded at level 3", (name) => {
  test.each(levels)(
    "comes to the verdicts of a real run at level %i",
    async (level) => {
      const record = await recordOf(name);
      const real = level === recordedAt ? record : await runAt(level, name);
      const replay = await replayOf(record, level);
      const expected = new Map(real.judged.map((one) => [keyOf(one), verdictOf(one)]));
      const found = replayed(record.judged, replay);
      const missing = neverAnswered[name]?.[level] ?? [];
      expect([...expected.keys()].filter((key) => !found.has(key))).toEqual(missing);
      // An act that came again with the owner's yes: where the level lets it through at once, it has happened already.
      const skipped = [...found.keys()].filter((key) => !expected.has(key));
      expect(skipped.every((key) => key.includes("again"))).toBe(true);
      expect(replay.acts).toBe(real.judged.length - missing.length);
      expect(record.judged.length - skipped.length).toBe(replay.acts);
      for (const key of skipped) found.delete(key);
      for (const key of missing) expected.delete(key);
      expect([...found]).toEqual([...expected]);
      const stops = real.judged.find(({ reason }) => reason === "panic") !== undefined;
      if (level !== recordedAt && !record.judged.some(({ reason }) => reason === "panic")) expect(replay.stopsAt !== null).toBe(stops);
    },
    200_000,
  );
});

describe("at the level that holds", () => {
  test.each(["shop-day", "forty-replies", "fifty-posts", "injected-dm"] as const)(
    "a replay of %s reproduces every verdict",
    async (name) => {
      const record = await recordOf(name);
      expect(await replayOf(record, recordedAt)).toMatchObject({ level: recordedAt, acts: record.judged.length, differences: 0, lines: [], stopsAt: null });
    },
    200_000,
  );
});

test("a replay and a preview write nothing: no row, no byte of any database", async () => {
  const { house } = await recordOf("shop-day");
  const owner = house.owner();
  const rows = async () => (await owner.ask((client) => client.breaker.activity.list({ filter: {}, limit: 1 }))).log.rows;
  // The last rows get their checkpoint within ten seconds of the log's own clock; after that nobody writes there.
  await until("a checkpoint over all rows", 30_000, async () => {
    const checkpoint = await owner.ask((client) => client.breaker.activity.checkpoint());
    return checkpoint !== null && checkpoint.size === (await rows());
  });
  const files = ["audit/audit.db", "audit.db", "egress.db", "aos.db"]
    .flatMap((name) => [name, `${name}-wal`])
    .map((name) => join(house.stateDir, name))
    .filter((path) => existsSync(path));
  expect(files.some((path) => path.endsWith("audit.db"))).toBe(true);
  const prints = () => files.map((path) => `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`);
  const before = { rows: await rows(), prints: prints(), view: await owner.ask((client) => client.breaker.state()) };
  for (const level of levels) {
    await owner.ask((client) => client.breaker.autonomy.replay({ level, days: 7 }), 60_000);
    await owner.ask((client) => client.breaker.autonomy.preview({ level, days: 7 }), 60_000);
  }
  expect(await rows()).toBe(before.rows);
  expect(prints()).toEqual(before.prints);
  const after = await owner.ask((client) => client.breaker.state());
  expect({ ...after, at: 0, forMs: 0, nodes: [], panic: {} }).toEqual({ ...before.view, at: 0, forMs: 0, nodes: [], panic: {} });
}, 200_000);

test("the CLI in a process of its own says what the screens say", async () => {
  const record = await recordOf("shop-day");
  for (const level of [1, 3, 5] as const) {
    const { code, out, err } = await aos("autonomy", "replay", "--level", String(level), "--days", "7", "--json", "--state-dir", record.house.stateDir);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(await replayOf(record, level));
  }
}, 200_000);

test("each line opens the act in the log that it speaks of", async () => {
  const record = await recordOf("shop-day");
  const { lines } = await replayOf(record, 5);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines.slice(0, 5)) {
    const { entries } = await record.house.owner().ask((client) => client.breaker.activity.list({ filter: { act: line.act }, limit: 10 }));
    expect(entries.map(({ act }) => act)).toContain(line.act);
  }
}, 200_000);
