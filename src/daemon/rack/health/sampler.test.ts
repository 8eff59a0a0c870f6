import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { metrics, sample as sampleSchema, type Sample } from "../../../contract/rack.ts";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createSampler } from "./sampler.ts";

const hour = 3_600_000;
/** 400 ms into a wall second. */
const start = 1_763_900_000_400;

/** A sampler on a clock that is moved a second at a time; each step waits for the sample it brought. */
function stepped(dir = tmpdir()) {
  const clock = createFakeClock(start);
  const sampler = createSampler({ clock, log: silentLog, dir });
  const taken: Sample[] = [];
  let wake = () => {};
  sampler.onSample((one) => {
    taken.push(one);
    wake();
  });
  const stop = sampler.start();
  return {
    clock,
    sampler,
    taken,
    stop,
    async seconds(count: number) {
      for (let second = 0; second < count; second += 1) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        clock.pass(1000);
        await promise;
      }
    },
  };
}
const labels = (samples: readonly Sample[]) => samples.map((one) => one.at);

describe("the sampler", () => {
  test("takes one sample in each wall second, labelled by it, on the real clock", async () => {
    const clock = createClock();
    const sampler = createSampler({ clock, log: silentLog, dir: tmpdir() });
    const { promise, resolve } = Promise.withResolvers<void>();
    const taken: { at: number; seenAt: number }[] = [];
    sampler.onSample((one) => {
      taken.push({ at: one.at, seenAt: clock.now() });
      if (taken.length === 4) resolve();
    });
    const stop = sampler.start();
    await promise;
    stop();
    for (const [index, { at, seenAt }] of taken.entries()) {
      expect(at).toBe((taken[0]?.at ?? 0) + index * 1000);
      expect(seenAt - at).toBeGreaterThanOrEqual(0);
      expect(seenAt - at).toBeLessThan(1500);
    }
    const last = sampler.latest();
    expect(sampleSchema.parse(last)).toEqual(last);
    expect(last?.memoryTotalBytes).toBeGreaterThan(0);
    expect(last?.diskTotalBytes).toBeGreaterThan(0);
    expect(last?.rssBytes).toBeGreaterThan(10_000_000);
    expect(last?.cpuPercent).not.toBe("unknown");
    expect(sampler.latestAgeMs()).toBeLessThan(1500);
  });

  test("skips no second and takes none twice over ten minutes", async () => {
    const { seconds, taken, stop } = stepped();
    await seconds(600);
    stop();
    expect(labels(taken)).toEqual(Array.from({ length: 600 }, (_, index) => start + 600 + index * 1000));
  });

  test("skips only what an event loop that stood still has missed, and goes on in step", async () => {
    const { clock, seconds, taken, stop } = stepped();
    await seconds(2);
    // Wall and monotonic time go on while nothing runs.
    clock.setWall(clock.now() + 5000);
    await seconds(3);
    stop();
    const gaps = labels(taken)
      .slice(1)
      .map((at, index) => at - (taken[index]?.at ?? 0));
    expect(gaps).toEqual([1000, 6000, 1000, 1000]);
  });

  test("says unknown and why, never 0, for what nobody can read", async () => {
    const { sampler, seconds, stop } = stepped(join(tmpdir(), "aos-no-such-folder"));
    expect(sampler.latest()).toBeNull();
    expect(sampler.latestAgeMs()).toBeNull();
    expect(sampler.unknowns()).toMatchObject({ cpuPercent: "not-yet", diskUsedBytes: "not-yet", temperatureC: "not-yet" });
    await seconds(3);
    stop();
    const last = sampler.latest();
    expect(last).toMatchObject({ diskUsedBytes: "unknown", diskTotalBytes: "unknown", powerW: "unknown", beatGapMs: "unknown" });
    expect(sampler.unknowns()).toMatchObject({ diskUsedBytes: "read-failed", powerW: "not-supported" });
    for (const metric of metrics) expect(metric in sampler.unknowns()).toBe(last?.[metric] === "unknown");
    expect(last?.temperatureC).not.toBe(0);
  });

  test("has no rate of the network before its second look", async () => {
    const { taken, seconds, stop } = stepped();
    await seconds(2);
    stop();
    expect(taken[0]).toMatchObject({ networkRxBytesPerS: "unknown", networkTxBytesPerS: "unknown" });
    if (process.platform === "linux") expect(taken[1]?.networkRxBytesPerS).toBeGreaterThanOrEqual(0);
  });

  test("stops when it is told to", async () => {
    const { clock, seconds, taken, stop } = stepped();
    await seconds(2);
    stop();
    clock.pass(10_000);
    expect(taken).toHaveLength(2);
  });
});

describe("a clock set back an hour", () => {
  test("neither stops the samples nor makes an age negative", async () => {
    const { clock, sampler, seconds, taken, stop } = stepped();
    await seconds(5);
    clock.setWall(clock.now() - hour);
    await seconds(5);
    stop();
    const [before, after] = [labels(taken.slice(0, 5)), labels(taken.slice(5))];
    expect(Math.max(...after)).toBeLessThan(Math.min(...before));
    for (const [index, at] of after.entries()) expect(at - (after[0] ?? 0)).toBe(index * 1000);
    expect(sampler.latestAgeMs()).toBeGreaterThanOrEqual(0);
    expect(sampler.latestAgeMs()).toBeLessThan(1000);
  });

  test("hides no new sample from who asks, and brings no old one again", async () => {
    const { clock, sampler, seconds, taken, stop } = stepped();
    await seconds(20);
    const held = taken[17]?.at ?? 0;
    clock.setWall(clock.now() - hour);
    await seconds(3);
    expect(labels(sampler.since(held))).toEqual(labels(taken.slice(18)));
    const newest = taken.at(-1)?.at ?? 0;
    expect(sampler.since(newest)).toEqual([]);
    await seconds(2);
    expect(labels(sampler.since(newest))).toEqual(labels(taken.slice(23)));
    stop();
  });

  test("gives to who holds a second that is not known here only what was taken since", async () => {
    const { clock, sampler, seconds, taken, stop } = stepped();
    await seconds(4);
    clock.setWall(clock.now() - hour);
    await seconds(3);
    stop();
    expect(labels(sampler.since(start + 10 * hour))).toEqual(labels(taken.slice(4)));
  });
});

describe("since", () => {
  test("gives what came after an instant, oldest first, and all that is kept for 0", async () => {
    const { sampler, seconds, taken, stop } = stepped();
    await seconds(1000);
    stop();
    expect(labels(sampler.since(0))).toEqual(labels(taken.slice(-900)));
    expect(labels(sampler.since(taken[997]?.at ?? 0))).toEqual(labels(taken.slice(998)));
    expect(labels(sampler.since((taken[997]?.at ?? 0) + 300))).toEqual(labels(taken.slice(998)));
    expect(sampler.since(taken[999]?.at ?? 0)).toEqual([]);
  });
});
