import type { Checkpoint } from "../../../contract/breaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DiskFullError, type Statement } from "../../kernel/sqlite/database.ts";
import { sealPayload, sha256, type AuditKey } from "./crypto.ts";
import { hex, sameBytes } from "./domain/bytes.ts";
import { appendLeaf, rootOf, type Frontier } from "./domain/merkle.ts";
import { checkpointBytes, rowHash, type ChainedRow, type RowBody } from "./domain/row.ts";
import { AuditRefusedError, type PreparedEntry } from "./entry.ts";
import { insertBox, insertCheckpoint, insertKey, insertNode, insertRow, setHead } from "./stored.ts";
import type { Head } from "./tail.ts";

export interface Appended {
  seq: number;
  /** Hex. */
  hash: string;
}
interface Waiting {
  entry: PreparedEntry;
  /** When it was asked for. */
  at: number;
  /** Statements that belong into the same transaction. */
  also: readonly Statement[];
  resolve(done: Appended): void;
  reject(error: Error): void;
}

export interface WriterDeps {
  /** Commits in one transaction; settles after it is on disk. */
  write(statements: readonly Statement[]): Promise<unknown>;
  key: AuditKey;
  clock: Clock;
  head: Head;
  /** A write failed and nobody knows what was kept: answers where the file stands now; undefined when it can't be told. */
  reread(): Promise<Head | undefined>;
  /** Called when the writer gave up for good; what waits was rejected. */
  onLost(): void;
}

/** Rows in one transaction, and between two checkpoints. */
export const GROUP = 64;
const CHECKPOINT_MS = 10_000;
/** Entries that may wait. Over it the log refuses, and the gate denies: memory stays bounded however many ask. */
const MOST_WAITING = 4096;
const MOST_WAITING_CHARS = 16_777_216;
/** A write that takes longer is given up on; the gate's callers wait 3 s in all. */
const SLOWEST_MS = 2500;

/**
 * The one writer of a log. Entries that wait together go into one transaction with their tree nodes and a newly signed head; an append resolves after
 * the commit is on disk, never before.
 */
