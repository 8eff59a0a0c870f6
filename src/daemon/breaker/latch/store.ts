import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import { recordVersion, type LatchRead, type LatchRecord, type UnreadableWhy } from "./domain/record.ts";

const fileName = "latch.json";
const RETRY_MS = 250;
const RETRY_MAX_MS = 2000;
/** Longer than any record that was written here. */
const LONGEST = 65_536;

const sumOf = (record: unknown) => createHash("sha256").update(JSON.stringify(record)).digest("hex");
const codeOf = (error: unknown) => (error as { code?: string }).code ?? "";

/** Reads the latch that a folder holds. Anything that isn't whole, ours and writable is `unreadable` with its reason. `fresh`: this folder was never used. */
export function readLatch(stateDir: string, { fresh }: { fresh: boolean }): LatchRead {
  const path = join(stateDir, fileName);
  let text: string;
  try {
    const { mode, size } = statSync(path);
    if (size > LONGEST) return { kind: "unreadable", why: "garbage" };
    text = readFileSync(path, "utf8");
    // Somebody meant that it should not change; root would write it all the same.
    if ((mode & 0o200) === 0) return { kind: "unreadable", why: "read-only" };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") return { kind: "unreadable", why: "unreadable" };
    return fresh ? { kind: "fresh" } : { kind: "unreadable", why: "missing" };
  }
  return parseLatch(text);
}

/** The record in the text of a latch file. */
export function parseLatch(text: string): LatchRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unreadable", why: text.startsWith('{"v":') || text === "" ? "truncated" : "garbage" };
  }
  if (typeof value !== "object" || value === null || !("v" in value) || !("sum" in value)) return { kind: "unreadable", why: "garbage" };
  const { sum, ...record } = value;
  if (typeof record.v === "number" && record.v > recordVersion) return { kind: "unreadable", why: "newer-version" };
  if (record.v !== recordVersion) return { kind: "unreadable", why: "garbage" };
  // Written by `writeRecord` and unchanged since: its shape needs no second look.
  return sum === sumOf(record) ? { kind: "record", record: record as LatchRecord } : { kind: "unreadable", why: "checksum" };
}

interface Mark {
  ino: number;
  size: number;
  mtimeMs: number;
}

/** Writes whole and flushed: file, then rename, then the folder's entry. Returns what the file looks like from outside. */
async function writeRecord(stateDir: string, record: LatchRecord): Promise<Mark> {
  const path = join(stateDir, fileName);
  const file = await open(`${path}.new`, "w", 0o600);
  let mark: Mark;
  try {
    await file.writeFile(JSON.stringify({ ...record, sum: sumOf(record) }));
    await file.sync();
    mark = await file.stat();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  if (process.platform === "win32") return mark;
  const folder = await open(stateDir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return mark;
}

export type DiskWhy = "writing" | "disk-full" | "read-only" | "failed";

function whyOf(error: unknown): DiskWhy {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return "disk-full";
  return code === "EROFS" || code === "EACCES" || code === "EPERM" ? "read-only" : "failed";
}

/**
 * Keeps the newest record on disk. Nobody waits for it to close a gate: `save` returns at once, one write is under way
 * at a time, the newest wins, and a write that failed is tried again (250 ms to 2 s) until it succeeds.
 */
export function createStore({
  stateDir,
  clock,
  onChange,
}: {
  stateDir: string;
  clock: Clock;
  /** The newest record is on disk now, or why not. */
  onChange(): void;
}) {
  let wanted: { revision: number; record: LatchRecord } | undefined;
  let saved = { revision: 0, sum: "", mark: undefined as Mark | undefined };
  let why: DiskWhy | null = "writing";
  let busy = false;
  let fails = 0;
  let stopped = false;
  let cancelRetry = () => {};
  const waiting = new Set<{ revision: number; done(onDisk: boolean): void }>();

  const say = (next: DiskWhy | null) => {
    if (why === next) return;
    why = next;
    onChange();
  };
  const settle = () => {
    for (const one of waiting) {
      // A newer record holds all that an older one did.
      if (one.revision <= saved.revision) one.done(true);
    }
  };
  const pump = async (): Promise<void> => {
    if (busy || stopped) return;
    busy = true;
    cancelRetry();
    while (wanted !== undefined && wanted.revision > saved.revision && !stopped) {
      const { revision, record } = wanted;
      try {
        const mark = await writeRecord(stateDir, record);
        saved = { revision, sum: sumOf(record), mark };
        fails = 0;
        settle();
      } catch (error) {
        say(whyOf(error));
        cancelRetry = clock.after(Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(fails, 8)), () => void pump());
        fails += 1;
        break;
      }
    }
    busy = false;
    if (wanted?.revision === saved.revision) say(null);
  };

  return {
    /** Starts writing this record; returns its number for `whenSaved`. */
    save(record: LatchRecord): number {
      const revision = (wanted?.revision ?? 0) + 1;
      wanted = { revision, record };
      // A disk that is known to be full stays named so until a write went through.
      if (fails === 0) say("writing");
      void pump();
      return revision;
    },
    onDisk: () => why === null,
    why: () => why,
    /** True once this record or a newer one is on disk; false when it isn't after `withinMs`. */
    whenSaved(revision: number, withinMs: number): Promise<boolean> {
      if (saved.revision >= revision) return Promise.resolve(true);
      return new Promise((resolve) => {
        const cancel = clock.after(withinMs, () => one.done(false));
        const one = {
          revision,
          done(onDisk: boolean) {
            cancel();
            waiting.delete(one);
            resolve(onDisk);
          },
        };
        waiting.add(one);
      });
    },
    /** Looks whether the file is still what was written here; null when it is, or while a write is under way. */
    async spoilt(): Promise<UnreadableWhy | null> {
      const { mark, sum, revision } = saved;
      if (mark === undefined || busy) return null;
      let now: Mark & { mode: number };
      try {
        now = await stat(join(stateDir, fileName));
      } catch (error) {
        now = { ino: -1, size: -1, mtimeMs: -1, mode: 0 };
        if (codeOf(error) !== "ENOENT") return "unreadable";
      }
      if (busy || saved.revision !== revision) return null;
      if (now.ino === mark.ino && now.size === mark.size && now.mtimeMs === mark.mtimeMs && (now.mode & 0o200) !== 0) return null;
      const read = readLatch(stateDir, { fresh: false });
      if (read.kind === "unreadable") return read.why;
      return read.kind === "record" && sumOf(read.record) === sum ? null : "replaced";
    },
    stop() {
      stopped = true;
      cancelRetry();
    },
  };
}
export type Store = ReturnType<typeof createStore>;
