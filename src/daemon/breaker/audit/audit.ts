import { mkdirSync } from "node:fs";
import type { Checkpoint } from "../../../contract/breaker.ts";
import { createBackoff } from "../../kernel/backoff.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { BadRow } from "./domain/diagnose.ts";
import { erasedCode, seqsToText } from "./domain/row.ts";
import { AuditRefusedError, prepareEntry, type AuditEntry } from "./entry.ts";
import { createOpening } from "./opening.ts";
import { createReader, type AuditEntryRow } from "./reader.ts";
import { removeCopies, type OpenFile, type Store } from "./store.ts";
import { readTail } from "./tail.ts";
import { verifyFile, type Verified, type VerifyOptions } from "./verify.ts";
import { batchAfter, type RowBatch } from "./wire.ts";
import { createWriter, type Appended, type Writer } from "./writer.ts";

export type AuditState = { state: "starting" } | { state: "open" } | { state: "damaged"; bad: BadRow } | { state: "failed" } | { state: "stopped" };
export interface AuditDeps {
  /** State folder; the log is `audit.db` in it, its signing key `audit.key`. */
  dir: string;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Takes secrets out of a text. When it throws, the entry is refused. */
  redact(text: string): string;
  onState?(state: AuditState): void;
  /** How files are opened; each behind a thread of its own unless said. */
  openFile?: OpenFile;
}
export interface Actor {
  actor: string;
  via: string;
}

const CHECKPOINT_MS = 10_000;
const LONGEST_RETRY_MS = 30_000;
const LONGEST_END_MS = 5000;
const PAGE = 200;
const asIs = (text: string) => text;

