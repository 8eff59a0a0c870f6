import { readFile } from "node:fs/promises";
import { feedAllowed } from "./updater.ts";

/** What can be set for the desktop itself, in `desktop.json` in its data folder. All else belongs to aosd. */
interface DesktopSettings {
  /** Address of an update feed. Null: updates are off. */
  updateFeed: string | null;
}
const defaultSettings: DesktopSettings = { updateFeed: null };

export type ParsedSettings = { ok: true; settings: DesktopSettings } | { ok: false; problem: string };

/** Reads the file's text. A wrong key or value is named, with what is allowed. */
export function parseSettings(text: string): ParsedSettings {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `desktop.json: ${String(error)}` };
  }
  if (typeof told !== "object" || told === null || Array.isArray(told)) return { ok: false, problem: "desktop.json: must be an object" };
  const stranger = Object.keys(told).find((key) => key !== "updateFeed");
  if (stranger !== undefined) return { ok: false, problem: `desktop.json: unknown key "${stranger}"; allowed: updateFeed` };
  const feed: unknown = "updateFeed" in told ? told.updateFeed : null;
  if (feed === null) return { ok: true, settings: { updateFeed: null } };
  if (typeof feed !== "string" || !feedAllowed(feed))
    return { ok: false, problem: "desktop.json: updateFeed must be null or an https address without a login" };
  return { ok: true, settings: { updateFeed: feed } };
}

/** The settings in a file; the defaults when there is none. */
export async function readSettings(file: string): Promise<ParsedSettings> {
  try {
    return parseSettings(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { ok: true, settings: defaultSettings };
    return { ok: false, problem: `desktop.json: ${String(error)}` };
  }
}
