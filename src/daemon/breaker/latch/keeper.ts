import { Worker } from "node:worker_threads";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { StopReport } from "../custody/domain/group.ts";
import type { ReaperPort } from "../custody/reaper-port.ts";
import type { Fence } from "../domain/fence.ts";
import type { ButtonConfig } from "./button-port.ts";
import type { LeaseSession, PeerAddress, Refused } from "./channel.ts";
import { stopped, viewOf, type Snapshot } from "./domain/rack-view.ts";
import { bounded, type Trip } from "./domain/trip.ts";
import type { Blocker, LatchView } from "./domain/view.ts";
import type { AskName, Asks, CommandAnswer, FromKeeper, ThreadData, TripAck } from "./messages.ts";
import { threadMono } from "./monotonic.ts";
import { createSharedBuffer, openShared } from "./shared.ts";

export interface KeeperDeps {
  stateDir: string;
  nodeId: string;
  /** True on the node that leases RUN to the rack; asked at the start and at `membersChanged`. */
  isMain(): boolean;
  /** Members of the rack beside this node; main only. */
  members(): readonly string[];
  /** True only when this state folder was never used: a latch that is missing there is no loss. */
  fresh: boolean;
  /** IP address to bind the lease's UDP port to; `port` 0: any free one. */
  lanHost: string;
  port?: number;
  clock: Clock;
  log: Log;
  /** Outcomes that somebody has to look at before a reset. */
  blockers?(): readonly Blocker[];
  onChange?(): void;
  /** What a stop's killing came to. */
  onStopReport?(report: StopReport): void;
  /** The button was held for 5 s. */
  onShutdownWanted?(): void;
}

const START_MS = 10_000;
const TRACK_MS = 500;
/** Killing takes 5 s at most. */
const KILL_MS = 8000;

/**
 * The latch for the rest of the daemon. It lives in a thread of its own; closing takes effect before `trip` returns its
 * promise, opening only ever happens in the thread. When the thread is gone, the gate is closed and stays so.
 */
