import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../kernel/clock.ts";
import { createLineCutter } from "./domain/frame.ts";
import type { ButtonLink, LinkEvents } from "./link.ts";

/** Starting a Node, loading the binding and opening the device takes 0.3 s; a device that takes longer than this is not answering. */
const openWithinMs = 8000;
const endWithinMs = 1000;
const program = fileURLToPath(new URL("./serial-process.ts", import.meta.url));

/**
 * Opens a serial device in a process of its own (`serial-process.ts` says why), so that it may be called from any thread. The process ends
 * with its opener. Rejects where the device can't be opened.
 */
export async function openSerialApart(path: string, { onLine, onClosed }: LinkEvents, { clock }: { clock: Clock }): Promise<ButtonLink> {
  const child = spawn(process.execPath, [program, path], { stdio: ["pipe", "pipe", "pipe"], env: {} });
  const ended = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let state: "opening" | "open" | "closing" = "opening";
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-500);
  });
  const over = (why: string) => {
    ended.resolve();
    opened.reject(new Error(why));
    if (state !== "open") return;
    state = "closing";
    onClosed(why);
  };
  child.once("error", (error) => over(error.message));
  child.once("close", (code, signal) => over(said.trim() || `serial process ended (${signal ?? code})`));
  // A line that it can't take any more: its end says so.
  child.stdin.on("error", (error) => {
    said ||= error.message;
  });
  const cut = createLineCutter();
  child.stdout.on("data", (chunk: Uint8Array) => {
    for (const line of cut(chunk)) {
      if (state === "open") onLine(line);
      else if (state === "opening" && line === "open") {
        state = "open";
        opened.resolve();
      }
    }
  });
  const kill = () => void child.kill("SIGKILL");
  const cancel = clock.after(openWithinMs, kill);
  await opened.promise.finally(cancel);
  return {
    send(line) {
      if (state === "open") child.stdin.write(`${line}\n`, "latin1");
    },
    async close() {
      state = "closing";
      if (child.exitCode !== null || child.signalCode !== null) return ended.promise;
      child.stdin.end();
      const cancelKill = clock.after(endWithinMs, kill);
      await ended.promise;
      cancelKill();
      return undefined;
    },
  };
}
