import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Statement } from "../../kernel/sqlite/database.ts";
import { openPayload, sha256 } from "./crypto.ts";
import { fromHex, hex } from "./domain/bytes.ts";
import { isSound } from "./domain/diagnose.ts";
import { appendLeaf, emptyFrontier, foldPeaks, perfectParts, rootOf } from "./domain/merkle.ts";
import { erasedBy, genesisOf } from "./domain/row.ts";
import { identityOf, insertBox, insertCheckpoint, insertKey, insertMeta, insertNode, insertRow, setHead, signatureHolds } from "./stored.ts";
import { openStore, putFileAside, type OpenFile, type Store } from "./store.ts";
import { readNodes, readTail, type Head } from "./tail.ts";
import { bytesOf, chainedOf, rowBatch, type RowBatch, type WireRow } from "./wire.ts";

/**
 * Why a copy refused its source. rebuilt: another past or another key. rolled-back: the source has fewer rows than the copy. new-log: the known key
 * began another log, as after a seal. gap: rows are missing in between. broken: a row doesn't hold. damaged: the copy itself.
 */
export type ReplicaRefusal = "rebuilt" | "rolled-back" | "new-log" | "gap" | "signature" | "broken" | "malformed" | "damaged";
export type ReplicaAnswer = { ok: true; upTo: number } | { ok: false; code: ReplicaRefusal; seq: number; upTo: number };
export interface ReplicaStatus {
  nodeId: string;
  upTo: number;
  /** Monotonic ms since rows or a word on the source's standing were last accepted; null when not in this run. */
  ageMs: number | null;
  /** The refusal that holds until a person has looked and starts the copy over. */
  alarm: { code: ReplicaRefusal; seq: number } | null;
}

interface Copy {
  store: Store;
  head: Head | null;
  damaged: number | null;
  acceptedAt: number | null;
  alarm: ReplicaStatus["alarm"];
  turn: Promise<unknown>;
}

/** These mean that the source's past was changed: they stand until a person decides, even when the source looks right again. */
const lasting: ReadonlySet<ReplicaRefusal> = new Set(["rebuilt", "rolled-back", "new-log", "damaged"] as const);

/** Copies of other nodes' logs, `replica-<nodeId>.db` in `dir`, each row checked before it is kept. A copy never follows a source that changed its past. */
export function createReplicas({ dir, clock, log, openFile }: { dir: string; clock: Clock; log: Log; openFile?: OpenFile }) {
  const copies = new Map<string, Promise<Copy>>();
  const pathOf = (nodeId: string) => join(dir, `replica-${nodeId}.db`);

  const open = async (nodeId: string): Promise<Copy> => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const store = await openStore(pathOf(nodeId), openFile);
    const identity = identityOf(await store.read("SELECT key, value FROM meta"));
    const tail = identity === undefined ? { state: "empty" as const } : await readTail(store, identity.publicKey);
    return {
      store,
      head: tail.state === "whole" ? tail.head : null,
      damaged: tail.state === "damaged" ? tail.bad.seq : null,
      acceptedAt: null,
      alarm: tail.state === "damaged" ? { code: "damaged", seq: tail.bad.seq } : null,
      turn: Promise.resolve(),
    };
  };
  const copyOf = (nodeId: string): Promise<Copy> => {
    if (!/^[a-z2-7]{16}$/.test(nodeId)) return Promise.reject(new Error("no node id"));
    let copy = copies.get(nodeId);
    if (copy === undefined) {
      copy = open(nodeId);
      copies.set(nodeId, copy);
      // A folder that can't be opened now is tried again with the next rows.
      copy.catch(() => copies.delete(nodeId));
    }
    return copy;
  };
  /** One after the other for each node. */
  const inTurn = <T>(copy: Copy, task: () => Promise<T>): Promise<T> => {
    const mine = copy.turn.then(task, task);
    copy.turn = mine.catch(() => undefined);
    return mine;
  };

  const take = async (copy: Copy, batch: RowBatch): Promise<ReplicaAnswer> => {
    const upTo = copy.head?.frontier.size ?? 0;
    if (copy.damaged !== null) return refuse("damaged", copy.damaged, upTo);
    const last = batch.checkpoints.at(-1);
    if (last === undefined) return refuse("malformed", upTo + 1, upTo);
    const known = copy.head ?? {
      logId: batch.logId,
      publicKey: last.publicKey,
      frontier: emptyFrontier,
      last: genesisOf(sha256, batch.logId),
      checkpoint: null,
    };
    for (const word of batch.checkpoints) {
      if (word.publicKey !== known.publicKey) return refuse("rebuilt", upTo + 1, upTo);
      if (!signatureHolds(word)) return refuse("signature", word.size, upTo);
      if (word.logId !== known.logId || batch.logId !== known.logId) return refuse("new-log", upTo + 1, upTo);
    }
    for (const word of batch.checkpoints.filter(({ size }) => size <= upTo)) {
      const peaks = await readNodes(copy.store, perfectParts({ from: 0, to: word.size }));
      if (peaks.some((peak) => peak === undefined)) return refuse("damaged", word.size, upTo);
      if (hex(foldPeaks(sha256, peaks as Uint8Array[])) !== word.root) return refuse("rebuilt", word.size, upTo);
    }
    // Rows that are here already may come again after a lost answer; a source that has no more than these went back.
    if (last.size < upTo && batch.rows.length === 0) return refuse("rolled-back", last.size + 1, upTo);
    const step = grow(
      known,
      batch,
      batch.rows.filter(({ seq }) => seq > upTo),
    );
    if (!step.ok) return refuse(step.code, step.seq, upTo);
    if (step.head.frontier.size === upTo) return { ok: true, upTo };
    const named = copy.head === null ? [insertMeta("log-id", known.logId), insertMeta("public-key", known.publicKey)] : [];
    await copy.store.write([...named, ...step.statements]);
    copy.head = step.head;
    if (step.erases && !(await copy.store.flush())) log.warn("audit.copy.erased-keys-wait");
    return { ok: true, upTo: step.head.frontier.size };
  };

  return {
    /** Keeps a batch of a node's rows, or says why not; `upTo` is how far the copy goes. Rejects when it could not be written. */
    async accept(nodeId: string, offered: unknown): Promise<ReplicaAnswer> {
      const copy = await copyOf(nodeId);
      return inTurn(copy, async () => {
        const upTo = copy.head?.frontier.size ?? 0;
        if (copy.alarm !== null && lasting.has(copy.alarm.code)) return { ok: false, ...copy.alarm, upTo };
        const parsed = rowBatch.safeParse(offered);
        const answer = parsed.success ? await take(copy, parsed.data) : refuse("malformed", upTo + 1, upTo);
        copy.alarm = answer.ok ? null : { code: answer.code, seq: answer.seq };
        if (answer.ok) copy.acceptedAt = clock.mono();
        else log.error("audit.copy.refused", { node: nodeId, why: answer.code, seq: answer.seq });
        return answer;
      });
    },
    /** How far the copy of a node's log goes; 0 when there is none. */
    upTo: async (nodeId: string): Promise<number> => (await copyOf(nodeId)).head?.frontier.size ?? 0,
    pathOf,
    /** Standing of the copies that were used in this run. */
    status: (): Promise<ReplicaStatus[]> =>
      Promise.all(
        [...copies].map(async ([nodeId, opened]) => {
          const copy = await opened;
          const ageMs = copy.acceptedAt === null ? null : clock.mono() - copy.acceptedAt;
          return { nodeId, upTo: copy.head?.frontier.size ?? 0, ageMs, alarm: copy.alarm };
        }),
      ),
    /** A person has looked: the copy is put aside and a new one begins with the source's first row. Answers the name of what was put aside. */
    async startOver(nodeId: string): Promise<string | undefined> {
      const copy = await copyOf(nodeId);
      return inTurn(copy, async () => {
        await copy.store.close();
        copies.delete(nodeId);
        return putFileAside(pathOf(nodeId));
      });
    },
    async stop(): Promise<void> {
      for (const opened of copies.values()) {
        const copy = await opened;
        await inTurn(copy, () => copy.store.close());
      }
      copies.clear();
    },
  };
}
export type Replicas = ReturnType<typeof createReplicas>;

