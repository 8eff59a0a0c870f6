import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWorld, settled, type World } from "./testing/world.ts";

const nodes = ["main", "pool", "llm"] as const;
type Name = (typeof nodes)[number];
type Console = "a" | "b";

/** What has to hold is judged from the acts of people alone; the model knows nothing of how keepers agree. */
interface Model {
  tick: number;
  /** When people stopped at a node, and when main's latch last stopped. */
  stops: Map<Name, number>;
  mainStop: number;
  /** When a reset succeeded, and the starts that did: by epoch, when they were asked for. */
  resetAt: number;
  starts: Map<number, number>;
  bootedAt: Map<Name, number>;
  /** What each console had on its screen when it last looked. */
  looks: Map<Console, { tick: number; epoch: number }>;
  /** Acts under way at a node since this tick, with the epoch they began in. */
  acts: { node: Name; epoch: number; boot: number }[];
  dead: { node: Name; epoch: number; boot: number }[];
  lastRun: number;
}
interface Real {
  world: World;
}

const viewState = (world: World) => (world.alive("main") ? world.view("main")?.state : undefined);

/** What may never happen, looked at after each step. */
function judge(model: Model, { world }: Real): void {
  if (viewState(world) === "run") model.lastRun = world.mono();
  for (const node of nodes) {
    if (!world.alive(node)) continue;
    const mine = model.acts.filter((one) => one.node === node);
    if (!world.open(node)) {
      // Whatever was under way may never count again.
      model.dead.push(...mine);
      model.acts = model.acts.filter((one) => one.node !== node);
      continue;
    }
    const startedAt = model.starts.get(world.since(node));
    expect(startedAt, `${node} is open at an epoch that nobody started`).toBeDefined();
    expect(startedAt, `${node} came up by itself`).toBeGreaterThan(model.bootedAt.get(node) ?? 0);
    expect(startedAt, `${node} opened over a stop there`).toBeGreaterThan(model.stops.get(node) ?? 0);
    expect(world.mono() - model.lastRun, `${node} outlived its lease`).toBeLessThan(501);
    for (const one of mine) expect(world.admits(node, one.epoch), "an act of this run").toBe(true);
    for (const one of model.dead) if (one.node === node && one.boot === world.bootOf(node)) expect(world.admits(node, one.epoch), "a late result").toBe(false);
    model.acts.push({ node, epoch: world.epoch(node), boot: world.bootOf(node) });
  }
  const begun = [...model.starts.keys()];
  expect(begun, "epochs only rise").toEqual(begun.toSorted((x, y) => x - y));
}

type Step = fc.AsyncCommand<Model, Real>;
const step = (name: string, run: (model: Model, real: Real) => Promise<void>): Step => ({
  check: () => true,
  async run(model, real) {
    await run(model, real);
    await settled();
    await real.world.advance(0, { well: false });
    judge(model, real);
    model.tick += 1;
  },
  toString: () => name,
});

const name = fc.constantFrom(...nodes);
const member = fc.constantFrom("pool" as const, "llm" as const);
const who = fc.constantFrom<Console>("a", "b");

const trip = fc
  .tuple(name, who)
  .map(([node, console]) => step(`${console} stops at ${node}`, (model, real) => Promise.resolve(stops(model, real, node, console))));
function stops(model: Model, { world }: Real, node: Name, console: Console): void {
  if (!world.alive(node)) return;
  world.trip(node, { by: { id: console, name: console } });
  expect(world.open(node)).toBe(false);
  model.stops.set(node, model.tick);
  if (node === "main") model.mainStop = model.tick;
}
const look = who.map((console) => step(`${console} looks`, (model, real) => Promise.resolve(looks(model, real, console))));
function looks(model: Model, { world }: Real, console: Console): void {
  const view = world.alive("main") ? world.view("main") : undefined;
  if (view) model.looks.set(console, { tick: model.tick, epoch: view.epoch });
}
const reset = fc.tuple(who, fc.boolean()).map(([console, well]) => step(`${console} resets`, (model, real) => resets(model, real, console, well)));
async function resets(model: Model, { world }: Real, console: Console, well: boolean): Promise<void> {
  const seen = model.looks.get(console);
  const asked = world.reset(seen?.epoch);
  await world.advance(20, { well });
  const answer = await settledAnswer(world, asked);
  if (answer?.ok !== true) return;
  const open = nodes.filter((one) => world.open(one));
  expect(open, "open after a reset").toEqual([]);
  expect(seen?.tick ?? model.tick, "reset over a stop that the console had not seen").toBeGreaterThanOrEqual(model.mainStop);
  model.resetAt = model.tick;
}
const start = fc.tuple(who, fc.boolean()).map(([console, well]) => step(`${console} starts`, (model, real) => starts(model, real, console, well)));
async function starts(model: Model, { world }: Real, console: Console, well: boolean): Promise<void> {
  const seen = model.looks.get(console);
  const wasRunning = viewState(world) === "run";
  const at = model.tick + 0.5;
  const asked = world.start(seen?.epoch);
  await world.advance(20, { well });
  const answer = await settledAnswer(world, asked);
  if (answer?.ok !== true) return;
  if (!wasRunning) expect(model.resetAt, "a start without a reset since the last stop").toBeGreaterThan(model.mainStop);
  model.starts.set(answer.epoch, at);
}
/** Commands wait for the disk for a second at most. */
async function settledAnswer<T>(world: World, asked: Promise<T> | undefined): Promise<T | undefined> {
  if (!asked) return undefined;
  let answer: T | undefined;
  void asked.then((value) => (answer = value));
  for (let waited = 0; waited < 1200 && answer === undefined && world.alive("main"); waited += 100) await world.advance(100, { well: false });
  return answer;
}

