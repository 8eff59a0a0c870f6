import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { bootNode, hearLease, leaseMs } from "./domain/node-latch.ts";
import { bootTrip } from "./domain/trip.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { createSharedBuffer, openShared } from "./shared.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
async function keeper(blockers: () => { id: string; title: string }[] = () => []): Promise<Keeper> {
  const stateDir = mkdtempSync(join(tmpdir(), "aos-keeper-"));
  ends.push(() => rmSync(stateDir, { recursive: true, force: true }));
  const made = await createKeeper({
    stateDir,
    nodeId: "main",
    isMain: () => true,
    members: () => [],
    fresh: true,
    lanHost: "127.0.0.1",
    clock: createClock(),
    log: silentLog,
    blockers,
  });
  ends.push(() => made.stop());
  return made;
}
async function started(one: Keeper): Promise<number> {
  await expect.poll(() => one.view().mayReset).toBe(true);
  expect(await one.reset()).toMatchObject({ ok: true });
  expect(one.view().state).toBe("ready");
  expect(await one.start()).toMatchObject({ ok: true });
  await expect.poll(() => one.fence.open(one.fence.epoch())).toBe(true);
  return one.fence.epoch();
}

describe("the daemon's side of the keeper", () => {
  test("is closed before the stop was handed over, tells its listeners once, and never admits that epoch again", async () => {
    const one = await keeper();
    const epoch = await started(one);
    let closes = 0;
    const off = one.fence.onClose(() => (closes += 1));
    const ack = one.trip({ cause: "person", by: null, via: "ipc", reason: "x".repeat(500) });
    expect(one.fence.open(epoch)).toBe(false);
    expect(one.view()).toMatchObject({ state: "stopped", cause: "person", onDisk: false });
    expect(closes).toBe(1);
    expect(await ack).toMatchObject({ ok: true, onDisk: true });
    expect(one.view()).toMatchObject({ state: "stopped", cause: "person", onDisk: true });
    expect(one.view().reason).toHaveLength(200);
    off();
    const next = await started(one);
    expect(next).toBeGreaterThan(epoch);
    expect(one.fence.open(epoch)).toBe(false);
    expect(closes).toBe(1);
  });

  test("tells every listener of each close, also when one of them throws", async () => {
    const one = await keeper();
    await started(one);
    let closes = 0;
    one.fence.onClose(() => {
      throw new Error("broken");
    });
    one.fence.onClose(() => (closes += 1));
    await one.trip({ cause: "panic", by: null, via: "self", reason: null });
    await started(one);
    await one.trip({ cause: "panic", by: null, via: "self", reason: null });
    expect(closes).toBe(2);
  });

  test("does not reset while outcomes are unknown, and says which", async () => {
    const open = [{ id: "a1", title: "payment to customer C" }];
    const one = await keeper(() => open);
    await expect.poll(() => one.view().onDisk).toBe(true);
    expect(one.view().checks[3]).toEqual({ check: "outcomes-known", ok: false, blockers: open });
    expect(await one.reset()).toEqual({ ok: false, code: "checks" });
    open.pop();
    expect(await one.reset()).toMatchObject({ ok: true });
  });

  test("is closed for good when its thread has ended, and a stop is still taken", async () => {
    const one = await keeper();
    const epoch = await started(one);
    let closes = 0;
    one.fence.onClose(() => (closes += 1));
    await one.stop();
    expect(one.fence.open(epoch)).toBe(false);
    expect(closes).toBe(1);
    expect(one.view().state).toBe("stopped");
    expect(await one.trip({ cause: "person", by: null, via: "ipc", reason: null })).toMatchObject({ ok: true, onDisk: false });
    await expect(one.start()).rejects.toThrow("ended");
    await expect(one.reaper.track({ token: "t", epoch, pid: 1, startedAt: null, cgroup: null, act: "a", agent: "a", command: "c" })).rejects.toThrow("ended");
    ends.pop();
  });
});

describe("the memory between the threads", () => {
  const open = () => {
    const stopped = hearLease(
      bootNode("a", { epoch: 0, held: 0, trip: bootTrip("a", 0), also: [], trips: 0, own: null }),
      { epoch: 1, state: "stopped", echo: null, heard: 0, excluded: false, cause: "boot" },
      { mono: 0, at: 0 },
    );
    return hearLease(stopped, { epoch: 2, state: "run", echo: 1000, heard: 0, excluded: false, cause: "boot" }, { mono: 1000, at: 0 });
  };

  test("is closed when nobody renews, without anybody's doing", () => {
    const shared = openShared(createSharedBuffer());
    shared.publish(open());
    expect(shared.admits(2, 1000 + leaseMs - 1)).toBe(true);
    expect(shared.admits(2, 1000 + leaseMs)).toBe(false);
  });

  test("is closed from the moment a stop is asked for until the keeper has carried it out", () => {
    const shared = openShared(createSharedBuffer());
    shared.publish(open());
    const first = shared.askTrip();
    expect(shared.admits(2, 1000)).toBe(false);
    const second = shared.askTrip();
    shared.sawTrip(first);
    // The keeper may still be opening for an older start: the second stop is not seen yet.
    shared.publish(open());
    expect(shared.admits(2, 1000)).toBe(false);
    shared.sawTrip(second);
    expect(shared.admits(2, 1000)).toBe(true);
  });
});
