import { seeded } from "../contract/support/hostile.ts";
import { killAroundTrips } from "../contract/support/keeper/kills.ts";
import type { Figures } from "../levels/figures.ts";

const KILLS = 200;

/** 200 kills of a keeper around stops, resets and starts: it never comes up in RUN, and no stop that was said to be on disk is lost. */
export async function run(): Promise<Figures> {
  const seed = Number(process.env["AOS_TEST_SEED"] ?? Date.now() % 2 ** 32);
  console.error(`latch: seed ${seed} (AOS_TEST_SEED)`);
  const { kills, inFlight, cameUpRunning, acknowledged, recovered, epochsRose } = await killAroundTrips(KILLS, seeded(seed));
  if (cameUpRunning > 0) throw new Error(`it came up in RUN after ${cameUpRunning} of ${kills} kills`);
  if (recovered !== acknowledged) throw new Error(`${acknowledged} stops were said to be on disk, ${recovered} were there`);
  if (!epochsRose) throw new Error("an epoch came back");
  return {
    "kills.stopped": { value: kills - cameUpRunning, unit: "kills", n: kills, goal: `>= ${kills}` },
    "kills.inFlightPercent": { value: Math.round((inFlight / kills) * 100), unit: "%", n: kills, goal: ">= 50" },
    "stops.acknowledged": { value: acknowledged, unit: "stops", n: kills, goal: null },
    "stops.recovered": { value: recovered, unit: "stops", n: kills, goal: `>= ${acknowledged}` },
  };
}
