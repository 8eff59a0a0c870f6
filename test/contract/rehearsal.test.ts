import { afterEach, describe, expect, test } from "vitest";
import type { ActivityEntry, EgressView } from "../../src/contract/breaker.ts";
import { days, readDay, type Day, type DayAct } from "../../demo/rehearsal/day.ts";
import { playDay, type Played, type Rehearsal } from "../../demo/rehearsal/player.ts";
import { actsOf, startBreakerHouse, type BreakerHouse } from "./support/breaker.ts";

/**
 * Recorded days through the real gate of a real aosd: each tool is a child process in custody, each request goes through the real proxy to
 * simulated far servers. The incidents are rehearsed from noon on, so that the suite stays short; the ordinary day is played whole.
 */
const incidents = [
  { name: "fifty-posts", because: ["rate"], at: "publish" },
  { name: "eighty-eight-documents", because: ["rate"], at: "write" },
  { name: "forty-replies", because: ["same-text"], at: "send" },
  // Both count the same calls; how long the tools take decides which is there first.
  { name: "five-against-429", because: ["burst", "rate"], at: "fetch" },
  { name: "injected-dm", because: ["security-blocks"], at: "run" },
] as const;
const NOON = "12:00:00";
const LONG = 300_000;

let house: BreakerHouse | undefined;
afterEach(async () => {
  await house?.end();
  house = undefined;
});
const started = async (label: string): Promise<BreakerHouse> => {
  house = await startBreakerHouse(label);
  await house.setLevel(3);
  await house.run();
  return house;
};

interface Seen {
  act: DayAct;
  answer: Played;
}
async function play(at: BreakerHouse, day: Day): Promise<Rehearsal & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const result = await playDay({
    day,
    date: "2026-11-23",
    owner: at.owner(),
    loopback: at.node().loopback,
    workspace: at.workspace,
    world: at.world,
    signal: new AbortController().signal,
    say: () => {},
    onAct: (act, answer) => seen.push({ act, answer }),
  });
  return { ...result, seen };
}

/** What the far side received, each with its one row in the ledger, and each row with its act in the log that was let through. */
async function accounted({ owner, world }: BreakerHouse): Promise<{ rows: EgressView["rows"]; entries: ReadonlyMap<string, ActivityEntry> }> {
  const { rows } = await owner().ask((client) => client.breaker.egress.view({ limit: 500 }));
  const entries = await actsOf(owner());
  const sent = rows.filter((row) => row.bytesOut !== 0);
  expect(world.received.map(({ host, sha256 }) => `${host.split(":")[0]} ${sha256}`).toSorted()).toEqual(
    sent.map(({ host, hash }) => `${host} ${hash}`).toSorted(),
  );
  for (const row of rows) {
    const entry = row.act === null ? undefined : entries.get(row.act);
    expect(["allow", "notify"], `the act behind ${row.host}`).toContain(entry?.decision);
    expect(entry?.outcome).not.toBe("waiting");
  }
  return { rows, entries };
}
/** The record of a day with real tools, connections and all, replayed at its own level; and at level 1, where no tool would have started unapproved. */
async function replays({ owner }: BreakerHouse, seen: readonly Seen[]): Promise<void> {
  const same = await owner().ask((client) => client.breaker.autonomy.replay({ level: 3, days: 7 }), 60_000);
  expect(same).toMatchObject({ differences: 0, lines: [], stopsAt: null });
  expect(same.acts).toBeGreaterThan(seen.length);
  const first = await owner().ask((client) => client.breaker.autonomy.replay({ level: 1, days: 7 }), 60_000);
  // What the owner approved goes out at every level, and its tool connects: one more act each.
  const approved = seen.filter(({ answer }) => answer.reason === "approved").length;
  expect(first.acts).toBeLessThanOrEqual(seen.length + approved);
  expect(first.unasked).toBe(0);
}
const wentOut = ({ seen }: { seen: readonly Seen[] }) => seen.filter(({ answer }) => answer.decision === "allow" || answer.decision === "notify");

