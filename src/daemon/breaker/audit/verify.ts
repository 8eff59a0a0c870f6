import { setImmediate } from "node:timers/promises";
import type { SqlRow } from "../../kernel/sqlite/database.ts";
import { openPayload, sha256, verifySignature } from "./crypto.ts";
import { fromHex, hex } from "./domain/bytes.ts";
import { diagnose, isSound, type BadRow } from "./domain/diagnose.ts";
import { judge, type Word } from "./domain/judge.ts";
import { appendLeaf, emptyFrontier, rootOf, type TreeNode } from "./domain/merkle.ts";
import type { Pin } from "./domain/pin.ts";
import { checkpointBytes, erasedBy, genesisOf, type ChainedRow } from "./domain/row.ts";
import { openLogFile, type LogFile } from "./file.ts";
import { checkpointOf, entryColumns, identityOf, rowOf } from "./stored.ts";

export interface VerifyOptions {
  /** The log's file; the write-ahead log beside it is read too, and a running daemon is not disturbed. */
  path: string;
  /** What somebody saw of it before, kept elsewhere: without one a log that was rebuilt or put back as a whole can't be told from the true one. */
  pin?: Pick<Pin, "logId" | "size" | "root" | "publicKey"> & { trail?: Pin["trail"] };
  onProgress?: (rows: number, of: number) => void;
  signal?: AbortSignal;
}
export type Verified = { ok: true; rows: number; size: number; root: string; logId: string; publicKey: string } | { ok: false; rows: number; bad: BadRow };

const PAGE = 500;
const BEFORE_ALL = -(2 ** 53);

/**
 * Reads a whole log and names the first row that can't be believed. Checks each row's hash, link and number, each payload against its key and hash,
 * the tree, every signed checkpoint, the signed head, and the pin. Rows that are added meanwhile are left out. Works page by page and lets others run
 * in between. Rejects only when aborted.
 */
export async function verifyFile(options: VerifyOptions): Promise<Verified> {
  const reached = { rows: 0 };
  let file: LogFile | undefined;
  try {
    file = openLogFile(options.path);
    return await verifyOpened(file, options, reached);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { ok: false, rows: reached.rows, bad: { seq: reached.rows + 1, kind: "unreadable" } };
  } finally {
    file?.close();
  }
}

async function verifyOpened(file: LogFile, { pin, onProgress, signal }: VerifyOptions, reached: { rows: number }): Promise<Verified> {
  const { identity, heads, kept, total } = file.together(() => ({
    identity: identityOf(file.read("SELECT key, value FROM meta")),
    heads: file.read("SELECT size, root, at, signature FROM head"),
    kept: file.read("SELECT size, root, at, signature FROM checkpoint ORDER BY size"),
    total: Number(file.read("SELECT max(seq) AS last FROM entry")[0]?.["last"] ?? 0),
  }));
  if (identity === undefined) return { ok: false, rows: 0, bad: { seq: 1, kind: pin === undefined ? "checkpoint" : "truncated" } };
  if (pin !== undefined && identity.logId !== pin.logId) return { ok: false, rows: 0, bad: { seq: 1, kind: "rebuilt" } };
  const { logId } = identity;
  const key = pin?.publicKey ?? identity.publicKey;
  const wordOf = (r: SqlRow) => {
    const checkpoint = checkpointOf(r, logId, key);
    return { size: checkpoint.size, root: checkpoint.root, signed: verifySignature(key, checkpointBytes(checkpoint), checkpoint.signature) };
  };
  const words = new Map(kept.map((r) => [Number(r["size"]), r]));
  const pinned = new Map((pin === undefined ? [] : [...(pin.trail ?? []), pin]).map(({ size, root }) => [size, root]));
  const wasErased = createErasures(file);

  const said: Word[] = [];
  let frontier = emptyFrontier;
  let last = genesisOf(sha256, logId);
  let wrongNode: number | undefined;
  let bad: BadRow | undefined;
  for (let after = BEFORE_ALL; bad === undefined;) {
    const page = readPage(file, after, total);
    for (const r of page) {
      const row = rowOf(r);
      const seq = frontier.size + 1;
      if (!isSound(sha256, row, seq, last))
        bad = diagnose(sha256, { seq, before: last, found: row, later: () => rowsAfter(file, row.seq), hashAt: (n) => hashAt(file, n) });
      else if (!payloadFits(logId, row, r) && !(r["key"] === null && wasErased(seq))) bad = { seq, kind: "payload" };
      if (bad !== undefined) break;
      const grown = appendLeaf(sha256, frontier, row.hash);
      frontier = grown.frontier;
      last = row.hash;
      wrongNode ??= firstWrong(file, grown.nodes);
      const [word, seen] = [words.get(seq), pinned.get(seq)];
      if (word !== undefined || seen !== undefined) {
        const root = hex(rootOf(sha256, frontier));
        if (seen !== undefined) said.push({ by: "pin", size: seq, rootFits: seen === root });
        if (word !== undefined) said.push({ by: "checkpoint", size: seq, rootFits: wordOf(word).root === root, signed: wordOf(word).signed });
      }
      reached.rows = seq;
    }
    const end = Number(page.at(-1)?.["seq"] ?? total);
    if (end >= total) break;
    after = end;
    onProgress?.(frontier.size, total);
    await setImmediate();
    signal?.throwIfAborted();
  }
  const { size } = frontier;
  const root = hex(rootOf(sha256, frontier));
  const [head] = heads.map(wordOf);
  bad ??= judge({
    rows: size,
    head: head === undefined ? undefined : { size: head.size, signed: head.signed, rootFits: head.size === size && head.root === root },
    said,
    promised: Math.max(0, ...words.keys()),
    pin: pin === undefined ? undefined : { size: pin.size, sameKey: pin.publicKey === identity.publicKey },
    wrongNode,
  });
  onProgress?.(size, total);
  if (bad === undefined && !file.isSound()) bad = { seq: size + 1, kind: "unreadable" };
  return bad === undefined ? { ok: true, rows: size, size, root, ...identity } : { ok: false, rows: size, bad };
}

