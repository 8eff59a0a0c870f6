import { existsSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { Ids } from "../../kernel/ids.ts";
import { createAuditKey, loadAuditKey, type AuditKey } from "./crypto.ts";
import type { BadRow } from "./domain/diagnose.ts";
import type { AuditEntry } from "./entry.ts";
import { insertMeta } from "./stored.ts";
import { fileHash, isDamage, openStore, putAside, putFileAside, type OpenFile, type Store } from "./store.ts";
import { readTail, type Head } from "./tail.ts";

export type Opened = { state: "whole"; store: Store; key: AuditKey; head: Head } | { state: "damaged"; bad: BadRow; store: Store | null };

/**
 * A log's file and key in `dir`. The key has another name until the log's first row is on disk: so a log that vanished is told from one that never
 * was, and is damage.
 */
export function createOpening({ dir, ids, openFile }: { dir: string; ids: Ids; openFile?: OpenFile | undefined }) {
  const path = join(dir, "audit.db");
  const keyPath = join(dir, "audit.key");
  const firstKeyPath = join(dir, "audit.key.first");

  const damaged = (kind: BadRow["kind"], seq = 1, store: Store | null = null): Opened => ({ state: "damaged", bad: { seq, kind }, store });
  const readKey = (): AuditKey | "none" | "damaged" => {
    try {
      return loadAuditKey(existsSync(keyPath) ? keyPath : firstKeyPath) ?? "none";
    } catch {
      return "damaged";
    }
  };

  return {
    path,
    /** Opens the log and checks its end; begins one where none ever was. Rejects when it can't be told now (a full disk, no permission). */
    async open(): Promise<Opened> {
      const found = readKey();
      if (found === "damaged") return damaged("unreadable");
      if (found === "none" && existsSync(path)) return damaged("checkpoint");
      const begun = existsSync(keyPath);
      if (begun && !existsSync(path)) return damaged("truncated");
      const key = found === "none" ? createAuditKey(firstKeyPath) : found;
      let store: Store;
      try {
        store = await openStore(path, openFile);
      } catch (error) {
        if (isDamage(error)) return damaged("unreadable");
        throw error;
      }
      try {
        const tail = await readTail(store, key.publicKey);
        if (tail.state === "damaged") return damaged(tail.bad.kind, tail.bad.seq, store);
        if (tail.state === "whole")
          return begun && tail.head.checkpoint === null ? damaged("truncated", 1, store) : { state: "whole", store, key, head: tail.head };
        if (begun) return damaged("truncated", 1, store);
        await store.write([insertMeta("log-id", ids.id()), insertMeta("public-key", key.publicKey)]);
        const started = await readTail(store, key.publicKey);
        return started.state === "whole" ? { state: "whole", store, key, head: started.head } : damaged("unreadable", 1, store);
      } catch (error) {
        if (isDamage(error)) return damaged("unreadable", 1, store);
        await store.close();
        throw error;
      }
    },
    /** The first row is on disk: from now on the log must be there. */
    begun(): void {
      if (existsSync(firstKeyPath)) renameSync(firstKeyPath, keyPath);
    },
    /** Puts the closed file aside, so that the next `open` begins a new log. The key stays the same if it can be read. */
    setAside(): void {
      const key = readKey();
      if (key === "damaged" || key === "none") {
        for (const file of [keyPath, firstKeyPath]) if (existsSync(file)) renameSync(file, `${file}.damaged`);
      } else if (existsSync(keyPath)) renameSync(keyPath, firstKeyPath);
      putFileAside(path);
    },
    /** What the first row of a log says: that it begins, or what was left behind for it, with the hash of that file. */
    async firstEntry(by: { actor: string; via: string }, bad: BadRow | null): Promise<AuditEntry> {
      const [left] = putAside(path);
      const what = bad === null ? {} : { badSeq: bad.seq, badKind: bad.kind };
      const title =
        left === undefined
          ? { code: "log.opened", params: {} }
          : { code: "log.sealed", params: { file: basename(left), sha256: await fileHash(left), ...what } };
      return { ...by, kind: "log", title, epoch: 0 };
    },
  };
}