/** The log of what agents did and were denied: append-only, chained, signed. While it is not open every append is refused, and so is the act. */
export function createAudit(deps: AuditDeps) {
  const { clock, ids, log, redact } = deps;
  mkdirSync(deps.dir, { recursive: true, mode: 0o700 });
  const opening = createOpening(deps);
  let current: AuditState = { state: "starting" };
  let store: Store | null = null;
  let writer: Writer | null = null;
  let settled = false;
  let keysWait = false;
  let ended = new AbortController();

  const set = (next: AuditState) => {
    current = next;
    deps.onState?.(next);
  };
  const db = (): Store => {
    if (store === null) throw new AuditRefusedError(current.state === "damaged" ? "damaged" : "failed");
    return store;
  };
  const reader = createReader(db, () => writer?.head());
  const refusal = (): AuditRefusedError => new AuditRefusedError(current.state === "open" ? "failed" : current.state);

  /** Acts that the last run left without an outcome: nobody saw how they ended, and the log says so. */
  const settleCutOff = async (to: Writer) => {
    const cutOff = await db().read("SELECT a.name, e.class, e.subject, e.epoch FROM act a JOIN entry e ON e.seq = a.first WHERE a.open = 1 ORDER BY a.first");
    const rows = cutOff.map((r) => {
      const title = JSON.parse(String(r["subject"])) as AuditEntry["title"];
      const [act, of, epoch] = [String(r["name"]), r["class"] as string | null, Number(r["epoch"])];
      return prepareEntry({ actor: "aosd", via: "self", kind: "outcome", class: of, decision: "unknown", reason: "restart", act, title, epoch }, asIs);
    });
    for (let at = 0; at < rows.length; at += PAGE) await Promise.all(rows.slice(at, at + PAGE).map((row) => to.append(row)));
    if (rows.length > 0) log.warn("audit.outcomes-unknown", { count: rows.length });
    settled = true;
  };

  const open = async (by: Actor, left: BadRow | null): Promise<void> => {
    const opened = await opening.open();
    store = opened.store;
    if (opened.state === "damaged") {
      log.error("audit.damaged", { seq: opened.bad.seq, kind: opened.bad.kind });
      return set({ state: "damaged", bad: opened.bad });
    }
    const { store: file, key, head } = opened;
    const reread = async () => {
      try {
        const tail = await readTail(file, key.publicKey);
        return tail.state === "whole" ? tail.head : undefined;
      } catch (error) {
        log.error("audit.unreadable", { error });
        return undefined;
      }
    };
    const mine = createWriter({ write: (statements) => file.write(statements), key, clock, head, reread, onLost: () => lost(mine) });
    writer = mine;
    if (head.frontier.size === 0) await mine.append(prepareEntry(await opening.firstEntry(by, left), asIs));
    opening.begun();
    if (!settled) await settleCutOff(mine);
    set({ state: "open" });
  };
  const close = async () => {
    const was = store;
    store = null;
    writer = null;
    await was?.close();
  };
  const lost = (which: Writer) => {
    if (which !== writer || current.state !== "open") return;
    log.error("audit.lost");
    set({ state: "failed" });
    void retry(ended.signal);
  };
  /** Opens again with growing waits, until it is open, damaged or stopped. */
  const retry = async (signal: AbortSignal) => {
    const backoff = createBackoff({ clock, random: ids.random, maxMs: LONGEST_RETRY_MS });
    while (!signal.aborted && current.state === "failed") {
      await backoff.wait(signal);
      if (signal.aborted) return;
      await attempt();
    }
  };
  const attempt = async () => {
    try {
      await close();
      await open({ actor: "aosd", via: "self" }, null);
    } catch (error) {
      log.error("audit.not-opened", { error });
      set({ state: "failed" });
    }
    // Stopped while it was being opened.
    if (ended.signal.aborted) {
      set({ state: "stopped" });
      await close();
    }
  };
  const tick = async () => {
    try {
      await writer?.checkpoint();
      if (keysWait && store !== null) keysWait = !(await store.flush());
    } catch (error) {
      log.warn("audit.checkpoint-failed", { error });
    }
  };
  const append = (entry: AuditEntry): Promise<Appended> => {
    if (current.state !== "open" || writer === null) return Promise.reject(refusal());
    const refused = writer.refusal();
    if (refused !== undefined) return Promise.reject(refused);
    try {
      return writer.append(prepareEntry(entry, redact));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new AuditRefusedError("bad-entry", error));
    }
  };

  return {
    state: () => current,
    path: opening.path,
    /** Opens the log, says of cut-off acts that their outcome is unknown, and keeps checkpoints. Never rejects: a log that can't be opened refuses instead. */
    async start(): Promise<() => Promise<void>> {
      ended = new AbortController();
      await attempt();
      if (current.state === "failed") void retry(ended.signal);
      const stopTicking = clock.every(CHECKPOINT_MS, () => void tick());
      return async () => {
        stopTicking();
        ended.abort();
        const ending = (async () => {
          await writer?.stop();
          await close();
        })().catch((error: unknown) => log.warn("audit.last-checkpoint-failed", { error }));
        // A disk that hangs must not keep the daemon from ending.
        await Promise.race([ending, new Promise<void>((resolve) => clock.after(LONGEST_END_MS, resolve))]);
        set({ state: "stopped" });
      };
    },
    /** Records an entry. Resolves only after it is on disk; rejects with AuditRefusedError otherwise, and then nothing may happen. */
    append,
    ...reader,
    /** The newest signed word on the whole log, for pinning; null while there is none. */
    checkpoint: (): Checkpoint | null => writer?.head().checkpoint ?? null,
    /** For the copy on another node. */
    rowsAfter: (seq: number, limit: number): Promise<RowBatch | null> => batchAfter(db(), reader, seq, limit),
    /** Reads the whole file anew, as the command does. */
    verify: (options: Omit<VerifyOptions, "path"> = {}): Promise<Verified> => verifyFile({ ...options, path: opening.path }),
    /** The rows as JSON lines, contents opened; first a line that names the log, last its newest checkpoint. */
    async *export(range: { from?: number; to?: number } = {}, signal?: AbortSignal): AsyncGenerator<string> {
      const head = writer?.head();
      yield JSON.stringify({ type: "log", logId: head?.logId ?? null, publicKey: head?.publicKey ?? null });
      for (let after = 0; ;) {
        signal?.throwIfAborted();
        const page: AuditEntryRow[] = await reader.entries(after, PAGE, range);
        for (const row of page) yield JSON.stringify({ type: "row", ...row });
        const end = page.at(-1)?.seq;
        if (end === undefined) break;
        after = end;
      }
      yield JSON.stringify({ type: "checkpoint", ...head?.checkpoint });
    },
    /**
     * Destroys the keys of these rows' contents, and records that. The rows and their hashes stay. `overwritten` is false while a reader keeps an old
     * state of the file in use: then it is tried again every 10 s.
     */
    async erase(seqs: readonly number[], by: Actor): Promise<{ erased: number; overwritten: boolean }> {
      if (current.state !== "open" || writer === null) throw refusal();
      const wanted = JSON.stringify(seqs.filter((seq) => Number.isSafeInteger(seq)).slice(0, 1000));
      const held = await db().read("SELECT k.seq FROM payload_key k WHERE k.seq IN (SELECT value FROM json_each(?)) ORDER BY k.seq", [wanted]);
      const found = held.map((r) => Number(r["seq"]));
      if (found.length === 0) return { erased: 0, overwritten: true };
      const title = { code: erasedCode, params: { count: found.length, seqs: seqsToText(found) } };
      await writer.append(prepareEntry({ ...by, kind: "log", decision: "erased", title, epoch: 0 }, asIs), [
        { sql: "DELETE FROM payload_key WHERE seq IN (SELECT value FROM json_each(?))", params: [JSON.stringify(found)] },
      ]);
      removeCopies(opening.path);
      keysWait = !(await db().flush());
      return { erased: found.length, overwritten: !keysWait };
    },
    /** Puts a damaged log aside and begins a new one, whose first row carries the hash of what was left behind. */
    async seal(by: Actor): Promise<{ ok: true } | { ok: false; code: "whole" }> {
      if (current.state !== "damaged") return { ok: false, code: "whole" };
      const { bad } = current;
      set({ state: "starting" });
      try {
        await close();
        opening.setAside();
        await open(by, bad);
      } catch (error) {
        set({ state: "damaged", bad });
        throw error;
      }
      return { ok: true };
    },
  };
}
export type Audit = ReturnType<typeof createAudit>;
