import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createIds } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { createProcesses } from "../custody/processes.ts";
import { createReaper } from "../custody/reaper.ts";
import { createButtonPort } from "./button-port.ts";
import { openChannel, type Channel } from "./channel.ts";
import { createCore, type Core } from "./core.ts";
import type { FromKeeper, ThreadData, ToKeeper } from "./messages.ts";
import { createThreadClock } from "./monotonic.ts";
import { openShared } from "./shared.ts";
import { createStore, readLatch } from "./store.ts";

const port = parentPort;
if (!port) throw new Error("the keeper runs as a worker thread only");
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
const say = (event: FromKeeper) => port.postMessage(event);
const data = workerData as ThreadData;
const clock = createThreadClock();
const ids = createIds();

const written =
  (level: "debug" | "info" | "warn" | "error") =>
  (event: string, fields: Record<string, unknown> = {}) =>
    say({ say: "log", level, event, fields });
const log: Log = { debug: written("debug"), info: written("info"), warn: written("warn"), error: written("error"), child: () => log };

/** On Linux this is the calling thread alone: a machine that is busy with agents' work must not make the lease late. */
function goFirst(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch (error) {
    log.info("latch.usual-priority", { error: String(error) });
  }
}

async function keep(): Promise<void> {
  goFirst();
  const made: { core?: Core } = {};
  const channel: Channel = await openChannel({
    host: data.host,
    port: data.port,
    ids,
    log,
    onLease: (lease) => made.core?.lease(lease),
    onAck: (nodeId, ack) => made.core?.ack(nodeId, ack),
  });
  const store = createStore({ stateDir: data.stateDir, clock, onChange: () => made.core?.diskChanged() });
  const onError = (error: unknown) => log.error("custody.error", { error: String(error) });
  const reaper = createReaper({ clock, processes: createProcesses(), spared: new Set([1, process.pid, process.ppid]), onError });
  const core = createCore({
    nodeId: data.nodeId,
    isMain: data.isMain,
    read: readLatch(data.stateDir, { fresh: data.fresh }),
    clock,
    log,
    shared: openShared(data.shared),
    store,
    channel,
    reaper,
    say,
  });
  made.core = core;
  const button = createButtonPort({ clock, ids, log, onState: core.button, onShutdownWanted: () => say({ say: "shutdown-wanted" }) });

  const answer = (message: ToKeeper): unknown => {
    switch (message.ask) {
      case "trip":
        return core.trip(message.n, message.trip, message.asked);
      case "note":
        return core.note(message.reason);
      case "reset":
        return core.reset(message);
      case "start":
        return core.start(message.at);
      case "exclude":
        return core.exclude(message.nodeId);
      case "session":
        return channel.session();
      case "refused":
        return channel.refused();
      case "members":
        return core.members(message.isMain, message.ids);
      case "peer":
        return core.peer(message.nodeId, message.at);
      case "button":
        return button.set(message.config);
      case "track":
        return core.track(message.group);
      case "end":
        return reaper.end(message.token);
      case "killAll":
        return reaper.killAll(message.upTo);
      case "alive":
        return reaper.alive();
      case "stop":
        return end();
    }
  };
  const end = async () => {
    core.stop();
    store.stop();
    await button.set(null);
    await channel.close();
  };
  const carryOut = async (message: ToKeeper) => {
    try {
      const value = (await answer(message)) ?? null;
      // Whoever looks after the answer sees what it did.
      if (message.ask !== "stop") core.drawNow();
      say({ say: "answer", id: message.id, value });
    } catch (error) {
      say({ say: "failed", id: message.id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  port?.on("message", (message: ToKeeper) => void carryOut(message));
  say({ say: "ready", port: channel.port });
}

await keep();
