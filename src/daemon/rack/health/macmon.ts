import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";

export interface MacReading {
  powerW: number;
  temperatureC: number | undefined;
}

/** A line of `macmon pipe`, as its README documents it: watts and degrees Celsius. */
const line = z.object({ all_power: z.number().nonnegative(), temp: z.object({ cpu_temp_avg: z.number() }).partial().optional() });
const STALE_MS = 5000;

export function parseMacmon(text: string): MacReading | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = line.safeParse(json);
  const heat = parsed.data?.temp?.cpu_temp_avg;
  return parsed.success ? { powerW: parsed.data.all_power, temperatureC: heat !== undefined && heat > 0 ? heat : undefined } : undefined;
}

/** Power and temperature of a Mac by the optional `macmon` tool; without it they stay unknown. Not verified on hardware. */
export function startMacmon({ clock, log, command = "macmon" }: { clock: Clock; log: Log; command?: string }): {
  current(): MacReading | undefined;
  stop(): void;
} {
  let last: { reading: MacReading; at: number } | undefined;
  const child = spawn(command, ["pipe", "-i", "2000"], { stdio: ["ignore", "pipe", "ignore"] });
  child.on("error", () => log.info("health.macmon-absent"));
  createInterface(child.stdout).on("line", (text) => {
    const reading = parseMacmon(text);
    if (reading) last = { reading, at: clock.mono() };
  });
  return { current: () => (last && clock.mono() - last.at < STALE_MS ? last.reading : undefined), stop: () => child.kill() };
}
