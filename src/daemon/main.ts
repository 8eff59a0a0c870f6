import { mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";

// Before anything else is loaded: code already stripped of its types is taken from the cache (a quarter of the start and
// 20 MB less), and the young generation stays small (the daemon is idle most of the time; measured in test/bench/daemon.ts).
enableCompileCache();
setFlagsFromString("--max-semi-space-size=2");
setFlagsFromString("--optimize-for-size");

const STOP_MS = 5000;

async function main(): Promise<void> {
  const [{ ConfigError, readConfig }, { EXIT_LOCKED, lockStateDir }, { spendReserve }, { startAosd }] = await Promise.all([
    import("./kernel/config.ts"),
    import("./kernel/lock.ts"),
    import("./kernel/reserve.ts"),
    import("./aosd.ts"),
  ]);
  let config: ReturnType<typeof readConfig>;
  try {
    config = readConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`aosd: ${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 });
  spendReserve(config.stateDir);
  const lock = lockStateDir(config.stateDir);
  if (!lock) {
    process.stderr.write(`aosd: another aosd holds ${config.stateDir}\n`);
    process.exitCode = EXIT_LOCKED;
    return;
  }
  // The handlers first: a stop that comes while it starts ends it as soon as it can be ended.
  const starting = startAosd(config);
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    const timer = setTimeout(() => process.exit(1), STOP_MS);
    timer.unref();
    starting
      .then((daemon) => daemon.stop())
      .then(() => {
        lock.release();
        process.exit(0);
      })
      .catch((error: unknown) => {
        process.stderr.write(`aosd: stopping (${why}) failed: ${String(error)}\n`);
        process.exit(1);
      });
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  // A daemon started as somebody's child (desktop, demo, tests) ends with them: their end of stdin closes.
  if (process.env["AOS_PARENT_PIPE"] === "1") {
    process.stdin.resume();
    process.stdin.on("end", () => stop("parent gone"));
    process.stdin.on("error", () => stop("parent gone"));
  }
  await starting;
}

main().catch((error: unknown) => {
  process.stderr.write(`aosd: can't start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
