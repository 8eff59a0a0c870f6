import { Worker } from "node:worker_threads";
import { DiskFullError, type Database, type SqlRow } from "./database.ts";
import type { FileSpec, Reply, Request } from "./worker.ts";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

export interface Pool<Name extends string> {
  database(name: Name): Database;
  /** Waits for queued work, checkpoints and closes. */
  close(): Promise<void>;
}

/**
 * Opens the databases behind one writer thread, running their migrations (with a copy of the file before each step).
 * Rejects when a file is damaged or newer than this version.
 */
export async function openPool<Name extends string>(files: Record<Name, FileSpec>): Promise<Pool<Name>> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: files,
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 256 },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let ids = 0;
  let dead: Error | undefined;

  const die = (error: Error) => {
    dead ??= error;
    for (const one of waiting.values()) one.reject(dead);
    waiting.clear();
  };
  worker.on("message", (reply: Reply) => {
    const one = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) one?.resolve(reply.value);
    else
      one?.reject(
        reply.code === "SQLITE_FULL" || reply.code === "ENOSPC" || reply.code === "SQLITE_IOERR_WRITE"
          ? new DiskFullError(reply.message)
          : Object.assign(new Error(reply.message), { code: reply.code }),
      );
  });
  worker.on("error", die);
  worker.on("exit", () => die(new Error("the database thread has ended")));

  const expect = (id: number) => new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
  const ask = (request: WithoutId<Request>): Promise<unknown> => {
    if (dead) return Promise.reject(dead);
    const id = ++ids;
    const answer = expect(id);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage({ ...request, id });
    return answer;
  };

  try {
    await expect(0);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    database: (name) => ({
      write: async (statements) => (statements.length === 0 ? 0 : ((await ask({ op: "write", db: name, statements })) as number)),
      read: async (sql, params) => (await ask({ op: "read", db: name, statement: params ? { sql, params } : { sql } })) as SqlRow[],
    }),
    async close() {
      if (!dead) await ask({ op: "close" });
      await worker.terminate();
    },
  };
}
