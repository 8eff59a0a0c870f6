import type { Log } from "./kernel/log.ts";

/** What nobody caught ends the process: a daemon in an unknown state guards nothing. */
export function endOnCrash(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.error("aosd.crashed", { error });
    process.stderr.write(`aosd: ${error.stack ?? error.message}\n`);
    process.exit(1);
  });
}
