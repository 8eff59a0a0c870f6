import { chmodSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";

/** Exit code of a daemon that found its state folder in use. */
export const EXIT_LOCKED = 75;

/**
 * Takes the state folder for this process, or returns undefined when another process has it.
 * The lock is the operating system's (SQLite's exclusive file lock), so a killed daemon leaves none behind.
 */
export function lockStateDir(stateDir: string): { release(): void } | undefined {
  const path = join(stateDir, "lock.db");
  const db = new SQLite(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
}
