/** Values that SQLite stores; integers beyond 2^53 are not used. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;
export interface Statement {
  sql: string;
  params?: readonly SqlValue[];
}

/** One database file behind the one writer thread. Promises settle after the commit (that is the acknowledgement). */
export interface Database {
  /** Runs the statements in one transaction; resolves to the number of changed rows in total. Rejects with `DiskFullError` when the disk is full: nothing of the batch was kept. */
  write(statements: readonly Statement[]): Promise<number>;
  /** Rows of one query. */
  read(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
}

/** Schema steps in order; a database remembers how many it has had (`user_version`). */
export interface Migration {
  /** Says what it does, for the log and the name of the backup made before it. */
  name: string;
  sql: string;
}

export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
}
