import type { Migration } from "../../kernel/sqlite/database.ts";

/** Tables of `aos.db` that the gate owns. Instants are milliseconds since the epoch. */
export const breakerMigrations: readonly Migration[] = [
  {
    name: "gate",
    sql: `
      CREATE TABLE gate_policy (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
      CREATE TABLE gate_known (recipient TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
      CREATE TABLE gate_spent (act TEXT PRIMARY KEY, kind TEXT NOT NULL, amount REAL NOT NULL, at INTEGER NOT NULL) STRICT;
      CREATE TABLE gate_draft (id TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL, hash TEXT NOT NULL, left_ms REAL NOT NULL, seen_at INTEGER NOT NULL) STRICT;
      CREATE TABLE gate_runtime (id TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL, tools TEXT NOT NULL, rehearsal INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
    `,
  },
];
