import type { Migration } from "../../kernel/sqlite/database.ts";

/**
 * Tables of `audit.db` and of its copies. `entry` is the log; `payload` holds the content in sealed boxes and `payload_key` what opens them, so
 * that a content is erased by deleting one small row. `node` (inner nodes of the tree), and `act` (what became of each act) follow from `entry`.
 */
export const auditMigrations: readonly Migration[] = [
  {
    name: "log",
    sql: `
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE entry (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL, class TEXT, kind TEXT NOT NULL, decision TEXT,
        reason TEXT, act TEXT, subject TEXT NOT NULL, epoch INTEGER NOT NULL, payload_hash BLOB, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
      CREATE INDEX entry_act ON entry (act) WHERE act IS NOT NULL;
      CREATE INDEX entry_log ON entry (seq) WHERE kind = 'log';
      CREATE TABLE payload (seq INTEGER PRIMARY KEY, iv BLOB NOT NULL, box BLOB NOT NULL) STRICT;
      CREATE TABLE payload_key (seq INTEGER PRIMARY KEY, key BLOB NOT NULL, salt BLOB NOT NULL) STRICT;
      CREATE TABLE node (level INTEGER NOT NULL, pos INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, pos)) STRICT, WITHOUT ROWID;
      CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, root BLOB NOT NULL, at INTEGER NOT NULL, signature TEXT NOT NULL) STRICT;
      CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, signature TEXT NOT NULL) STRICT;
      CREATE TABLE act (first INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL, at INTEGER NOT NULL, decision TEXT, reason TEXT,
        outcome TEXT, open INTEGER NOT NULL) STRICT;
      CREATE INDEX act_at ON act (at, decision, outcome);
      CREATE INDEX act_open ON act (open, first) WHERE open > 0;
    `,
  },
];
