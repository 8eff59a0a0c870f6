import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, isOpen, startKeeper, wait, type KeeperNode } from "./rack.ts";

export interface LatchKills {
  kills: number;
  /** Kills that landed while a stop, a reset or a start waited for its answer. */
  inFlight: number;
  /** Starts after a kill that came up in RUN. */
  cameUpRunning: number;
  /** Kills right after a stop had been acknowledged as on disk, and of them those after which it was there. */
  acknowledged: number;
  recovered: number;
  /** Epochs given out so far never came back. */
  epochsRose: boolean;
}

const NODE = "node0";

/** Kills one keeper with -9 around stops, resets and starts, each time at another moment (`moment`: 0 to 1), and starts it again on the same folder. */
export async function killAroundTrips(count: number, moment: () => number): Promise<LatchKills> {
  const stateDir = mkdtempSync(join(tmpdir(), "aos-latch-kills-"));
  const tally: LatchKills = { kills: 0, inFlight: 0, cameUpRunning: 0, acknowledged: 0, recovered: 0, epochsRose: true };
  const start = () => startKeeper({ stateDir, nodeId: NODE, isMain: true, members: [], host: "127.0.0.1", fresh: tally.kills === 0 });
  let highest = 0;
  let node = await start();
  try {
    for (let kill = 0; kill < count; kill++) {
      const acts = playUntilKilled(node);
      await wait(20 + moment() * 60);
      tally.inFlight += acts.waiting() > 0 ? 1 : 0;
      const stop = acts.stop();
      await node.kill("SIGKILL");
      const epoch = await acts.ended;
      highest = Math.max(highest, epoch);
      tally.kills += 1;
      node = await start();
      const view = await node.ask({ do: "view" });
      if (view.state === "run" || (await isOpen(node))) tally.cameUpRunning += 1;
      if (view.epoch <= highest) tally.epochsRose = false;
      if (stop) {
        tally.acknowledged += 1;
        const stops = [{ cause: view.cause, at: view.trippedAt }, ...view.also];
        if (view.epoch > stop.epoch && stops.some((one) => one.cause === "person" && one.at >= stop.since)) tally.recovered += 1;
      }
      await wait(50);
      if (await isOpen(node)) tally.cameUpRunning += 1;
    }
    return tally;
  } finally {
    await node.kill();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Reset, start and stop in turn until the keeper is dead. */
function playUntilKilled(node: KeeperNode) {
  let waiting = 0;
  let epoch = 0;
  let stop: { epoch: number; since: number } | undefined;
  const asked = async <T extends { ok: boolean }>(ask: Promise<T>): Promise<T> => {
    waiting += 1;
    try {
      return await ask;
    } finally {
      waiting -= 1;
    }
  };
  const play = async (): Promise<number> => {
    for (;;) {
      const since = Date.now();
      const trip = await asked(node.ask({ do: "trip" }));
      epoch = Math.max(epoch, trip.epoch);
      stop = trip.onDisk ? { epoch: trip.epoch, since } : undefined;
      await wait(2);
      // From here on a reset may be what is on disk.
      stop = undefined;
      await eventually("reset", async () => (await asked(node.ask({ do: "reset" }))).ok);
      const started = await asked(node.ask({ do: "start" }));
      if (started.ok) epoch = Math.max(epoch, started.epoch);
    }
  };
  return {
    /** Questions without an answer yet. */
    waiting: () => waiting,
    /** A stop that was said to be on disk, with nothing asked after it. */
    stop: () => stop,
    /** The highest epoch that was heard of, once the keeper is dead. */
    ended: play().catch(() => epoch),
  };
}
