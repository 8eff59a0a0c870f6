import { existsSync } from "node:fs";
import SQLite from "better-sqlite3";
import type { SqlRow, SqlValue } from "../../kernel/sqlite/database.ts";

/** A log's file opened for reading only, without the daemon. */
export interface LogFile {
  read(sql: string, ...params: readonly SqlValue[]): SqlRow[];
  /** Runs reads that see one and the same state of the file. */
  together<T>(read: () => T): T;
  /** Whether SQLite finds the whole file in order, indexes too. */
  isSound(): boolean;
  close(): void;
}

/** Throws when the file isn't there or SQLite can't read it. Sees what is in the write-ahead log beside it too. */
export function openLogFile(path: string): LogFile {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  const db = new SQLite(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  const prepared = new Map<string, SQLite.Statement<unknown[], SqlRow>>();
  const statement = (sql: string) => {
    const found = prepared.get(sql) ?? db.prepare<unknown[], SqlRow>(sql);
    prepared.set(sql, found);
    return found;
  };
  return {
    read: (sql, ...params) => statement(sql).all(...params),
    together: (read) => db.transaction(read).deferred(),
    isSound: () => db.pragma("integrity_check(1)", { simple: true }) === "ok",
    close: () => db.close(),
  };
}