describe("an incident", () => {
  test.each(incidents)(
    "of $name ends stopped by panic, and what came before it in running",
    async ({ name, because, at: code }) => {
      const at = await started(name);
      const plain = await play(at, readDay(name, { plain: true, from: NOON }));
      expect(plain).toMatchObject({ state: "run", cause: null });
      expect(plain.decisions).not.toHaveProperty("deny");
      const { epoch } = await at.owner().ask((client) => client.breaker.state());

      const incident = await play(at, readDay(name, { from: "13:30:00" }));
      expect(incident, JSON.stringify(incident.seen.map(({ answer }) => `${answer.decision} ${answer.reason}`))).toMatchObject({
        state: "stopped",
        cause: "panic",
      });
      expect(
        because.some((code) => incident.reason?.includes(code)),
        `${incident.reason}`,
      ).toBe(true);
      // Nothing goes out any more once one act was refused for it; where a tool's connection was the last straw, its act is the one that is cut.
      const first = incident.seen.findIndex(({ answer }) => answer.reason === "panic" || answer.reason === "latched");
      expect(first).toBeGreaterThan(0);
      expect(incident.seen.slice(first + 1).every(({ answer }) => answer.reason === "latched" && answer.outcome === null)).toBe(true);
      const after = await at.owner().ask((client) => client.breaker.state());
      expect(after.epoch).toBeGreaterThan(epoch);
      expect(after.nodes.every((node) => node.processes !== "unknown" && node.processes.alive === 0)).toBe(true);
      const { entries } = await accounted(at);
      const panics = [...entries.values()].filter(({ reason }) => reason === "panic");
      expect(panics).toMatchObject([{ decision: "deny", title: { code } }]);
      await replays(at, [...plain.seen, ...incident.seen]);
      for (const { answer } of wentOut(incident)) expect(entries.get(answer.act)?.outcome).toMatch(/^(done|failed|stopped|discarded)$/);
    },
    LONG,
  );

  test("is its day's ordinary hours and then what its file adds, and a file holds no verdict", () => {
    const shop = readDay("shop-day").events;
    for (const { name } of incidents) {
      const plain = readDay(name, { plain: true }).events;
      expect(plain.length).toBeGreaterThan(80);
      expect(plain).toEqual(shop.slice(0, plain.length));
      expect(readDay(name).events.length).toBeGreaterThan(plain.length);
    }
    expect(days().toSorted()).toEqual([...incidents.map(({ name }) => name as string), "shop-day"].toSorted());
    expect(JSON.stringify(days().map((name) => readDay(name)))).not.toMatch(/"(verdict|decision|band|reason|stop|expect\w*)":/);
  });
});

test(
  "the shop's day ends in running: fifty files read, 108 polls, and the digest to thirty sent once, when it was approved",
  async () => {
    const at = await started("shop-day");
    const { epoch } = await at.owner().ask((client) => client.breaker.state());
    const day = await play(at, readDay("shop-day"));
    expect(day).toMatchObject({ state: "run", cause: null });
    expect((await at.owner().ask((client) => client.breaker.state())).epoch).toBe(epoch);
    expect(day.decisions).not.toHaveProperty("deny");

    const of = (tool: string, part: string) => day.seen.filter(({ act }) => act.tool === tool && JSON.stringify(act.args).includes(part));
    const good = { decision: "allow", outcome: "done", problem: null };
    expect(of("fs.read", "고객/카드-")).toHaveLength(50);
    for (const { answer } of of("fs.read", "고객/카드-")) expect(answer).toMatchObject(good);
    expect(of("http.get", "orders.shop.example/new")).toHaveLength(108);
    for (const { answer } of of("http.get", "orders.shop.example/new")) expect(answer).toMatchObject(good);
    expect(at.world.received.filter(({ host, path }) => host.startsWith("orders.") && path === "/new")).toHaveLength(108);

    const digest = of("mail.send", "오늘의 안내").map(({ answer }) => answer);
    expect(digest).toMatchObject([
      { decision: "ask", outcome: null },
      { decision: "allow", reason: "approved", outcome: "done" },
    ]);
    const mails = at.world.received.filter(({ host }) => host.startsWith("mail."));
    expect(mails).toHaveLength(1);
    expect((JSON.parse(mails[0]?.body ?? "") as { to: string[] }).to).toHaveLength(30);

    // The owner denied the payment and the deletion, and did not answer the post: none of them happened.
    for (const tool of ["pay", "fs.delete", "post.publish"]) expect(wentOut({ seen: day.seen.filter(({ act }) => act.tool === tool) })).toEqual([]);
    expect(at.world.received.filter(({ host }) => host.startsWith("bank."))).toEqual([]);
    const { rows } = await accounted(at);
    expect(rows.every(({ outcome }) => outcome === "done")).toBe(true);
    const sends = wentOut(day).filter(({ act }) => ["http.get", "http.post", "dm.reply", "dm.send", "mail.send", "post.publish", "pay"].includes(act.tool));
    expect(at.world.received).toHaveLength(sends.length);
    await replays(at, day.seen);
    expect(await at.owner().ask((client) => client.breaker.activity.verify())).toMatchObject({ ok: true, bad: null });
  },
  LONG,
);