export async function createKeeper(deps: KeeperDeps) {
  const { nodeId, log } = deps;
  const buffer = createSharedBuffer();
  const shared = openShared(buffer);
  const listeners = new Set<() => void>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let snapshot: Snapshot | undefined;
  let dead: Error | undefined;
  let stopping = false;
  let asks = 0;
  let closedSince = 0;
  /** Number of the last stop that was asked for. */
  let asked = 0;

  const data: ThreadData = {
    stateDir: deps.stateDir,
    nodeId,
    host: deps.lanHost,
    port: deps.port ?? 0,
    isMain: deps.isMain(),
    fresh: deps.fresh,
    shared: buffer,
  };
  const worker = new Worker(new URL("./keeper-thread.ts", import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
  });
  /** Once for each opening, whoever saw the close first. */
  const closed = (since: number) => {
    if (closedSince === since) return;
    closedSince = since;
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        log.error("latch.close-listener", { error });
      }
    }
  };
  const started = Promise.withResolvers<number>();
  const drawn = Promise.withResolvers<null>();
  const die = (error: Error) => {
    if (dead) return;
    dead = error;
    shared.askTrip();
    closed(shared.state().since);
    started.reject(error);
    drawn.reject(error);
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    if (!stopping) log.error("latch.keeper-ended", { error: error.message });
    deps.onChange?.();
  };
  worker.on("error", (error) => die(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => die(new Error("the keeper's thread has ended")));
  worker.on("message", (event: FromKeeper) => {
    switch (event.say) {
      case "ready":
        return started.resolve(event.port);
      case "closed":
        return closed(event.since);
      case "snapshot":
        // One from before a stop that was asked for meanwhile would show the rack running.
        if (event.seen < asked) return;
        snapshot = event.snapshot;
        drawn.resolve(null);
        return deps.onChange?.();
      case "stop-report":
        return deps.onStopReport?.(event.report);
      case "shutdown-wanted":
        return deps.onShutdownWanted?.();
      case "log":
        return log[event.level](event.event, event.fields);
      case "answer":
      case "failed": {
        const one = waiting.get(event.id);
        waiting.delete(event.id);
        return event.say === "answer" ? one?.resolve(event.value) : one?.reject(new Error(event.message));
      }
    }
  });
  const ask = async <K extends AskName>(name: K, what: Asks[K]["ask"]): Promise<Asks[K]["answer"]> => {
    if (dead) throw dead;
    const id = ++asks;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage({ id, ask: name, ...what });
    return (await answer) as Asks[K]["answer"];
  };

  const cancelWait = deps.clock.after(START_MS, () => started.reject(new Error("the keeper did not start")));
  drawn.promise.catch((error: unknown) => log.debug("latch.never-drawn", { error: String(error) }));
  let port: number;
  try {
    port = await started.promise;
    await drawn.promise;
    await ask("members", { isMain: deps.isMain(), ids: deps.members() });
  } catch (error) {
    stopping = true;
    await worker.terminate();
    throw error;
  } finally {
    cancelWait();
  }

  const fence: Fence = {
    open: (epoch) => dead === undefined && shared.admits(epoch, threadMono()),
    epoch: () => shared.state().epoch,
    onClose(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
  /** A keeper that doesn't answer in time is treated as gone. */
  const within = async <T>(answer: Promise<T>, ms: number): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const cancel = deps.clock.after(ms, () => late.reject(new Error(`the keeper did not answer within ${ms} ms`)));
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      cancel();
    }
  };
  const reaper: ReaperPort = {
    track: async (group) => void (await within(ask("track", { group }), TRACK_MS)),
    end: (token) => within(ask("end", { token }), KILL_MS),
    killAll: (upTo) => within(ask("killAll", { upTo }), KILL_MS),
    alive: () => within(ask("alive", {}), KILL_MS),
  };
  return {
    fence,
    /** UDP port of the lease. */
    port,
    /** The latch with its ages at this moment. */
    view(): LatchView {
      if (!snapshot) throw new Error("the keeper has not spoken");
      const { open, deadline } = shared.state();
      const node = { ...snapshot.node, open: open && dead === undefined, deadline };
      return viewOf({ ...snapshot, node }, deps.blockers?.() ?? [], threadMono());
    },
    /** Closes this node before it returns. Resolves when the stop is on disk, or after a second with `onDisk: false`. */
    async trip(what: { cause: Trip["cause"]; by: Trip["by"]; via: Trip["via"]; reason: string | null }): Promise<TripAck> {
      const from = threadMono();
      const { open, since, epoch } = shared.state();
      asked = shared.askTrip();
      const trip = bounded({ ...what, nodeId, at: deps.clock.now() });
      if (snapshot) snapshot = stopped(snapshot, trip, from);
      if (open) closed(since);
      if (dead) return { ok: true, epoch, onDisk: false };
      return await ask("trip", { n: asked, asked: from, trip });
    },
    /** Words to the present stop, written after it. */
    note: (reason: string): Promise<CommandAnswer> => ask("note", { reason }),
    /** STOPPED -> READY; opens nothing. `at`: the epoch that the caller had on screen; refused as `moved-on` when it is another by now. */
    reset: (at?: number): Promise<CommandAnswer> => ask("reset", { at, blocked: (deps.blockers?.() ?? []).length > 0 }),
    /** READY -> RUN, and in RUN lets in nodes that wait. `at` as for `reset`. */
    start: (at?: number): Promise<CommandAnswer> => ask("start", { at }),
    /** Takes a silent node out of the present stop. */
    exclude: (id: string): Promise<CommandAnswer> => ask("exclude", { nodeId: id }),
    /** The rack changed: who is main, who belongs to it. */
    membersChanged: (): Promise<null> => ask("members", { isMain: deps.isMain(), ids: deps.members() }),
    /** Main: where a member's keeper listens, as it said over mutual TLS. */
    setPeer: (id: string, at: PeerAddress): Promise<null> => ask("peer", { nodeId: id, at }),
    /** Member: a new key for main; the one before it ends with the first use of this one. */
    session: (): Promise<LeaseSession> => ask("session", {}),
    /** From now on the button is the authority over RUN; null: none. */
    setButton: (config: ButtonConfig | null): Promise<null> => ask("button", { config }),
    /** Datagrams that were not believed. */
    refused: (): Promise<Refused> => ask("refused", {}),
    /** Custody's way to the reaper in the keeper's thread. */
    reaper,
    async stop(): Promise<void> {
      stopping = true;
      shared.askTrip();
      if (!dead) await ask("stop", {});
      await worker.terminate();
    },
  };
}
export type Keeper = Awaited<ReturnType<typeof createKeeper>>;
