import { execFile } from "node:child_process";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { UpsReport } from "../domain/ups.ts";
import type { Ups } from "./port.ts";
import { createWatched } from "./watched.ts";

/** macOS answers in milliseconds, but each look is a process: every other second keeps it within the 3 s a change may take. */
const lookEveryMs = 2000;
const answerMs = 3000;

/**
 * Reads what `pmset -g batt` prints. The Mac's own battery is not a UPS and is passed over; null when no UPS is listed.
 * Built on the documented form of the output, not verified on hardware.
 */
export function parsePmset(text: string): { name: string; vars: Record<string, string> } | null {
  const device = text.split("\n").find((line) => /^\s*-/.test(line) && !line.includes("InternalBattery"));
  const match = device === undefined ? null : /^\s*-(.+?)\s*(?:\(id=\d+\))?\s+(\d{1,3})%;\s*([^;]*);\s*([^;]*)/.exec(device);
  const [, name, charge, power, left] = match ?? [];
  if (name === undefined || charge === undefined || power === undefined) return null;
  const source = /Now drawing from '([^']+)'/.exec(text)?.[1];
  const discharging = /\bdischarging\b/.test(power);
  const flags: string[] = [];
  if (discharging || source === "UPS Power") flags.push("OB", "DISCHRG");
  else if (source === "AC Power") flags.push("OL");
  if (!discharging && /\bcharging\b/.test(power) && !/not charging/.test(power)) flags.push("CHRG");
  if (/Battery Warning: Final/.test(text)) flags.push("LB");
  const vars: Record<string, string> = { "ups.status": flags.join(" "), "battery.charge": charge, "device.model": name };
  const time = /(\d+):(\d{2}) remaining/.exec(left ?? "");
  // On mains the time is that of charging, and 0:00 where it is full: not how long the battery lasts.
  if (time !== null && discharging) vars["battery.runtime"] = String(Number(time[1]) * 3600 + Number(time[2]) * 60);
  return { name, vars };
}

/** A UPS that macOS itself knows (USB), read by `pmset`. `run` stands in for the command in tests. */
export function createPmsetUps({ clock, log, run = runPmset }: { clock: Clock; log: Log; run?: () => Promise<string> }): Ups {
  const watched = createWatched({ clock, source: "pmset", name: null });
  let busy = false;
  let running = 0;
  const read = async (): Promise<UpsReport> => {
    try {
      const found = parsePmset(await run());
      return found === null ? { kind: "silent", problem: "unknown-ups" } : { kind: "values", ...found, encrypted: false, problem: null };
    } catch (error) {
      log.warn("ups.pmset-failed", { error: String(error) });
      return { kind: "silent", problem: "timeout" };
    }
  };
  const look = async (round: number) => {
    if (busy) return;
    busy = true;
    const report = await read();
    busy = false;
    if (round === running) watched.report(report);
  };
  return {
    current: watched.current,
    onChange: watched.onChange,
    start() {
      running += 1;
      const round = running;
      const tick = () => {
        watched.report(null);
        void look(round);
      };
      const stop = clock.every(lookEveryMs, tick);
      tick();
      return () => {
        running += 1;
        stop();
      };
    },
  };
}

function runPmset(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile("/usr/bin/pmset", ["-g", "batt"], { timeout: answerMs, maxBuffer: 65_536, env: { LC_ALL: "C" } }, (error, stdout) =>
    error === null ? resolve(stdout) : reject(error),
  );
  return promise;
}