const refuse = (code: ReplicaRefusal, seq: number, upTo: number): ReplicaAnswer & { ok: false } => ({ ok: false, code, seq, upTo });

type Step = { ok: true; head: Head; statements: Statement[]; erases: boolean } | { ok: false; code: ReplicaRefusal; seq: number };

/** What new rows make of a head. Every row must hold, and the last must be under a checkpoint whose root is theirs. */
function grow(head: Head, batch: RowBatch, rows: readonly WireRow[]): Step {
  const words = new Map(batch.checkpoints.map((word) => [word.size, word]));
  const statements: Statement[] = [];
  let { frontier, last, checkpoint } = head;
  let erases = false;
  for (const wire of rows) {
    const row = chainedOf(wire);
    const seq = frontier.size + 1;
    if (row.seq !== seq) return { ok: false, code: "gap", seq };
    if (!isSound(sha256, row, seq, last)) return { ok: false, code: hex(row.prev) === hex(last) ? "broken" : "rebuilt", seq };
    if (!contentFits(head.logId, wire)) return { ok: false, code: "broken", seq };
    const grown = appendLeaf(sha256, frontier, row.hash);
    frontier = grown.frontier;
    last = row.hash;
    statements.push(insertRow(row), ...grown.nodes.map(insertNode));
    if (wire.payload !== null) {
      statements.push(insertBox(seq, { iv: bytesOf(wire.payload.iv), box: bytesOf(wire.payload.box) }));
      const { key } = wire.payload;
      if (key !== null) statements.push(insertKey(seq, { key: bytesOf(key.key), salt: bytesOf(key.salt) }));
    }
    for (const [from, to] of erasedBy(row)) {
      erases = true;
      statements.push({ sql: "DELETE FROM payload_key WHERE seq BETWEEN ? AND ? AND seq < ?", params: [from, to, seq] });
    }
    const word = words.get(seq);
    if (word === undefined) continue;
    if (word.root !== hex(rootOf(sha256, frontier))) return { ok: false, code: "rebuilt", seq };
    checkpoint = word;
    statements.push(insertCheckpoint(word));
  }
  if ((batch.checkpoints.at(-1)?.size ?? 0) > frontier.size) return { ok: false, code: "gap", seq: frontier.size + 1 };
  if (checkpoint === null || checkpoint.size !== frontier.size) return { ok: false, code: "signature", seq: (checkpoint?.size ?? 0) + 1 };
  if (rows.length > 0) statements.push(setHead(checkpoint));
  return { ok: true, head: { ...head, frontier, last, checkpoint }, statements, erases };
}

/** A content must be there where the row commits to one, and its key, unless erased, must open it. */
function contentFits(logId: string, { seq, payload, payloadHash }: WireRow): boolean {
  if (payloadHash === null || payload === null) return payloadHash === null && payload === null;
  if (payload.key === null) return true;
  const sealed = { iv: bytesOf(payload.iv), box: bytesOf(payload.box), key: bytesOf(payload.key.key), salt: bytesOf(payload.key.salt) };
  const hash = fromHex(payloadHash);
  return hash !== undefined && openPayload(logId, seq, { ...sealed, hash }) !== undefined;
}