const commands = [
  trip,
  trip,
  look,
  look,
  reset,
  reset,
  start,
  start,
  fc.nat({ max: 50 }).map((at) => step(`letter ${at} arrives`, async (_model, { world }) => Promise.resolve(world.deliver(at, { twice: false })))),
  fc.nat({ max: 50 }).map((at) => step(`letter ${at} arrives twice`, async (_model, { world }) => Promise.resolve(world.deliver(at, { twice: true })))),
  fc.nat({ max: 50 }).map((at) => step(`letter ${at} is lost`, async (_model, { world }) => Promise.resolve(world.lose(at)))),
  fc.integer({ min: 1, max: 700 }).map((ms) => step(`${ms} ms pass`, (_model, { world }) => world.advance(ms, { well: false }))),
  fc.integer({ min: 100, max: 1500 }).map((ms) => step(`${ms} good ms pass`, (model, real) => real.world.advance(ms, { well: true }))),
  fc.integer({ min: 100, max: 1500 }).map((ms) => step(`${ms} good ms pass`, (model, real) => real.world.advance(ms, { well: true }))),
  name.map((node) => step(`${node}'s disk takes it`, async (_model, { world }) => Promise.resolve(void world.flush(node)))),
  fc
    .tuple(name, fc.boolean())
    .map(([node, stuck]) => step(`${node}'s disk hangs: ${stuck}`, async (_model, { world }) => Promise.resolve(world.stick(node, stuck)))),
  member.map((node) =>
    step(`${node}'s cable`, (_model, { world }) => {
      if (!world.cut.delete(node)) world.cut.add(node);
      return Promise.resolve();
    }),
  ),
  fc.tuple(name, fc.boolean()).map(([node, damaged]) =>
    step(`${node} starts again${damaged ? " with a damaged latch" : ""}`, (model, { world }) => {
      world.crash(node);
      if (damaged) world.damage(node);
      world.boot(node);
      model.bootedAt.set(node, model.tick + 0.75);
      model.acts = model.acts.filter((one) => one.node !== node);
      if (node === "main") {
        model.mainStop = model.tick;
        // Its consoles were cut off, and look anew as they come back.
        model.looks.clear();
      }
      return Promise.resolve();
    }),
  ),
  member.map((node) => step(`${node} is taken out`, async (_model, { world }) => Promise.resolve(void world.exclude(node)))),
];

describe("any rack, whatever happens to it", () => {
  test("never runs without a person's reset and start after the last stop and the last boot, and never past its lease", async () => {
    let runs = 0;
    let again = 0;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.commands(commands, { maxCommands: 40, size: "max" }), async (fromRun, acts) => {
        const begun = new Map<number, number>();
        await fc.asyncModelRun(async () => {
          const world = createWorld(nodes);
          for (const node of nodes) world.boot(node);
          await world.advance(1200, { well: true });
          const model: Model = {
            tick: 1,
            stops: new Map(),
            mainStop: 0,
            resetAt: 0,
            starts: begun,
            bootedAt: new Map(),
            looks: new Map(),
            acts: [],
            dead: [],
            lastRun: Number.NEGATIVE_INFINITY,
          };
          const real = { world };
          if (fromRun) {
            model.tick += 1;
            await resets(model, real, "a", true);
            await starts(model, real, "a", true);
            await world.advance(300, { well: true });
            for (const node of nodes) expect(world.open(node)).toBe(true);
            model.lastRun = world.mono();
          }
          return { model, real };
        }, acts);
        runs += begun.size > 0 ? 1 : 0;
        again += begun.size > 1 ? 1 : 0;
      }),
      { numRuns: 1000 },
    );
    // Racks that never ran would prove nothing.
    expect(runs).toBeGreaterThan(400);
    expect(again).toBeGreaterThan(30);
  });
});
