import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What the folders depend on; process.env and friends in the real program. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
}

/** Where aosd keeps its state unless told otherwise. */
export function defaultStateDir({ env, platform, home }: Surroundings): string {
  if (platform === "darwin") return join(home, "Library", "Application Support", "aos");
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "aos");
  return join(env["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "aos");
}

/** The state folder to talk to: `--state-dir`, then AOS_STATE_DIR, then the platform's own. */
export function stateDir(surroundings: Surroundings, given?: string): string {
  return given ?? (surroundings.env["AOS_STATE_DIR"] || defaultStateDir(surroundings));
}

/** Where `aos` keeps the token of the person who uses it. */
export function tokenFile({ env, platform, home }: Surroundings): string {
  if (platform === "darwin") return join(home, "Library", "Application Support", "aos", "token");
  if (platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "aos", "token");
  return join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "aos", "token");
}

const aosdFile = z.object({ pid: z.number().int().positive(), socket: z.string().min(1) });

export type AosdFile = { ok: true; pid: number; socket: string } | { ok: false; reason: "not-started" | "no-permission" | "unreadable" };

/** Reads `<stateDir>/aosd.json`, which a running aosd writes and removes when it stops. */
export function readAosdFile(dir: string): AosdFile {
  let text: string;
  try {
    text = readFileSync(join(dir, "aosd.json"), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return {
      ok: false,
      reason: code === "ENOENT" || code === "ENOTDIR" ? "not-started" : code === "EACCES" || code === "EPERM" ? "no-permission" : "unreadable",
    };
  }
  const parsed = aosdFile.safeParse(parseJson(text));
  return parsed.success ? { ok: true, pid: parsed.data.pid, socket: parsed.data.socket } : { ok: false, reason: "unreadable" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half-written or foreign: the schema refuses `undefined` and the caller says "unreadable".
    return undefined;
  }
}
