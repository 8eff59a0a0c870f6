import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Rectangle } from "electron";
import type { Log } from "./log.ts";

export interface WindowState {
  bounds: Rectangle;
  maximized: boolean;
}

/** Least that a window may be, and least of its title that must stay within reach of a mouse, in pixels. */
export const minimum = { width: 390, height: 480, reachable: 80 } as const;
const first = { width: 1280, height: 800 } as const;

/** Where a window opens: as it was left, if a screen still shows it; else in the middle of the first screen. */
export function place(saved: WindowState | null, areas: readonly Rectangle[]): { width: number; height: number; x?: number; y?: number; maximized: boolean } {
  if (saved === null) return { ...first, maximized: false };
  const { bounds } = saved;
  const width = Math.max(minimum.width, bounds.width);
  const height = Math.max(minimum.height, bounds.height);
  const seen = areas.some(
    (area) =>
      Math.min(bounds.x + width, area.x + area.width) - Math.max(bounds.x, area.x) >= minimum.reachable &&
      bounds.y >= area.y &&
      bounds.y <= area.y + area.height - minimum.reachable,
  );
  return seen ? { width, height, x: bounds.x, y: bounds.y, maximized: saved.maximized } : { ...first, maximized: saved.maximized };
}

/** Reads a state that was saved; null when it is not one. */
export function parseWindowState(text: string): WindowState | null {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof told !== "object" || told === null || !("bounds" in told) || typeof told.bounds !== "object" || told.bounds === null) return null;
  const { x, y, width, height } = told.bounds as Record<string, unknown>;
  const whole = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 100_000;
  if (!whole(x) || !whole(y) || !whole(width) || !whole(height)) return null;
  return { bounds: { x, y, width, height }, maximized: "maximized" in told && told.maximized === true };
}

/** Keeps the window's place in one small file. A file that can't be read or written costs the place and nothing else. */
export function createWindowStateFile(file: string, log: Log) {
  return {
    load(): WindowState | null {
      try {
        return parseWindowState(readFileSync(file, "utf8"));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") log("warn", "window-state.unreadable", { reason: String(error) });
        return null;
      }
    },
    save(state: WindowState): void {
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        log("warn", "window-state.unwritable", { reason: String(error) });
      }
    },
  };
}
export type WindowStateFile = ReturnType<typeof createWindowStateFile>;
