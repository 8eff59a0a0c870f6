import type { Migration } from "../kernel/sqlite/database.ts";

/** Tables of `aos.db` that the access room owns. Instants are milliseconds since the epoch. */
export const accessMigrations: readonly Migration[] = [
  {
    name: "people and devices",
    sql: `
      CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER) STRICT;
      CREATE TABLE device (id TEXT PRIMARY KEY, person_id TEXT REFERENCES person(id) ON DELETE SET NULL, kind TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
        fingerprint TEXT, created_at INTEGER NOT NULL, last_seen_at INTEGER) STRICT;
      CREATE TABLE session (token_hash TEXT PRIMARY KEY, device_id TEXT NOT NULL REFERENCES device(id) ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT;
      CREATE TABLE link (token_hash TEXT PRIMARY KEY, person_id TEXT NOT NULL REFERENCES person(id) ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT;
      CREATE TABLE issued (cert_fp TEXT PRIMARY KEY, subject TEXT NOT NULL, not_after INTEGER NOT NULL, revoked_at INTEGER) STRICT;
      CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    `,
  },
  {
    name: "rack members",
    sql: `
      CREATE TABLE member (id TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, address TEXT, port INTEGER NOT NULL, fingerprint TEXT NOT NULL, cert_fp TEXT,
        unit_from INTEGER, unit_height INTEGER, last TEXT, added_at INTEGER NOT NULL) STRICT;
    `,
  },
];
