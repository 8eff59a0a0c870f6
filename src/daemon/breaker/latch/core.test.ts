import { describe, expect, test } from "vitest";
import { createWorld, type World } from "./testing/world.ts";

const nodes = ["main", "pool", "llm", "storage"] as const;

async function stopped(): Promise<World> {
  const world = createWorld(nodes);
  for (const name of nodes) world.boot(name);
  await world.advance(1500, { well: true });
  return world;
}
async function runs(): Promise<World> {
  const world = await stopped();
  expect(await now(world, world.reset())).toMatchObject({ ok: true });
  expect(await now(world, world.start())).toMatchObject({ ok: true });
  await world.advance(300, { well: true });
  return world;
}
/** The answer, with the disk and the network working on. */
async function now<T>(world: World, answer: Promise<T> | undefined): Promise<T | undefined> {
  await world.advance(50, { well: true });
  return answer;
}
const open = (world: World) => nodes.filter((name) => world.open(name));

describe("the rack's latch", () => {
  test("is stopped after a boot, with its cause, and says what a reset waits for", async () => {
    const world = await stopped();
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "boot", mayReset: true, mayStart: false, onDisk: true });
    expect(open(world)).toEqual([]);
  });

  test("runs on every node after reset and start, and only then", async () => {
    const world = await stopped();
    expect(await now(world, world.start())).toEqual({ ok: false, code: "not-ready" });
    expect(await now(world, world.reset())).toMatchObject({ ok: true });
    await world.advance(2000, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "ready", mayStart: true });
    expect(await now(world, world.start())).toMatchObject({ ok: true });
    await world.advance(300, { well: true });
    expect(open(world)).toEqual([...nodes]);
    await world.advance(5000, { well: true });
    expect(open(world)).toEqual([...nodes]);
  });

  test.each([0, 100, 200, 300, 400, 450, 490])("keeps running when it was started %i ms after main last heard of the nodes", async (age) => {
    const world = await stopped();
    expect(await now(world, world.reset())).toMatchObject({ ok: true });
    // Until main has heard of them, in the slow rhythm of a rack that rests.
    const ages = () => (world.view("main")?.nodes ?? []).flatMap(({ nodeId, ackAgeMs }) => (nodeId === "main" || ackAgeMs === "unknown" ? [] : [ackAgeMs]));
    for (let ms = 0; ms < 600 && Math.min(...ages()) < 499; ms++) await world.advance(1, { well: true });
    await world.advance(1 + age, { well: true });
    expect(await now(world, world.start())).toMatchObject({ ok: true });
    await world.advance(1000, { well: true });
    expect(world.view("main")).toMatchObject({ state: "run" });
    expect(open(world)).toEqual([...nodes]);
  });

  test("a stop closes at once where it is asked for, and everywhere with the first datagram", async () => {
    const world = await runs();
    world.trip("main");
    expect(world.open("main")).toBe(false);
    await world.advance(1, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "person" });
    expect(world.view("main")?.nodes.map((one) => one.state)).toEqual(["closed", "closed", "closed", "closed"]);
  });

  test("a stop at a member stops the rack with the member's cause", async () => {
    const world = await runs();
    world.trip("llm", { cause: "kiosk" });
    expect(world.open("llm")).toBe(false);
    await world.advance(1, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "kiosk", from: "llm" });
  });

  test("without main every member closes within 500 ms", async () => {
    const world = await runs();
    world.crash("main");
    await world.advance(499, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("pool")).toMatchObject({ state: "stopped", cause: "lost-lease" });
  });

  test("a member without a cable closes by itself, is unconfirmed, and stops the rack when it is back", async () => {
    const world = await runs();
    world.cut.add("storage");
    await world.advance(499, { well: true });
    expect(open(world)).toEqual(["main", "pool", "llm"]);
    await world.advance(2000, { well: true });
    expect(world.view("main")?.nodes.find((one) => one.nodeId === "storage")).toMatchObject({
      state: "unconfirmed",
      closeTookMs: "unknown",
      processes: "unknown",
    });
    world.cut.delete("storage");
    await world.advance(600, { well: true });
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "lost-lease", from: "storage" });
  });

  test("a member that started again is held, and a start lets it in without disturbing what runs", async () => {
    const world = await runs();
    const before = world.epoch("main");
    world.crash("pool");
    await world.advance(300, { well: true });
    world.boot("pool");
    await world.advance(2000, { well: true });
    expect(world.open("pool")).toBe(false);
    expect(world.view("main")).toMatchObject({ state: "run", mayStart: true });
    expect(world.view("main")?.nodes.find((one) => one.nodeId === "pool")).toMatchObject({ state: "held", cause: "boot" });
    expect(await now(world, world.start())).toMatchObject({ ok: true });
    await world.advance(300, { well: true });
    expect(open(world)).toEqual([...nodes]);
    expect(world.admits("main", before)).toBe(true);
    expect(world.admits("pool", before)).toBe(false);
  });

  test("what was begun before a stop has no effect after the next start", async () => {
    const world = await runs();
    const old = nodes.map((name) => [name, world.epoch(name)] as const);
    world.trip("pool");
    await world.advance(100, { well: true });
    await now(world, world.reset());
    await now(world, world.start());
    await world.advance(300, { well: true });
    expect(open(world)).toEqual([...nodes]);
    for (const [name, epoch] of old) expect(world.admits(name, epoch)).toBe(false);
  });

  test("a hung disk delays the word that it is on disk, and the reset, but not the stop", async () => {
    const world = await runs();
    world.stick("main", true);
    world.trip("main");
    await world.advance(5, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "stopped", onDisk: false, diskWhy: "writing", mayReset: false });
    expect(await now(world, world.reset())).toEqual({ ok: false, code: "checks" });
    world.stick("main", false);
    await world.advance(600, { well: true });
    expect(await now(world, world.reset())).toMatchObject({ ok: true });
  });

  test("a start that can't be written is refused, and nothing runs", async () => {
    const world = await stopped();
    await now(world, world.reset());
    world.stick("main", true);
    const answer = world.start();
    await world.advance(1500, { well: true });
    expect(await answer).toEqual({ ok: false, code: "not-on-disk" });
    world.stick("main", false);
    await world.advance(2000, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "ready" });
  });

  test("a silent node keeps the rack from being reset until a person takes it out; it comes in with a start after it is back", async () => {
    const world = await runs();
    world.cut.add("storage");
    world.trip("main");
    await world.advance(1, { well: true });
    expect(world.exclude("storage")).toEqual({ ok: false, code: "not-silent" });
    await world.advance(1500, { well: true });
    expect(await now(world, world.reset())).toEqual({ ok: false, code: "checks" });
    expect(world.view("main")?.checks[2]).toMatchObject({ ok: false, waiting: [{ nodeId: "storage", mayExclude: true }] });
    expect(world.exclude("storage")).toMatchObject({ ok: true });
    expect(await now(world, world.reset())).toMatchObject({ ok: true });
    expect(await now(world, world.start())).toMatchObject({ ok: true });
    world.cut.delete("storage");
    await world.advance(800, { well: true });
    // Its lease ran out in a run that is over: that stops nobody now.
    expect(world.view("main")).toMatchObject({ state: "run", mayStart: true });
    expect(world.view("main")?.nodes.find((one) => one.nodeId === "storage")?.state).toBe("excluded");
    expect(world.open("storage")).toBe(false);
    await now(world, world.start());
    await world.advance(300, { well: true });
    expect(open(world)).toEqual([...nodes]);
  });

  test("a reset by somebody who had not seen the newest stop is refused", async () => {
    const world = await stopped();
    const seen = world.view("main")?.epoch;
    world.trip("pool");
    await world.advance(100, { well: true });
    expect(await now(world, world.reset(seen))).toEqual({ ok: false, code: "moved-on" });
    expect(world.view("main")?.also.map((one) => one.cause)).toEqual(["person"]);
  });

  test("with a button RUN is renewed only while it says so", async () => {
    const world = await stopped();
    const say = (state: "none" | "run" | "stop" | "unknown", reason: string | null) => world.button({ state, reason, heardAt: world.mono() });
    const held = async (ms: number, state: "run" | "stop") => {
      for (let past = 0; past < ms; past += 100) {
        say(state, state === "stop" ? "pressed" : null);
        await world.advance(100, { well: true });
      }
    };
    await held(200, "stop");
    expect(await now(world, world.reset())).toEqual({ ok: false, code: "checks" });
    expect(world.view("main")?.checks[0]).toEqual({ check: "button-released", ok: false, why: "pressed" });
    await held(200, "run");
    expect(await now(world, world.reset())).toMatchObject({ ok: true });
    say("run", null);
    expect(await now(world, world.start())).toMatchObject({ ok: true });
    await held(1000, "run");
    expect(open(world)).toEqual([...nodes]);
    say("stop", "pressed");
    expect(world.open("main")).toBe(false);
    await world.advance(1, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ cause: "button", reason: "pressed" });
  });

  test("a button whose reader says nothing at all stops the rack", async () => {
    const world = await stopped();
    world.button({ state: "run", reason: null, heardAt: world.mono() });
    await now(world, world.reset());
    await now(world, world.start());
    await world.advance(700, { well: true });
    expect(open(world)).toEqual([]);
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "button-silent" });
  });

  test("a lost record goes on above every epoch that was ever used", async () => {
    const world = await runs();
    const before = Math.max(...nodes.map((name) => world.epoch(name)));
    world.crash("main");
    world.damage("main");
    await world.advance(1000, { well: true });
    world.boot("main");
    await world.advance(1500, { well: true });
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "unreadable", reason: "garbage" });
    await now(world, world.reset());
    await now(world, world.start());
    await world.advance(300, { well: true });
    expect(open(world)).toEqual([...nodes]);
    expect(world.epoch("main")).toBeGreaterThan(before);
  });

  test("a stop's cause survives a restart, and is followed by the boot", async () => {
    const world = await runs();
    world.trip("main", { cause: "panic", reason: "same-text" });
    await world.advance(100, { well: true });
    world.crash("main");
    world.boot("main");
    await world.advance(600, { well: true });
    expect(world.view("main")).toMatchObject({ state: "stopped", cause: "panic", reason: "same-text" });
    expect(world.view("main")?.also.map((one) => one.cause)).toContain("boot");
  });
});
