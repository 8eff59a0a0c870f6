import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "./log.ts";

const RESERVE_BYTES = 4 * 1024 * 1024;
const fileOf = (stateDir: string) => join(stateDir, "reserve");

function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** Keeps 4 MB of the state folder's disk aside, so that a daemon can start on a disk that somebody filled, and say so. Does nothing where there is little room. */
export function keepReserve(stateDir: string, log: Log): void {
  try {
    if (existsSync(fileOf(stateDir)) || freeBytes(stateDir) < 4 * RESERVE_BYTES) return;
    writeFileSync(fileOf(stateDir), Buffer.alloc(RESERVE_BYTES), { mode: 0o600 });
  } catch (error) {
    log.warn("disk.no-reserve", { error });
  }
}

/** Gives the reserve up when the disk is full; before a start. */
export function spendReserve(stateDir: string): void {
  if (freeBytes(stateDir) < RESERVE_BYTES) rmSync(fileOf(stateDir), { force: true });
}
