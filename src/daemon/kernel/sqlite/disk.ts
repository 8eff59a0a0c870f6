import type { Log } from "../log.ts";
import { DiskFullError, type Database } from "./database.ts";

/** Remembers whether the disk refused the last write of any database, so that the owner can be told. */
export function watchDisk(log: Log) {
  let full = false;
  return {
    full: () => full,
    watch: (db: Database): Database => ({
      read: (sql, params) => db.read(sql, params),
      async write(statements) {
        try {
          const changes = await db.write(statements);
          if (full) log.info("disk.has-room-again");
          full = false;
          return changes;
        } catch (error) {
          if (error instanceof DiskFullError && !full) {
            full = true;
            log.error("disk.full", { error });
          }
          throw error;
        }
      },
    }),
  };
}