const selectRows = `SELECT ${entryColumns}, p.iv, p.box, k.key, k.salt FROM entry e LEFT JOIN payload p ON p.seq = e.seq LEFT JOIN payload_key k ON k.seq = e.seq
  WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?`;

/** The next rows; where a page can't be read, as far as single rows can, so that the unreadable one is named. */
function readPage(file: LogFile, after: number, total: number): SqlRow[] {
  try {
    return file.read(selectRows, after, total, PAGE);
  } catch (error) {
    const rows: SqlRow[] = [];
    for (let from = after; rows.length < PAGE;) {
      let row: SqlRow | undefined;
      try {
        [row] = file.read(selectRows, from, total, 1);
      } catch {
        row = undefined;
      }
      if (row === undefined) break;
      rows.push(row);
      from = Number(row["seq"]);
    }
    if (rows.length === 0) throw error;
    return rows;
  }
}

function* rowsAfter(file: LogFile, seq: number): Generator<ChainedRow> {
  for (let after = seq; ;) {
    const page = file.read(`SELECT ${entryColumns} FROM entry e WHERE e.seq > ? ORDER BY e.seq LIMIT ?`, after, PAGE).map(rowOf);
    yield* page;
    const end = page.at(-1)?.seq;
    if (end === undefined) return;
    after = end;
  }
}

function hashAt(file: LogFile, seq: number): Uint8Array | undefined {
  const hash = file.read("SELECT hash FROM entry WHERE seq = ?", seq)[0]?.["hash"];
  return hash instanceof Uint8Array ? hash : undefined;
}

/** First row under a node that isn't kept as it should be. */
function firstWrong(file: LogFile, nodes: readonly TreeNode[]): number | undefined {
  const wrong = nodes.find(({ level, pos, hash }) => {
    const kept = file.read("SELECT hash FROM node WHERE level = ? AND pos = ?", level, pos)[0]?.["hash"];
    return !(kept instanceof Uint8Array) || hex(kept) !== hex(hash);
  });
  return wrong === undefined ? undefined : wrong.pos * 2 ** wrong.level + 1;
}

/** Whether the content is what the row commits to; a row without one must have no box. */
function payloadFits(logId: string, row: ChainedRow, r: SqlRow): boolean {
  const { iv, box, key, salt } = r;
  if (row.payloadHash === null) return iv === null && key === null;
  const hash = fromHex(row.payloadHash);
  if (hash === undefined || ![iv, box, key, salt].every((value) => value instanceof Uint8Array)) return false;
  return openPayload(logId, row.seq, { iv, box, key, salt, hash } as Parameters<typeof openPayload>[2]) !== undefined;
}

/** Asks whether a row of the log says that a payload was erased; looks again before it says no, for a daemon may just have done it. */
function createErasures(file: LogFile): (seq: number) => boolean {
  let runs: [number, number][] | undefined;
  const load = () =>
    file.read("SELECT kind, subject FROM entry WHERE kind = 'log'").flatMap((r) => erasedBy({ kind: String(r["kind"]), subject: String(r["subject"]) }));
  const named = (seq: number) => runs?.some(([from, to]) => from <= seq && seq <= to) ?? false;
  return (seq) => {
    if (!named(seq)) runs = load();
    return named(seq);
  };
}
