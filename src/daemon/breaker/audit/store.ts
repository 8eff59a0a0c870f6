import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Database, Migration } from "../../kernel/sqlite/database.ts";
import { openPool } from "../../kernel/sqlite/pool.ts";
import { auditMigrations } from "./schema.ts";

/** A log's file, opened so that it can be closed and put aside alone. */
export interface Store extends Database {
  /** Waits for queued work. */
  close(): Promise<void>;
  /** Brings the file up to date and empties the write-ahead log; false while a reader elsewhere still needs it. */
  flush(): Promise<boolean>;
}

/** A database behind some writer thread. */
export interface OpenedFile {
  db: Database;
  close(): Promise<void>;
}
export type OpenFile = (spec: { path: string; durability: "full"; migrations: readonly Migration[] }) => Promise<OpenedFile>;

/** A thread for one file (about 23 MB of memory each). */
const ownThread: OpenFile = async (spec) => {
  const pool = await openPool({ log: spec });
  return { db: pool.database("log"), close: () => pool.close() };
};

/** Opens or creates a log's file. Rejects with the code of SQLite when it is damaged. */
export async function openStore(path: string, openFile: OpenFile = ownThread): Promise<Store> {
  const { db, close } = await openFile({ path, durability: "full", migrations: auditMigrations });
  // What is deleted is overwritten: an erased key must not be found in the file.
  await db.read("PRAGMA secure_delete = ON");
  return {
    ...db,
    close,
    async flush() {
      const [answer] = await db.read("PRAGMA wal_checkpoint(TRUNCATE)");
      return answer?.["busy"] === 0;
    },
  };
}

/** True for a file that SQLite can't read as a database: damage, as opposed to a disk that is full or a folder that can't be entered. */
export const isDamage = (error: unknown): boolean => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
};

const asideName = (path: string, n: number) => join(dirname(path), `${basename(path, ".db")}.damaged-${n}.db`);

/** Files put aside so far, newest first. */
export function putAside(path: string): string[] {
  const prefix = `${basename(path, ".db")}.damaged-`;
  const number = (name: string) => Number.parseInt(name.slice(prefix.length), 10);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+\.db$/.test(name.slice(prefix.length)))
    .toSorted((a, b) => number(b) - number(a))
    .map((name) => join(dirname(path), name));
}

/** Puts a closed log's file aside, with its write-ahead log; undefined when there is none. */
export function putFileAside(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  let n = 1;
  while (existsSync(asideName(path, n))) n++;
  const to = asideName(path, n);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${to}-wal`);
  rmSync(`${path}-shm`, { force: true });
  renameSync(path, to);
  return to;
}

/** SHA-256 (hex) over a file and its write-ahead log, if it has one. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for (const part of [path, `${path}-wal`]) if (existsSync(part)) for await (const piece of createReadStream(part)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Removes the copies that were made before a change of the schema: they hold keys that were erased since. */
export function removeCopies(path: string): void {
  const prefix = `${basename(path)}.before-`;
  for (const name of readdirSync(dirname(path)).filter((name) => name.startsWith(prefix))) rmSync(join(dirname(path), name));
}
