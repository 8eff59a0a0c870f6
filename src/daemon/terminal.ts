import type { PairingWindow } from "../contract/access.ts";
import type { Log } from "./kernel/log.ts";

/** What nobody caught ends the process: a daemon in an unknown state guards nothing. */
export function endOnCrash(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.error("aosd.crashed", { error });
    process.stderr.write(`aosd: ${error.stack ?? error.message}\n`);
    process.exit(1);
  });
}

/** The code belongs on the node's own terminal, where there is one, and nowhere else: never in the log. */
export function showCode(window: PairingWindow): void {
  if (window.state === "open" && process.stdout.isTTY) process.stderr.write(`pairing code ${window.code.replace(/^(\d{4})/, "$1 ")} (15 min)\n`);
}
