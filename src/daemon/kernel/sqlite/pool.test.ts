import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { expect, test } from "vitest";
import type { Migration } from "./database.ts";
import { openPool } from "./pool.ts";

const one: Migration = { name: "things", sql: "CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;" };
const two: Migration = { name: "add colour", sql: "ALTER TABLE thing ADD COLUMN colour TEXT;" };
const broken: Migration = { name: "broken", sql: "ALTER TABLE nowhere ADD COLUMN x TEXT;" };
const dir = () => mkdtempSync(join(tmpdir(), "aos-sqlite-"));
const open = (path: string, migrations: readonly Migration[]) => openPool({ main: { path, durability: "full", migrations } });

test("a batch is one transaction: all of it or nothing", async () => {
  const pool = await open(join(dir(), "a.db"), [one]);
  const db = pool.database("main");
  await expect(
    db.write([{ sql: "INSERT INTO thing (id, text) VALUES (1, 'a')" }, { sql: "INSERT INTO thing (id, text) VALUES (1, 'twice')" }]),
  ).rejects.toThrow("UNIQUE");
  expect(await db.read("SELECT count(*) AS n FROM thing")).toEqual([{ n: 0 }]);
  expect(await db.write([{ sql: "INSERT INTO thing (id, text) VALUES (?, ?)", params: [1, "a"] }])).toBe(1);
  await pool.close();
});

test("a copy of the file is made before each migration of a database that has data", async () => {
  const folder = dir();
  const path = join(folder, "a.db");
  const first = await open(path, [one]);
  await first.database("main").write([{ sql: "INSERT INTO thing (id, text) VALUES (7, 'before')" }]);
  await first.close();
  const second = await open(path, [one, two]);
  await second.close();
  const copies = readdirSync(folder).filter((name) => name.includes(".before-"));
  expect(copies).toEqual(["a.db.before-2-add-colour"]);
  const copy = new SQLite(join(folder, copies[0] ?? ""), { readonly: true });
  expect(copy.prepare("SELECT id, text FROM thing").all()).toEqual([{ id: 7, text: "before" }]);
  copy.close();
});

test("a migration that fails leaves the database as it was, and its copy", async () => {
  const folder = dir();
  const path = join(folder, "a.db");
  await (await open(path, [one])).close();
  await expect(open(path, [one, broken])).rejects.toThrow("no such table");
  const again = await open(path, [one]);
  expect(await again.database("main").read("PRAGMA user_version")).toEqual([{ user_version: 1 }]);
  await again.close();
});

test("a damaged file and one from a newer version are refused, not overwritten", async () => {
  const damaged = join(dir(), "a.db");
  writeFileSync(damaged, "this is no database, it is a letter".repeat(100));
  await expect(open(damaged, [one])).rejects.toThrow();
  const newer = join(dir(), "b.db");
  await (await open(newer, [one, two])).close();
  await expect(open(newer, [one])).rejects.toThrow("newer version");
});
