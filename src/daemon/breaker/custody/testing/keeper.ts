import { parentPort } from "node:worker_threads";
import { createClock } from "../../../kernel/clock.ts";
import { createProcesses } from "../processes.ts";
import { serveReaper } from "./reaper-channel.ts";
import { createReaper } from "../reaper.ts";

// A keeper that keeps nothing but the reaper: the same thread boundary as in the daemon.
if (!parentPort) throw new Error("a keeper runs as a worker thread only");
const reaper = createReaper({
  clock: createClock(),
  processes: createProcesses(),
  spared: new Set([1, process.pid, process.ppid]),
  onError: (error) => process.stderr.write(`reaper: ${String(error)}\n`),
});
serveReaper(parentPort, reaper);
