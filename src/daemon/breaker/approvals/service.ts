import type { Approval, ApprovalsView, Grant } from "../../../contract/breaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import { bindingHash, type Bound } from "./binding.ts";
import { answered, DRAFT_MS, isHasty, lifeAt, LIVE_MS, newLife, used, wordOf, type UseResult } from "./domain/approval.ts";
import { createDrafts } from "./drafts.ts";
import type { Ask, Decided, Entry } from "./entry.ts";

/** Standing grants, kept with the policy. */
export interface GrantBook {
  grants(): Grant[];
  addGrant(grant: { scope: "recipient" | "host"; value: string; key: string; class: Approval["class"]; tool: string; by: string }): Promise<Grant>;
  removeGrant(id: string): Promise<boolean>;
}

export interface ApprovalsDeps {
  db: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  nodeId: string;
  grants: GrantBook;
}

export interface Answer {
  items: readonly { id: string; hash: string }[];
  answer: "approve" | "deny";
  by: string;
  typed?: string | undefined;
  note?: string | undefined;
  always?: boolean;
}
export type AnswerRefusal = { ok: false; code: "not-found" | "over" | "changed" | "typed" | "mixed"; id: string; state: string };
export type Used = { result: UseResult; act: string; batch: string; needs: "ask" | "ask-console" };

const MOST_WAITING = 500;
const KEPT_DECIDED = 100;
const SWEEP_MS = 1000;
const SEEN_MS = 60_000;
const hashOf = /^[0-9a-f]{64}$/;

