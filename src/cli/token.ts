import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { refuse } from "./refusal.ts";
import { defaultStateDir, tokenFile, type Surroundings } from "./state-dir.ts";

const othersMayRead = 0o077;

/** The token to act with: from the named file, or from the usual place. A missing file means none: claim and recover make it. */
export function readToken(surroundings: Surroundings, named?: string): string | undefined {
  const path = named ?? tokenFile(surroundings);
  try {
    if (surroundings.platform !== "win32" && (statSync(path).mode & othersMayRead) !== 0) refuse("cli.token-exposed", { path });
    return readFileSync(path, "utf8").trim() || undefined;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    if (missing) return undefined;
    if (error instanceof Error && "code" in error) refuse("cli.file-failed", { path, detail: String(error.code) });
    throw error;
  }
}

/**
 * Keeps a new token for the next command and returns where. Undefined when it was not kept: a token of an aosd that
 * is not the machine's usual one would push out the usual one's.
 */
export function keepToken(surroundings: Surroundings, dir: string, token: string, named?: string): string | undefined {
  if (named === undefined && dir !== defaultStateDir(surroundings)) return undefined;
  const path = named ?? tokenFile(surroundings);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
    // `mode` above counts only for a new file.
    chmodSync(path, 0o600);
  } catch (error) {
    refuse("cli.file-failed", { path, detail: error instanceof Error ? error.message : String(error) });
  }
  return path;
}
