import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";

export interface MacReading {
  powerW: number | undefined;
  temperatureC: number | undefined;
}

/**
 * A line of `macmon pipe`, as its README documents it: watts and degrees Celsius. `all_power` is CPU, GPU and ANE alone;
 * what the whole machine draws is `sys_power`, which older versions don't tell.
 */
const line = z.object({
  all_power: z.number().nonnegative(),
  sys_power: z.number().optional(),
  temp: z.object({ cpu_temp_avg: z.number() }).partial().optional(),
});
const STALE_MS = 5000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export function parseMacmon(text: string): MacReading | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = line.safeParse(json);
  if (data === undefined) return undefined;
  // Where the chip has no such sensor macmon says 0.
  const known = (value: number | undefined) => (value !== undefined && value > 0 ? value : undefined);
  return { powerW: known(data.sys_power), temperatureC: known(data.temp?.cpu_temp_avg) };
}

/** Power and temperature of a Mac by the optional `macmon` tool, started again with a growing wait when it ends; without it they stay unknown. Not verified on hardware. */
export function startMacmon({ clock, log, command = "macmon" }: { clock: Clock; log: Log; command?: string }): {
  current(): MacReading | undefined;
  stop(): void;
} {
  let last: { reading: MacReading; at: number } | undefined;
  let child: ChildProcess | undefined;
  let stopped = false;
  let absent = false;
  let retryMs = FIRST_RETRY_MS;
  let cancel = () => {};
  const run = () => {
    const started = spawn(command, ["pipe", "-i", "2000"], { stdio: ["ignore", "pipe", "ignore"] });
    child = started;
    started.on("error", (error: NodeJS.ErrnoException) => {
      absent = error.code === "ENOENT";
      log.info("health.macmon-absent", { code: error.code });
    });
    started.on("close", (code) => {
      if (stopped || absent) return;
      log.info("health.macmon-ended", { code, retryMs });
      cancel = clock.after(retryMs, run);
      retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
    });
    createInterface(started.stdout).on("line", (text) => {
      const reading = parseMacmon(text);
      if (reading === undefined) return;
      last = { reading, at: clock.mono() };
      retryMs = FIRST_RETRY_MS;
    });
  };
  run();
  return {
    current: () => (last && clock.mono() - last.at < STALE_MS ? last.reading : undefined),
    stop() {
      stopped = true;
      cancel();
      child?.kill();
    },
  };
}