export function createWriter(deps: WriterDeps) {
  const { key, clock } = deps;
  let head = deps.head;
  let queue: Waiting[] = [];
  let chars = 0;
  let state: "open" | "slow" | "lost" | "stopped" = "open";
  let running: Promise<void> | undefined;
  let checkpointed = { size: head.checkpoint?.size ?? 0, at: clock.mono() };

  const sign = (frontier: Frontier): Checkpoint => {
    const word = { logId: head.logId, size: frontier.size, root: hex(rootOf(sha256, frontier)), at: clock.now(), publicKey: key.publicKey };
    return { ...word, signature: key.sign(checkpointBytes(word)) };
  };

  /** The rows of a batch and what follows from them. Pure but for the payloads' random keys. */
  const chain = (batch: readonly Waiting[]) => {
    const statements: Statement[] = [];
    const rows: ChainedRow[] = [];
    let { frontier, last } = head;
    for (const { entry, at, also } of batch) {
      const seq = frontier.size + 1;
      const payload = entry.payload === null ? null : sealPayload(head.logId, seq, entry.payload);
      const body: RowBody = { seq, at, ...entry.body, payloadHash: payload === null ? null : hex(payload.hash) };
      const row: ChainedRow = { ...body, prev: last, hash: rowHash(sha256, body, last) };
      const grown = appendLeaf(sha256, frontier, row.hash);
      frontier = grown.frontier;
      last = row.hash;
      rows.push(row);
      statements.push(insertRow(row), ...grown.nodes.map(insertNode), actOf(row));
      if (payload !== null) statements.push(insertBox(seq, payload), insertKey(seq, payload));
      statements.push(...also);
      if (seq % GROUP === 0) statements.push(insertCheckpoint(sign(frontier)));
    }
    const checkpoint = sign(frontier);
    if (clock.mono() - checkpointed.at >= CHECKPOINT_MS) statements.push(insertCheckpoint(checkpoint));
    statements.push(setHead(checkpoint));
    return { rows, statements, head: { ...head, frontier, last, checkpoint } satisfies Head };
  };

  const rejectAll = (waiting: readonly Waiting[], error: Error) => {
    for (const one of waiting) one.reject(error);
  };
  const emptyQueue = (error: Error) => {
    const all = queue;
    queue = [];
    chars = 0;
    rejectAll(all, error);
  };
  const take = () => {
    const batch = queue.slice(0, GROUP);
    queue = queue.slice(GROUP);
    for (const { entry } of batch) chars -= entry.payload?.length ?? 0;
    return batch;
  };
  const lose = (error: Error) => {
    state = "lost";
    emptyQueue(error);
    deps.onLost();
  };

  const writeBatch = async (batch: readonly Waiting[]) => {
    const step = chain(batch);
    const stopWatch = clock.after(SLOWEST_MS, () => {
      if (state !== "open") return;
      state = "slow";
      const late = new AuditRefusedError("timed-out");
      rejectAll(batch, late);
      emptyQueue(late);
    });
    try {
      await deps.write(step.statements);
      head = step.head;
      const size = Math.floor(head.frontier.size / GROUP) * GROUP;
      if (clock.mono() - checkpointed.at >= CHECKPOINT_MS) checkpointed = { size: head.frontier.size, at: clock.mono() };
      else if (size > checkpointed.size) checkpointed = { size, at: clock.mono() };
      if (state === "slow") state = "open";
      for (const [index, one] of batch.entries()) {
        const row = step.rows[index];
        if (row !== undefined) one.resolve({ seq: row.seq, hash: hex(row.hash) });
      }
    } catch (error) {
      const refused = new AuditRefusedError(error instanceof DiskFullError ? "full" : "failed", error);
      rejectAll(batch, refused);
      const found = await deps.reread();
      // Either all of the batch is there or nothing of it; anything else was not our doing.
      const known = found !== undefined && [head.last, step.head.last].some((last) => sameBytes(last, found.last));
      if (!known) return lose(refused);
      head = found;
      if (state === "slow") state = "open";
    } finally {
      stopWatch();
    }
  };
  const run = async () => {
    // Callers of the same turn share a transaction.
    await Promise.resolve();
    while (queue.length > 0) await writeBatch(take());
  };
  const kick = () => {
    running ??= run()
      .catch((error: unknown) => lose(new AuditRefusedError("failed", error)))
      .finally(() => {
        running = undefined;
        // What came between the last look at the queue and here.
        if (queue.length > 0) kick();
      });
  };

  const keepHead = async () => {
    const { checkpoint } = head;
    if (checkpoint === null || checkpoint.size === checkpointed.size) return;
    await deps.write([insertCheckpoint(checkpoint)]);
    checkpointed = { size: checkpoint.size, at: clock.mono() };
  };

  /** Made once: under a flood the stacks of 100,000 errors would cost more than the refusals. */
  const refusals = { slow: new AuditRefusedError("timed-out"), lost: new AuditRefusedError("failed"), stopped: new AuditRefusedError("stopped") };
  const full = new AuditRefusedError("full");
  const refusal = (): AuditRefusedError | undefined => {
    if (state !== "open") return refusals[state];
    return queue.length >= MOST_WAITING || chars >= MOST_WAITING_CHARS ? full : undefined;
  };

  return {
    head: () => head,
    /** Why an entry would not be taken now: to be asked before it is made ready, so that a flood costs little. */
    refusal,
    /** Resolves after the row, and `also`, are on disk. Rejects with AuditRefusedError when it is not certain that they are. */
    append(entry: PreparedEntry, also: readonly Statement[] = []): Promise<Appended> {
      const refused = refusal();
      if (refused !== undefined) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        queue.push({ entry, at: clock.now(), also, resolve, reject });
        chars += entry.payload?.length ?? 0;
        if (running === undefined) kick();
      });
    },
    /** Keeps the present head as a checkpoint when there are rows that none covers; a batch under way does that itself. */
    checkpoint: async () => {
      if (running === undefined && state === "open") await keepHead();
    },
    /** Refuses new entries and waits for those that were accepted. */
    async stop(): Promise<void> {
      const wasOpen = state === "open";
      state = "stopped";
      await running;
      if (wasOpen) await keepHead();
    },
  };
}
export type Writer = ReturnType<typeof createWriter>;

/** Keeps the table of acts, one row each: first and last row, the last verdict, what became of it. open: 1 intent without outcome, 2 outcome unknown. */
function actOf(row: ChainedRow): Statement {
  const isOutcome = row.kind === "outcome";
  const open = row.kind === "intent" ? 1 : isOutcome ? (row.decision === "unknown" ? 2 : 0) : null;
  const outcome = isOutcome ? row.decision : null;
  const [decision, reason] = isOutcome ? [null, null] : [row.decision, row.reason];
  return {
    sql: `INSERT INTO act (first, name, last, at, decision, reason, outcome, open) VALUES (?, ?, ?, ?, ?, ?, ?, coalesce(?, 0))
      ON CONFLICT (name) DO UPDATE SET last = excluded.last, decision = coalesce(excluded.decision, decision), reason = coalesce(excluded.reason, reason),
        outcome = coalesce(excluded.outcome, outcome), open = coalesce(?, open)`,
    params: [row.seq, row.act ?? `#${row.seq}`, row.seq, row.at, decision, reason, outcome, open, open],
  };
}
