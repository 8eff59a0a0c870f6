import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { RackSnapshot } from "../../src/contract/rack.ts";
import type { Aosd } from "../../demo/aosd.ts";
import type { Link } from "../../src/cli/link.ts";
import { seeded } from "./support/hostile.ts";
import { createHouse, pair, refusalOf, seenBy, until } from "./support/house.ts";
import { killWhileInviting } from "./support/kills.ts";

const house = createHouse("faults");
afterAll(() => house.end());

const faketime = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"].find((path) =>
  existsSync(path),
);
const root = process.getuid?.() === 0;
const canMount = root && process.platform === "linux";

/** Every value under a key that names an age or a duration, wherever it stands. */
function durations(value: unknown, path = ""): [string, number][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.endsWith("Ms") && typeof inner === "number" ? [[`${path}.${key}`, inner] as [string, number]] : []),
    ...durations(inner, `${path}.${key}`),
  ]);
}
const negative = (snapshot: RackSnapshot) => durations(snapshot).filter(([, ms]) => ms < 0);

/** Events of the stream within `ms`, and the longest wait between two. */
async function watchFor(link: Link, ms: number): Promise<{ events: number; longestMs: number; negative: [string, number][] }> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  const seen = { events: 0, longestMs: 0, negative: [] as [string, number][] };
  let last = performance.now();
  try {
    for await (const event of await link.client.rack.watch(undefined, { signal: stop.signal })) {
      seen.events += 1;
      seen.longestMs = Math.max(seen.longestMs, performance.now() - last);
      last = performance.now();
      seen.negative.push(...durations(event).filter(([, value]) => value < 0));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  seen.longestMs = Math.max(seen.longestMs, performance.now() - last);
  return seen;
}

describe("a clock that is set back an hour", () => {
  const clockOf = (name: string) => {
    const file = join(house.dir, `${name}.clock`);
    writeFileSync(file, "+0");
    return {
      set: (offset: string) => writeFileSync(file, offset),
      env: { LD_PRELOAD: faketime ?? "", FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    };
  };
  const recorded = async (link: Link, nodeId: string) => {
    const { points } = await link.ask((client) => client.rack.node.history({ nodeId, minutes: 10, metrics: ["rssBytes"] }));
    return (points.rssBytes ?? []).filter((value) => value !== null).length;
  };
  const backAnHour = async (owner: Link, node: Aosd, set: (offset: string) => void) => {
    await until("history", 8000, async () => (await recorded(owner, node.id)) >= 2);
    set("-1h");
    const during = await watchFor(owner, 3500);
    expect(during.negative).toEqual([]);
    expect(during.events).toBeGreaterThanOrEqual(5);
    expect(during.longestMs).toBeLessThan(1500);
    const snapshot = await owner.ask((client) => client.rack.snapshot());
    expect(negative(snapshot)).toEqual([]);
    expect(snapshot.nodes.map((one) => one.state)).toEqual(snapshot.nodes.map(() => "online"));
    return snapshot;
  };

  test.skipIf(faketime === undefined)("on main: no negative ages, the stream goes on, history grows, nobody is thrown out", async () => {
    const clock = clockOf("main");
    const { node, owner } = await house.startMain("clock-main", [], clock.env);
    const member = await house.startMember("clock-member");
    await pair(owner, member);
    await until("online", 5000, async () => (await seenBy(owner, member.id))?.state === "online");
    const snapshot = await backAnHour(owner, node, clock.set);
    expect(Date.now() - snapshot.at).toBeGreaterThan(3_500_000);
    const before = await recorded(owner, node.id);
    await until("more history after the jump", 6000, async () => (await recorded(owner, node.id)) >= before + 2);
    expect((await owner.ask((client) => client.access.person.list())).devices.every((device) => (device.lastSeenAgeMs ?? 0) >= 0)).toBe(true);
    const window = await owner.ask((client) => client.access.window.open());
    expect(window).toMatchObject({ state: "open" });
    expect(window.state === "open" && window.leftMs).toBeGreaterThan(14 * 60_000);
    expect((await owner.ask((client) => client.access.me())).role).toBe("owner");
  });

  test.skipIf(faketime === undefined)("on a member: main still hears it, with no negative ages", async () => {
    const clock = clockOf("member");
    const { owner } = await house.startMain("clock-main-2");
    const member = await house.startMember("clock-member-2", "pool", [], clock.env);
    await pair(owner, member);
    await until("online", 5000, async () => (await seenBy(owner, member.id))?.state === "online");
    await backAnHour(owner, member, clock.set);
    const view = await until("a fresh sample", 4000, async () => {
      const seen = await seenBy(owner, member.id);
      return seen && (seen.sampleAgeMs ?? Infinity) < 2500 && seen.sample !== null && seen.sample.at < Date.now() - 3_000_000 && seen;
    });
    expect(view.missedBeats).toBeLessThan(2);
  });
});

describe("a full disk", () => {
  test.skipIf(!canMount)("is said, the daemon goes on serving, and no acknowledged write is lost", async () => {
    const disk = join(house.dir, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk]);
    const running: Aosd[] = [];
    try {
      const { node, owner, token } = await house.startMain("disk", ["--log-megabytes", "1"]);
      running.push(node);
      const names: string[] = [];
      const invite = async (name: string) => {
        const { code } = await refusalOf(owner.ask((client) => client.access.person.invite({ name, role: "viewer", days: null })));
        if (code === "answered") names.push(name);
        return code;
      };
      for (let i = 0; i < 20; i++) expect(await invite(`before-${i}`)).toBe("answered");
      fill(join(disk, "filler"));

      const codes: string[] = [];
      await until("a refused write", 20_000, async () => {
        codes.push(await invite(`during-${codes.length}`));
        return codes.at(-1) !== "answered";
      });
      expect(codes.at(-1)).toBe("kernel.disk-full");
      const said = await until("the owner is told", 5000, async () => {
        const snapshot = await owner.ask((client) => client.rack.snapshot());
        return snapshot.sentence.code === "disk-full" && snapshot.repairs.some((repair) => repair.code === "disk-space") && snapshot;
      });
      expect(said.nodes).toMatchObject([{ state: "online" }]);
      const serving = await watchFor(owner, 2000);
      expect(serving.events).toBeGreaterThanOrEqual(3);
      expect((await owner.ask((client) => client.rack.doctor())).checks.find((check) => check.code === "disk")).toMatchObject({ ok: "no" });
      expect((await owner.ask((client) => client.rack.node.history({ nodeId: node.id, minutes: 10 }))).at.length).toBeGreaterThan(0);
      expect(node.running()).toBe(true);

      rmSync(join(disk, "filler"));
      await until("writes work again", 5000, async () => (await invite(`after-${names.length}`)) === "answered");
      await until("and the owner is told", 20_000, async () => (await owner.ask((client) => client.rack.snapshot())).sentence.code !== "disk-full");
      process.kill(node.pid, "SIGKILL");
      await node.stop();
      // Full to the last byte while it was away: it starts on what it had set aside, and says so.
      fill(join(disk, "filler"));
      const again = await house.start("disk", ["--roles", "main"]);
      running.push(again);
      const back = await house.signIn(again, token);
      const people = new Set((await back.ask((client) => client.access.person.list())).people.map((person) => person.name));
      expect(names.filter((name) => !people.has(name))).toEqual([]);
      expect(names.length).toBeGreaterThanOrEqual(21);
    } finally {
      for (const node of running) await node.stop();
      execFileSync("umount", [disk]);
    }
  });
});

describe("one folder, one daemon", () => {
  test("a second aosd on the same folder ends with 75 and harms nothing; after a kill the folder is free", async () => {
    const { node, owner } = await house.startMain("lone");
    await expect(house.start("lone", ["--roles", "main"])).rejects.toThrow("(75)");
    expect((await owner.ask((client) => client.access.me())).role).toBe("owner");
    process.kill(node.pid, "SIGKILL");
    await node.stop();
    const again = await house.start("lone", ["--roles", "main"]);
    expect(again.id).toBe(node.id);
  });
});

describe("kill -9", () => {
  test("twenty times in the middle of writes: opens clean, and every acknowledged write is there", async () => {
    const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
    const tally = await killWhileInviting(20, seeded(seed));
    console.log(`kills: seed ${seed}, ${JSON.stringify(tally)}`);
    expect(tally.clean).toBe(tally.kills);
    expect(tally.recovered).toBe(tally.acknowledged);
    expect(tally.acknowledged).toBeGreaterThan(40);
    expect(tally.inFlight).toBeGreaterThanOrEqual(tally.kills / 2);
  });
});

/** Writes until the file system takes no more. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let size = 1 << 20; size >= 1; size = size >> 2) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as { code?: string }).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}
