import { readdirSync, readFileSync } from "node:fs";
import { cpus, freemem, platform, release, totalmem, type } from "node:os";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Reading } from "../../../contract/values.ts";

/** What the machine itself tells, read without a library: it costs 0.1 ms a second. Each returns "unknown" rather than guess. */
export interface CpuTimes {
  busy: number;
  total: number;
}

export function cpuTimes(): CpuTimes {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** Share of the whole machine between two looks, 0 to 100. */
export function cpuPercent(before: CpuTimes | undefined, now: CpuTimes): Reading {
  const total = before ? now.total - before.total : 0;
  if (!before || total <= 0) return "unknown";
  return Math.round(Math.min(1, Math.max(0, (now.busy - before.busy) / total)) * 1000) / 10;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export function memory(): { used: Reading; total: Reading } {
  const total = totalmem();
  const available = platform() === "linux" ? /^MemAvailable:\s+(\d+) kB/m.exec(readText("/proc/meminfo") ?? "")?.[1] : undefined;
  // On a Mac freemem() leaves out what the system would give back at once, so that every Mac looked full.
  const free = available === undefined ? Math.max(freemem(), process.availableMemory()) : Number(available) * 1024;
  return total > 0 ? { used: Math.max(0, total - free), total } : { used: "unknown", total: "unknown" };
}

export async function disk(dir: string): Promise<{ used: Reading; total: Reading }> {
  try {
    const { bsize, blocks, bfree } = await statfs(dir);
    return blocks > 0 ? { used: (blocks - bfree) * bsize, total: blocks * bsize } : { used: "unknown", total: "unknown" };
  } catch {
    return { used: "unknown", total: "unknown" };
  }
}

export interface NetworkBytes {
  rx: number;
  tx: number;
}

/** Bytes over all interfaces but loopback since boot; undefined where the system doesn't tell in a file. */
export function networkBytes(): NetworkBytes | undefined {
  const text = readText("/proc/net/dev");
  if (text === undefined) return undefined;
  let rx = 0;
  let tx = 0;
  for (const line of text.split("\n").slice(2)) {
    const [name, rest] = line.split(":");
    const fields = rest?.trim().split(/\s+/).map(Number);
    if (name === undefined || name.trim() === "lo" || !fields || fields.length < 9) continue;
    rx += fields[0] ?? 0;
    tx += fields[8] ?? 0;
  }
  return { rx, tx };
}

/** Hottest plausible sensor of Linux's hwmon and thermal zones, in degrees Celsius. */
export function temperature(root = "/sys/class"): Reading {
  const values = ["hwmon", "thermal"].flatMap((kind) => sensors(join(root, kind))).filter((c) => c > 0 && c < 130);
  return values.length > 0 ? Math.round(Math.max(...values) * 10) / 10 : "unknown";
}

function sensors(dir: string): number[] {
  return list(dir).flatMap((device) =>
    list(join(dir, device))
      .filter((name) => /^(temp\d+_input|temp)$/.test(name))
      .map((name) => Number(readText(join(dir, device, name))) / 1000),
  );
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** Name of the machine as its maker wrote it; "unknown" for blanks and for the placeholders that boards carry. */
export function linuxModel(): string {
  const text = (readText("/sys/class/dmi/id/product_name") ?? readText("/proc/device-tree/model") ?? "").replaceAll("\0", "").trim();
  return text === "" || /to be filled|default string|system product|none/i.test(text) ? "unknown" : text.slice(0, 60);
}

export const osName = (): string => `${type()} ${release()}`;
