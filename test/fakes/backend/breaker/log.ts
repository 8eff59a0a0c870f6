import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { ActivityEntry, ActivityFilter, Checkpoint, Decision, GateReason, LogCheck, LogRow } from "../../../../src/contract/breaker.ts";
import { hex } from "../../../../src/daemon/breaker/audit/domain/bytes.ts";
import { appendLeaf, consistencyRanges, emptyFrontier, foldPeaks, rootOf, type Frontier } from "../../../../src/daemon/breaker/audit/domain/merkle.ts";
import { checkpointBytes, genesisOf, rowHash, type RowBody } from "../../../../src/daemon/breaker/audit/domain/row.ts";

type Json = LogRow["payload"];
export interface FakeRow {
  body: RowBody;
  title: ActivityEntry["title"];
  payload: Json;
  erased: boolean;
  hash: Uint8Array;
  prev: Uint8Array;
}
export interface NewRow {
  kind: string;
  actor: string;
  title: ActivityEntry["title"];
  at?: number;
  via?: string;
  class?: string | null;
  act?: string | null;
  decision?: string | null;
  reason?: string | null;
  payload?: Json;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const outcomes = ["done", "failed", "stopped", "discarded", "unknown", "waiting", "not-done", "expired", "denied"] as const;
const decisions = ["allow", "notify", "ask", "ask-console", "deny"] as const;

/** A log in memory with a real chain and a real tree, so that a console's pin has something to hold on to. */
export function createFakeLog(now: () => number, nodeId: string) {
  let logId = "fake-log-1";
  let rows: FakeRow[] = [];
  let check: LogCheck | null = null;
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" });
  const key: { public: string; private: KeyObject } = { public: jwk.x ?? "", private: privateKey };

  const hashOf = (body: RowBody, prev: Uint8Array) => rowHash(sha256, body, prev);
  const append = (row: NewRow): FakeRow => {
    const prev = rows.at(-1)?.hash ?? genesisOf(sha256, logId);
    const payload = row.payload ?? null;
    const body: RowBody = {
      seq: rows.length + 1,
      at: row.at ?? now(),
      actor: row.actor,
      via: row.via ?? "self",
      class: row.class ?? null,
      kind: row.kind,
      decision: row.decision ?? null,
      reason: row.reason ?? null,
      act: row.act ?? null,
      subject: JSON.stringify(row.title),
      epoch: 1,
      payloadHash: payload === null ? null : createHash("sha256").update(JSON.stringify(payload)).digest("hex"),
    };
    const made: FakeRow = { body, title: row.title, payload, erased: false, prev, hash: hashOf(body, prev) };
    rows.push(made);
    return made;
  };
  const frontierOf = (size: number): Frontier => rows.slice(0, size).reduce((frontier, row) => appendLeaf(sha256, frontier, row.hash).frontier, emptyFrontier);

  const verify = (): LogCheck => {
    let prev = genesisOf(sha256, logId);
    let bad: LogCheck["bad"] = null;
    for (const row of rows) {
      if (hex(row.prev) !== hex(prev) || hex(hashOf(row.body, prev)) !== hex(row.hash)) {
        bad = { seq: row.body.seq, kind: "flipped" };
        break;
      }
      prev = row.hash;
    }
    check = { ok: bad === null, rows: rows.length, at: now(), bad };
    return check;
  };

  /** Rows of one act together, others alone; oldest first. */
  const grouped = (): FakeRow[][] => {
    const groups = new Map<string, FakeRow[]>();
    for (const row of rows) {
      const name = row.body.act === null ? `row ${row.body.seq}` : row.body.act;
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
    return [...groups.values()];
  };
  const entryOf = (group: readonly FakeRow[]): ActivityEntry => {
    const [first] = group;
    if (!first) throw new Error("an entry has a row");
    const verdict = group.findLast((row) => row.body.kind === "verdict");
    const end = group.findLast((row) => row.body.kind === "outcome");
    const approval = group.find((row) => row.body.kind === "approval");
    const decided = decisions.find((one) => one === verdict?.body.decision) ?? null;
    const isAct = first.body.kind === "intent";
    const open =
      decided === "deny" ? "not-done" : decided === "ask" || decided === "ask-console" ? (approval?.body.decision === "deny" ? "denied" : "waiting") : null;
    return {
      seq: first.body.seq,
      lastSeq: group.at(-1)?.body.seq ?? first.body.seq,
      at: first.body.at,
      nodeId,
      kind: isAct
        ? "act"
        : ((["inbound", "decision", "latch", "setting", "secret", "grant", "log"] as const).find((one) => one === first.body.kind) ?? "decision"),
      act: first.body.act,
      actor: first.body.actor,
      via: first.body.via,
      class: first.body.class as ActivityEntry["class"],
      title: first.title,
      decision: decided,
      reason: (verdict?.body.reason ?? null) as GateReason | null,
      outcome: outcomes.find((one) => one === end?.body.decision) ?? (isAct ? open : "done"),
    };
  };
  const rowOf = (row: FakeRow): LogRow => ({
    seq: row.body.seq,
    at: row.body.at,
    kind: row.body.kind,
    actor: row.body.actor,
    via: row.body.via,
    decision: row.body.decision,
    reason: row.body.reason,
    params: row.title.params,
    payload: row.erased ? null : row.payload,
    erased: row.erased,
    hash: hex(row.hash),
    prev: hex(row.prev),
  });
  const isIn = (entry: ActivityEntry, filter: ActivityFilter, group: readonly FakeRow[]) => {
    const text = filter.text?.toLowerCase();
    const all = () => JSON.stringify([entry.title, entry.actor, entry.act, group.map((row) => [row.payload, hex(row.hash)])]).toLowerCase();
    return (
      (filter.from === undefined || entry.at >= filter.from) &&
      (filter.to === undefined || entry.at < filter.to) &&
      (filter.actor === undefined || entry.actor === filter.actor) &&
      (filter.kind === undefined || entry.kind === filter.kind) &&
      (filter.act === undefined || entry.act === filter.act) &&
      (text === undefined || all().includes(text))
    );
  };
  const verdictOf = (entry: ActivityEntry) => (entry.decision === "ask-console" ? "ask" : entry.decision);

  append({ kind: "log", actor: "aosd", title: { code: "log.opened", params: {} }, at: now() - 7 * 86_400_000 });

  return {
    append,
    rows: () => rows,
    entries: () => grouped().map(entryOf),
    list({ filter, before, limit }: { filter: ActivityFilter; before?: number | undefined; limit: number }) {
      const wide = grouped()
        .map((group) => ({ group, entry: entryOf(group) }))
        .filter(({ group, entry }) => isIn(entry, filter, group))
        .map(({ entry }) => entry);
      const found = wide
        .filter((entry) => filter.decision === undefined || verdictOf(entry) === filter.decision || entry.decision === filter.decision)
        .filter((entry) => filter.outcome === undefined || entry.outcome === filter.outcome)
        .toSorted((a, b) => b.at - a.at || b.seq - a.seq);
      const start = before === undefined ? 0 : found.findIndex((entry) => entry.seq === before) + 1;
      const page = found.slice(start, start + limit);
      const count = (name: Decision) => wide.filter((entry) => verdictOf(entry) === name).length;
      return {
        entries: page,
        next: start + limit < found.length ? (page.at(-1)?.seq ?? null) : null,
        counts: {
          all: wide.length,
          allow: count("allow"),
          notify: count("notify"),
          ask: count("ask"),
          deny: count("deny"),
          unknown: wide.filter((entry) => entry.outcome === "unknown").length,
        },
        actors: [...new Set(rows.map((row) => row.body.actor))].toSorted(),
        log: { rows: rows.length, check },
      };
    },
    entry(seq: number) {
      const group = grouped().find((one) => one.some((row) => row.body.seq === seq));
      return group ? { entry: entryOf(group), rows: group.map(rowOf) } : null;
    },
    verify,
    check: () => check,
    isDamaged: () => check?.ok === false,
    checkpoint(): Checkpoint {
      const size = rows.length;
      const part = { logId, size, root: hex(rootOf(sha256, frontierOf(size))), at: now(), publicKey: key.public };
      return { ...part, signature: sign(null, checkpointBytes(part), key.private).toString("base64url") };
    },
    consistency(from: number, to: number): string[] | null {
      if (to > rows.length || from > to) return null;
      return consistencyRanges(from, to).map((range) => {
        const part = rows.slice(range.from, range.to).reduce((frontier, row) => appendLeaf(sha256, frontier, row.hash).frontier, emptyFrontier);
        return hex(foldPeaks(sha256, part.peaks));
      });
    },
    erase(seqs: readonly number[]): number {
      const found = rows.filter((row) => seqs.includes(row.body.seq) && row.payload !== null && !row.erased);
      for (const row of found) row.erased = true;
      return found.length;
    },
    /** What a thief of the file would do: changes a row, and nothing else. */
    tamper(seq: number): void {
      const row = rows[seq - 1];
      if (row) row.body = { ...row.body, actor: "nobody" };
      verify();
    },
    /** What a thief of the file and its key would do: the same log made anew, without one row. */
    rebuild(without: number): void {
      const kept = rows.filter((row) => row.body.seq !== without);
      rows = [];
      for (const { body, title, payload } of kept) append({ ...body, title, payload });
      verify();
    },
    seal(): boolean {
      if (check?.ok !== false) return false;
      logId = `fake-log-${Number(logId.split("-")[2] ?? 1) + 1}`;
      rows = [];
      append({ kind: "log", actor: "aosd", title: { code: "log.sealed", params: {} } });
      verify();
      return true;
    },
  };
}
export type FakeLog = ReturnType<typeof createFakeLog>;