/** Acts that wait for a person. Live ones live in memory only: a restart voids them. Drafts are on disk, with what is left of their day. */
export async function createApprovals({ db, clock, ids, log, nodeId, grants }: ApprovalsDeps) {
  const drafts = createDrafts({ db, clock, log });
  const entries = new Map<string, Entry>();
  const decided: Entry[] = [];
  const approvedAt: number[] = [];
  const listeners = new Set<(one: Decided) => void>();
  const changes = new Set<() => void>();
  const waiters = new Map<string, Set<() => void>>();
  for (const entry of await drafts.load()) entries.set(entry.approval.id, entry);

  const changed = (id: string) => {
    for (const wake of waiters.get(id) ?? []) wake();
    for (const listener of changes) listener();
  };
  const view = ({ approval, life }: Entry): Approval => {
    const now = lifeAt(life, clock.mono());
    const open = now.state === "waiting" || now.state === "approved";
    return { ...approval, state: now.state, expiresInMs: open ? Math.max(0, now.until - clock.mono()) : null };
  };
  const keepDecided = (entry: Entry) => {
    decided.unshift(entry);
    for (const old of decided.splice(KEPT_DECIDED)) if (old.life.state !== "approved") entries.delete(old.approval.id);
  };
  const tell = (entry: Entry, answer: Decided["answer"]) => {
    const one: Decided = { act: entry.approval.act, id: entry.approval.id, answer, by: entry.approval.decidedBy, note: entry.approval.note, entry };
    for (const listener of listeners) listener(one);
    changed(entry.approval.id);
  };
  const over = (id: string) => {
    drafts.drop([id]).catch((error: unknown) => log.error("approvals.draft-not-dropped", { id, error }));
  };
  const sweep = () => {
    for (const [id, entry] of entries) {
      if (entry.life.state !== "waiting" && entry.life.state !== "approved" && !decided.includes(entry)) entries.delete(id);
      const now = lifeAt(entry.life, clock.mono());
      if (now.state === entry.life.state) continue;
      const asked = entry.life.state === "waiting";
      entry.life = now;
      if (entry.life.mode === "draft") over(entry.approval.id);
      if (asked) {
        keepDecided(entry);
        tell(entry, "expire");
      } else changed(entry.approval.id);
    }
  };
  const find = (id: string): Entry | undefined => {
    const entry = entries.get(id);
    // Who looks first must not be the only one who learns that its time is over.
    if (entry && lifeAt(entry.life, clock.mono()).state !== entry.life.state) sweep();
    return entries.get(id);
  };

  const refusal = ({ items, answer, typed }: Answer): AnswerRefusal | null => {
    const no = (code: AnswerRefusal["code"], id: string, state = ""): AnswerRefusal => ({ ok: false, code, id, state });
    let kind: string | undefined;
    for (const { id, hash } of items) {
      const entry = entries.get(id);
      if (entry === undefined) return no("not-found", id);
      const now = lifeAt(entry.life, clock.mono());
      if (now.state !== "waiting") return no("over", id, now.state);
      // The person saw this very act, or another one by that name.
      if (!hashOf.test(hash) || now.hash !== hash) return no("changed", id);
      const { approval } = entry;
      kind ??= `${approval.class} ${approval.tool}`;
      if (kind !== `${approval.class} ${approval.tool}`) return no("mixed", id);
      if (answer === "approve" && approval.needs === "ask-console" && (items.length > 1 || typed?.trim().toLowerCase() !== wordOf(now.hash)))
        return no("typed", id);
    }
    return null;
  };
  /** The grant that the approvals offer; each must offer one. */
  const grantAlways = async (chosen: readonly Entry[], by: string) => {
    for (const { approval, grant } of chosen)
      if (grant !== null && approval.needs === "ask") await grants.addGrant({ ...grant, class: approval.class, tool: approval.tool, by });
  };

  return {
    /** Begins to wait. A draft is on disk before this resolves. Rejects when too many wait or the disk refuses: then the act is denied. */
    async ask({ event, bound, view: shown, grant }: Ask): Promise<Approval> {
      if ([...entries.values()].filter((one) => one.life.state === "waiting").length >= MOST_WAITING) throw new Error("too many approvals wait");
      const hash = bindingHash(bound);
      // Asked again while it waits: the same question, not another one.
      const same = [...entries.values()].find(
        (one) => one.life.hash === hash && one.life.mode === shown.mode && lifeAt(one.life, clock.mono()).state === "waiting",
      );
      if (same) return view(same);
      const id = ids.id();
      const life = newLife(shown.mode, hash, clock.mono());
      const approval: Approval = {
        ...shown,
        id,
        nodeId,
        hash,
        cwd: bound.cwd,
        binary: bound.binary?.path ?? null,
        state: "waiting",
        askedAt: clock.now(),
        expiresInMs: null,
        lastsMs: shown.mode === "live" ? LIVE_MS : DRAFT_MS,
        decidedAt: null,
        decidedBy: null,
        note: null,
        grant: grant && { scope: grant.scope, value: grant.value },
      };
      const entry: Entry = { approval, event, life, batch: id, grant };
      if (shown.mode === "draft") await drafts.save(entry);
      entries.set(id, entry);
      changed(id);
      return view(entry);
    },
    /** A person's answer to one or several of the same class and tool; all or none. Approved drafts are on disk before it resolves. */
    async decide(answer: Answer): Promise<{ ok: true; decided: Decided[] } | AnswerRefusal> {
      const no = refusal(answer);
      if (no !== null) return no;
      const mono = clock.mono();
      const batch = answer.items.length > 1 ? ids.id() : null;
      const chosen: Entry[] = [];
      for (const { id } of answer.items) {
        const entry = entries.get(id);
        const life = entry && answered(entry.life, answer.answer, mono);
        if (!entry || !life) return { ok: false, code: "over", id, state: entry?.life.state ?? "" };
        chosen.push(entry);
        entry.life = life;
        entry.batch = batch ?? entry.batch;
        entry.approval = { ...entry.approval, decidedAt: clock.now(), decidedBy: answer.by, note: answer.note ?? null };
      }
      try {
        for (const entry of chosen)
          if (entry.life.mode === "draft") await (entry.life.state === "approved" ? drafts.save(entry) : drafts.drop([entry.approval.id]));
        if (answer.always === true && answer.answer === "approve") await grantAlways(chosen, answer.by);
      } catch (error) {
        // Not on disk means not approved.
        for (const entry of chosen) entry.life = { ...entry.life, state: "void" };
        throw error;
      }
      if (answer.answer === "approve") {
        approvedAt.push(mono);
        approvedAt.splice(0, Math.max(0, approvedAt.length - 10));
      }
      return {
        ok: true,
        decided: chosen.map((entry) => {
          keepDecided(entry);
          tell(entry, answer.answer);
          return { act: entry.approval.act, id: entry.approval.id, answer: answer.answer, by: answer.by, note: answer.note ?? null, entry };
        }),
      };
    },
    /** Main's word on an approval of this node: the person saw and answered it there. */
    async decidedElsewhere({ id, answer, by, note }: { id: string; answer: "approve" | "deny"; by: string; note: string | null }): Promise<boolean> {
      const entry = find(id);
      if (entry === undefined) return false;
      const typed = wordOf(entry.life.hash);
      const done = await this.decide({ items: [{ id, hash: entry.life.hash }], answer, by, typed, ...(note === null ? {} : { note }) });
      return done.ok;
    },
    /** Claims an approval for exactly this act: from then on nobody else can. `keep` or `giveBack` must follow. */
    claim(id: string, act: Omit<Bound, "class">): Used {
      const entry = find(id);
      if (entry === undefined) return { result: "approval-expired", act: "", batch: id, needs: "ask" };
      const { approval } = entry;
      const { result, life } = used(entry.life, bindingHash({ ...act, class: approval.class }), clock.mono());
      entry.life = life;
      return { result, act: approval.act, batch: entry.batch, needs: approval.needs };
    },
    /** The claimed act goes out. A draft's use is on disk before this resolves, so that no restart gives it back. */
    async keep(id: string): Promise<void> {
      if (entries.get(id)?.life.mode === "draft") await drafts.drop([id]);
      changed(id);
    },
    /** The gate let it not go out after all: the approval stands as it was. */
    giveBack(id: string): void {
      const entry = entries.get(id);
      if (entry?.life.state === "used") entry.life = { ...entry.life, state: "approved" };
    },
    /** What was asked could not be put down: nobody is to answer it. */
    withdraw(id: string): void {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entries.delete(id);
      if (entry.life.mode === "draft") over(id);
      changed(id);
    },
    get(id: string): Approval | null {
      const entry = find(id);
      return entry ? view(entry) : null;
    },
    /** The acts that wait, as the gate judged them. */
    pending: (): { id: string; event: Entry["event"] }[] =>
      [...entries.values()].filter((one) => lifeAt(one.life, clock.mono()).state === "waiting").map((one) => ({ id: one.approval.id, event: one.event })),
    waiting: (): Approval[] => [...entries.values()].map(view).filter((one) => one.state === "waiting"),
    list: (): ApprovalsView => ({
      waiting: [...entries.values()]
        .map(view)
        .filter((one) => one.state === "waiting")
        .toSorted((a, b) => a.askedAt - b.askedAt),
      decided: decided.map(view),
      grants: grants.grants(),
      hasty: isHasty(approvedAt),
    }),
    grants: () => grants.grants(),
    revoke: (id: string) => grants.removeGrant(id),
    /** Resolves with the approval once it no longer waits, or after `ms`. Null: there is none. */
    async wait(id: string, ms: number, signal?: AbortSignal): Promise<Approval | null> {
      const entry = find(id);
      if (entry === undefined || entry.life.state !== "waiting" || ms <= 0) return entry ? view(entry) : null;
      await new Promise<void>((resolve) => {
        const wakes = waiters.get(id) ?? new Set();
        waiters.set(id, wakes);
        const done = () => {
          cancel();
          signal?.removeEventListener("abort", done);
          wakes.delete(done);
          if (wakes.size === 0) waiters.delete(id);
          resolve();
        };
        const cancel = clock.after(ms, done);
        wakes.add(done);
        signal?.addEventListener("abort", done);
        if (signal?.aborted === true) done();
      });
      const now = entries.get(id);
      return now ? view(now) : null;
    },
    onDecided(listener: (one: Decided) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onChange(listener: () => void): () => void {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    /** Lets what is over expire. */
    sweep,
    start(): () => void {
      const stops = [
        clock.every(SWEEP_MS, sweep),
        clock.every(SEEN_MS, () => {
          const open = [...entries.values()].filter((one) => one.life.mode === "draft" && (one.life.state === "waiting" || one.life.state === "approved"));
          drafts.seen(open).catch((error: unknown) => log.warn("approvals.not-noted", { error }));
        }),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}
export type Approvals = Awaited<ReturnType<typeof createApprovals>>;
