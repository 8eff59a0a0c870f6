import { parentPort, workerData } from "node:worker_threads";
import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import { createButtonReader, type ButtonSource } from "../reader.ts";

/** A reader in a thread of its own, as the lease keeper runs it: tells its parent what it is told, and stops at any message. */
const { source, key } = workerData as { source: ButtonSource; key: Uint8Array };
const port = parentPort;
if (port === null) throw new Error("to be run as a worker");
const reader = createButtonReader({
  source,
  key,
  clock: createClock(),
  ids: createIds(),
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  onChange: (view) => port.postMessage(view),
  onRenew: () => undefined,
});
port.once("message", () => void reader.stop());
