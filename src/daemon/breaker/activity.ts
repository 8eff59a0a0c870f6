import type { ActivityEntry, ActivityFilter, Checkpoint, Decision, GateReason, LogCheck, LogRow } from "../../contract/breaker.ts";
import { decisions, entryKinds, gateReasons, outcomes } from "../../contract/breaker.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Audit } from "./audit/audit.ts";
import type { AuditAct, AuditEntryRow } from "./audit/reader.ts";
import { actorOf } from "./actor.ts";

export interface ActivityDeps {
  audit: Audit;
  clock: Clock;
  nodeId: string;
  epoch(): number;
  /** A person said what became of an act. */
  onSettled(): Promise<void>;
}

const EXPORT_LINES = 200;
/** Pages of the log that one call looks through for a rare filter. */
const MOST_PAGES = 10;
/** Rows that only the replay needs: the policy, the latch and the state as the gate took them over. */
const inputs: ReadonlySet<string> = new Set(["gate-boot", "gate-policy", "gate-latch", "gate-state"]);
/** Rows that belong to an act; what a person or the daemon did stands by its own kind. */
const ofActs: ReadonlySet<string> = new Set(["intent", "verdict", "outcome"]);

const known = <T extends string>(all: readonly T[], value: string | null): T | null => all.find((one) => one === value) ?? null;

/** What people ask the log: who did what, what became of it, whether it is whole. */
export function createActivity({ audit, clock, nodeId, epoch, onSettled }: ActivityDeps) {
  let checked: LogCheck | null = null;

  const entryOf = ({ first, lastSeq, decision, reason, outcome, open }: AuditAct): ActivityEntry => {
    const verdict: Decision | null = known(decisions, decision);
    const isAct = ofActs.has(first.kind);
    const ended = known(outcomes, outcome) ?? (open === "unknown" ? "unknown" : null);
    return {
      seq: first.seq,
      lastSeq,
      at: first.at,
      nodeId,
      kind: isAct ? "act" : (known(entryKinds, first.kind) ?? "decision"),
      act: first.act,
      actor: first.actor,
      via: first.via,
      class: first.class as ActivityEntry["class"],
      title: first.title,
      decision: verdict,
      reason: known<GateReason>(gateReasons, reason),
      outcome: ended ?? (isAct && (verdict === "ask" || verdict === "ask-console") ? "waiting" : isAct && verdict === "deny" ? "not-done" : null),
    };
  };
  const rowOf = (row: AuditEntryRow): LogRow => ({
    seq: row.seq,
    at: row.at,
    kind: row.kind,
    actor: row.actor,
    via: row.via,
    decision: row.decision,
    reason: row.reason,
    params: row.title.params,
    payload: row.payload.state === "present" ? (row.payload.value as LogRow["payload"]) : null,
    erased: row.payload.state === "erased",
    hash: row.hash,
    prev: row.prev,
  });
  const filterOf = (filter: ActivityFilter) => {
    const { kind, ...rest } = filter;
    const wanted = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return { ...wanted, ...(kind === undefined || kind === "act" ? {} : { kind }) };
  };
  const check = async (): Promise<LogCheck> => {
    const found = await audit.verify();
    checked = { ok: found.ok, rows: found.rows, at: clock.now(), bad: found.ok ? null : found.bad };
    return checked;
  };

  return {
    async list({ filter, before, limit }: { filter: ActivityFilter; before?: number | undefined; limit: number }) {
      const entries: ActivityEntry[] = [];
      let next: number | null = before ?? null;
      for (let page = 0; page < MOST_PAGES && entries.length < limit; page++) {
        const found = await audit.acts(filterOf(filter), next ?? undefined, limit);
        entries.push(
          ...found.items
            .filter(({ first }) => !inputs.has(first.title.code))
            .map(entryOf)
            .filter((entry) => filter.kind === undefined || entry.kind === filter.kind),
        );
        next = found.next;
        if (next === null) break;
      }
      const [counts] = await audit.counts([{ from: filter.from ?? 0, to: filter.to ?? Number.MAX_SAFE_INTEGER }]);
      const of = (...names: string[]) => names.reduce((sum, name) => sum + (counts?.decisions[name] ?? 0), 0);
      return {
        entries: entries.slice(0, limit),
        next: entries.length > limit ? (entries[limit - 1]?.seq ?? null) : next,
        counts: {
          all: counts?.all ?? 0,
          allow: of("allow"),
          notify: of("notify"),
          ask: of("ask", "ask-console"),
          deny: of("deny"),
          unknown: counts?.unknown ?? 0,
        },
        actors: await audit.actors(),
        log: { rows: await audit.size(), check: checked },
      };
    },
    async entry(seq: number) {
      const rows = await audit.entry({ seq });
      const [first] = rows;
      if (first === undefined) throw fault("breaker.not-found");
      const last = rows.at(-1) ?? first;
      const verdict = rows.findLast((row) => ["intent", "verdict"].includes(row.kind) && row.decision !== null);
      const end = rows.findLast((row) => row.kind === "outcome");
      const open = end?.decision === "unknown" ? ("unknown" as const) : ("no" as const);
      const act: AuditAct = {
        first,
        lastSeq: last.seq,
        decision: verdict?.decision ?? first.decision,
        reason: verdict?.reason ?? first.reason,
        outcome: end?.decision ?? null,
        open,
      };
      return { entry: entryOf(act), rows: rows.map(rowOf) };
    },
    verify: check,
    async *export(caller: Caller, range: { from?: number | undefined; to?: number | undefined }, signal: AbortSignal | undefined) {
      await audit.append({ ...actorOf(caller), kind: "log", title: { code: "export", params: {} }, epoch: epoch() });
      const span = { ...(range.from === undefined ? {} : { from: range.from }), ...(range.to === undefined ? {} : { to: range.to }) };
      let lines: string[] = [];
      for await (const line of audit.export(span, signal)) {
        lines.push(line);
        if (lines.length < EXPORT_LINES) continue;
        yield { lines };
        lines = [];
      }
      if (lines.length > 0) yield { lines };
    },
    checkpoint: (): Checkpoint | null => audit.checkpoint(),
    async consistency(from: number, to: number): Promise<string[]> {
      const proof = await audit.consistency(from, to);
      if (proof === undefined) throw fault("breaker.not-found");
      return proof;
    },
    async erase(caller: Caller, seqs: readonly number[]): Promise<number> {
      const { erased } = await audit.erase(seqs, actorOf(caller));
      if (erased === 0) throw fault("breaker.not-found");
      return erased;
    },
    async seal(caller: Caller): Promise<LogCheck> {
      const done = await audit.seal(actorOf(caller));
      if (!done.ok) throw fault("breaker.log-whole");
      return check();
    },
    /** A person says what became of an act that nobody saw end. */
    async settle(caller: Caller, { act, outcome, note }: { act: string; outcome: "done" | "not-done"; note?: string | undefined }): Promise<{ ok: true }> {
      const open = (await audit.openIntents()).find((one) => one.act === act && one.state === "unknown");
      if (open === undefined) throw fault("breaker.not-found");
      await audit.append({
        ...actorOf(caller),
        kind: "outcome",
        act,
        decision: outcome,
        title: open.title,
        epoch: epoch(),
        ...(note === undefined ? {} : { payload: { note } }),
      });
      await onSettled();
      return { ok: true };
    },
    /** Keeps the log checked without anybody asking. */
    check,
    checked: () => checked,
  };
}
