import { killWhileInviting } from "../contract/support/kills.ts";
import { seeded } from "../contract/support/hostile.ts";
import type { Figures } from "../levels/figures.ts";

const KILLS = 200;

/** 200 kills of a main node in the middle of its writes: the database opens clean each time, and nothing acknowledged is lost. */
export async function run(): Promise<Figures> {
  const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
  console.error(`kill: seed ${seed} (AOS_TEST_SEED)`);
  const { kills, inFlight, acknowledged, recovered, clean } = await killWhileInviting(KILLS, seeded(seed));
  if (clean !== kills) throw new Error(`the database was clean after ${clean} of ${kills} kills`);
  if (recovered !== acknowledged) throw new Error(`${acknowledged} writes were acknowledged, ${recovered} are there`);
  return {
    "kills.clean": { value: clean, unit: "kills", n: kills, goal: `>= ${kills}` },
    "kills.inFlightPercent": { value: Math.round((inFlight / kills) * 100), unit: "%", n: kills, goal: ">= 50" },
    "writes.acknowledged": { value: acknowledged, unit: "writes", n: kills, goal: null },
    "writes.recovered": { value: recovered, unit: "writes", n: kills, goal: `>= ${acknowledged}` },
  };
}
