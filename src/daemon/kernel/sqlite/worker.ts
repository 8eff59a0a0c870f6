import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";
import type { Migration, Statement } from "./database.ts";

/** What the pool asks; `db` is a name of `files`. */
export type Request =
  | { id: number; op: "write"; db: string; statements: readonly Statement[] }
  | { id: number; op: "read"; db: string; statement: Statement }
  | { id: number; op: "close" };
export type Reply = { id: number; ok: true; value: unknown } | { id: number; ok: false; code: string; message: string };
export interface FileSpec {
  path: string;
  /** full: an acknowledged write survives a power cut. normal: it survives a kill. */
  durability: "full" | "normal";
  migrations: readonly Migration[];
}

const keptBackups = 3;
const port = parentPort;
if (!port) throw new Error("the database worker runs as a worker thread only");
const databases = new Map<string, SQLite.Database>();
const prepared = new Map<string, SQLite.Statement>();

function open(spec: FileSpec): SQLite.Database {
  const db = new SQLite(spec.path, { timeout: 5000 });
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${spec.durability === "full" ? "FULL" : "NORMAL"}`);
  db.pragma("foreign_keys = ON");
  db.pragma("cache_size = -2000");
  db.pragma("journal_size_limit = 8388608");
  if (db.pragma("quick_check(1)", { simple: true }) !== "ok") throw new SQLite.SqliteError(`${basename(spec.path)} is damaged`, "SQLITE_CORRUPT");
  migrate(db, spec);
  return db;
}

function migrate(db: SQLite.Database, spec: FileSpec): void {
  const had = Number(db.pragma("user_version", { simple: true }));
  if (had > spec.migrations.length)
    throw new Error(`${basename(spec.path)} was written by a newer version (schema ${had}, this one knows ${spec.migrations.length})`);
  for (const [index, step] of spec.migrations.entries()) {
    if (index < had) continue;
    if (index > 0) backup(db, spec.path, index, step.name);
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}

function backup(db: SQLite.Database, path: string, version: number, name: string): void {
  const copy = `${path}.before-${version + 1}-${name.replace(/[^a-z0-9]+/gi, "-")}`;
  if (existsSync(copy)) rmSync(copy);
  db.prepare("VACUUM INTO ?").run(copy);
  const prefix = `${basename(path)}.before-`;
  const kept = readdirSync(dirname(path))
    .filter((file) => file.startsWith(prefix))
    .toSorted((a, b) => Number.parseInt(b.slice(prefix.length), 10) - Number.parseInt(a.slice(prefix.length), 10));
  for (const file of kept.slice(keptBackups)) rmSync(join(dirname(path), file));
}

function statement(name: string, sql: string): SQLite.Statement {
  const key = `${name}\0${sql}`;
  let found = prepared.get(key);
  if (!found) {
    found = database(name).prepare(sql);
    if (prepared.size < 200) prepared.set(key, found);
  }
  return found;
}

function database(name: string): SQLite.Database {
  const db = databases.get(name);
  if (!db) throw new Error(`no database ${name}`);
  return db;
}

function answer(request: Request): unknown {
  switch (request.op) {
    case "write": {
      let changes = 0;
      database(request.db).transaction(() => {
        for (const { sql, params } of request.statements) changes += statement(request.db, sql).run(...(params ?? [])).changes;
      })();
      return changes;
    }
    case "read":
      return statement(request.db, request.statement.sql).all(...(request.statement.params ?? []));
    case "close":
      for (const db of databases.values()) db.close();
      return undefined;
  }
}

const failure = (id: number, error: unknown): Reply => ({
  id,
  ok: false,
  code: (error as { code?: string }).code ?? "ERROR",
  message: (error as Error).message,
});

try {
  for (const [name, spec] of Object.entries(workerData as Record<string, FileSpec>)) databases.set(name, open(spec));
  port.postMessage({ id: 0, ok: true, value: undefined } satisfies Reply);
} catch (error) {
  port.postMessage(failure(0, error));
}

port.on("message", (request: Request) => {
  try {
    port.postMessage({ id: request.id, ok: true, value: answer(request) } satisfies Reply);
  } catch (error) {
    port.postMessage(failure(request.id, error));
  }
  if (request.op === "close") port.close();
});
