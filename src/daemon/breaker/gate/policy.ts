import type { Grant, GateLimits, Level } from "../../../contract/breaker.ts";
import { level as levelSchema } from "../../../contract/breaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../kernel/sqlite/database.ts";
import type { Policy } from "./domain/types.ts";
import { exported, keptPolicy, shipped, type KeptGrant, type KeptPolicy } from "./policy-file.ts";

export interface PolicyDeps {
  db: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** The plan's highest level. Whatever it can't say is the lowest plan. */
  licence: { current(): { maxLevel: number; plan: string; problem: string | null } };
  isolation(): Policy["isolation"];
  /** A main node starts as shipped; a member denies until main has told it. */
  member: boolean;
}

export type LevelSet = { ok: true } | { ok: false; code: "licence"; maxLevel: Level; plan: string };

const LOWEST_MAX: Level = 3;
const MOST_KNOWN = 8192;

/**
 * The owner's policy on disk. `current()` is null when there is none or it can't be read: then the gate denies. A change is in force once it is
 * written. On a member it comes from main by `import`, and an older version never replaces a newer one.
 */
export async function createPolicy({ db, clock, ids, log, licence, isolation, member }: PolicyDeps) {
  let version = 0;
  let kept: KeptPolicy | null = null;
  const known = new Map<string, number>();
  const listeners = new Set<() => void>();
  let queue: Promise<unknown> = Promise.resolve();

  try {
    const [row] = await db.read("SELECT version, body FROM gate_policy WHERE id = 1");
    if (row !== undefined) {
      version = Number(row["version"]);
      kept = keptPolicy.parse(JSON.parse(String(row["body"])));
    } else if (!member) kept = shipped;
    for (const one of await db.read("SELECT recipient, at FROM gate_known ORDER BY at DESC LIMIT ?", [MOST_KNOWN]))
      known.set(String(one["recipient"]), Number(one["at"]));
  } catch (error) {
    log.error("gate.policy-unreadable", { error });
    kept = null;
  }
  /** Recipients as they were when this run began: later ones come from recorded events, so that a replay learns them at the right moment. */
  const knownAtStart = [...known.keys()];

  const maxLevel = (): Level => {
    try {
      const parsed = levelSchema.safeParse(licence.current().maxLevel);
      return parsed.success ? parsed.data : LOWEST_MAX;
    } catch (error) {
      log.error("gate.licence-unreadable", { error });
      return LOWEST_MAX;
    }
  };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  /** One change after the other: each begins with what the one before left. */
  const change = <T>(make: (now: KeptPolicy) => { next: KeptPolicy; result: T }): Promise<T> => {
    const run = async (): Promise<T> => {
      const { next, result } = make(kept ?? shipped);
      const valid = keptPolicy.parse(next);
      await db.write([
        {
          sql: "INSERT INTO gate_policy (id, version, body) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body",
          params: [version + 1, JSON.stringify(valid)],
        },
      ]);
      version += 1;
      kept = valid;
      tell();
      return result;
    };
    const done = queue.then(run, run);
    queue = done.catch((error: unknown) => log.error("gate.policy-not-written", { error }));
    return done;
  };
  const grantOf = ({ key: _key, ...one }: KeptGrant): Grant => one;

  return {
    version: () => version,
    maxLevel,
    plan: () => licence.current(),
    /** What holds now; null: nobody can say, so nothing is allowed. */
    current(): Policy | null {
      if (kept === null) return null;
      return {
        level: kept.level,
        maxLevel: maxLevel(),
        limits: kept.limits,
        grants: kept.grants.map(({ id, scope, key, class: of, tool }) => ({ id, scope, value: key, class: of, tool })),
        hosts: kept.hosts.map((one) => one.host),
        known: knownAtStart,
        egress: kept.egress,
        isolation: isolation(),
      };
    },
    kept: () => kept,
    /** Raising is bounded by the licence; lowering always works. Who may ask is the caller's affair. */
    async setLevel(to: Level): Promise<LevelSet> {
      const most = maxLevel();
      if (to > most && to > (kept?.level ?? 1)) return { ok: false, code: "licence", maxLevel: most, plan: licence.current().plan };
      return change((now) => ({ next: { ...now, level: to }, result: { ok: true } as const }));
    },
    setLimits: (limits: Partial<GateLimits>) => change((now) => ({ next: { ...now, limits: { ...now.limits, ...limits } }, result: undefined })),
    setEgress: (egress: Policy["egress"]) => change((now) => ({ next: { ...now, egress }, result: undefined })),
    hosts: () => kept?.hosts ?? [],
    allowHost: (host: string, by: string) =>
      change((now) => ({ next: { ...now, hosts: [...now.hosts.filter((one) => one.host !== host), { host, by, at: clock.now() }] }, result: undefined })),
    /** False: it wasn't listed. */
    disallowHost: (host: string) =>
      change((now) => ({ next: { ...now, hosts: now.hosts.filter((one) => one.host !== host) }, result: now.hosts.some((one) => one.host === host) })),
    grants: (): Grant[] => (kept?.grants ?? []).map(grantOf),
    addGrant: (grant: Pick<KeptGrant, "scope" | "value" | "key" | "class" | "tool" | "by">): Promise<Grant> =>
      change((now) => {
        const added: KeptGrant = { ...grant, id: ids.id(), at: clock.now(), used: 0 };
        const others = now.grants.filter((one) => one.key !== grant.key || one.class !== grant.class || one.tool !== grant.tool || one.scope !== grant.scope);
        return { next: { ...now, grants: [...others, added] }, result: grantOf(added) };
      }),
    /** False: there is no such grant. */
    removeGrant: (id: string) =>
      change((now) => ({ next: { ...now, grants: now.grants.filter((one) => one.id !== id) }, result: now.grants.some((one) => one.id === id) })),
    /** Grants that let an act through. Counted on disk; no change of the policy, so nobody is told. */
    noteUse(used: readonly string[]): Promise<void> {
      const run = async () => {
        if (kept === null || !kept.grants.some(({ id }) => used.includes(id))) return;
        kept = { ...kept, grants: kept.grants.map((one) => (used.includes(one.id) ? { ...one, used: one.used + 1 } : one)) };
        await db.write([{ sql: "UPDATE gate_policy SET body = ? WHERE id = 1", params: [JSON.stringify(kept)] }]);
      };
      const done = queue.then(run, run);
      queue = done.catch((error: unknown) => log.error("gate.policy-not-written", { error }));
      return done;
    },
    /** Third parties who wrote in or were approved, as the gate compares them. */
    async addKnown(recipients: readonly string[]): Promise<void> {
      const fresh = recipients.filter((one) => !known.has(one)).slice(0, 64);
      if (fresh.length === 0 || known.size >= MOST_KNOWN) return;
      for (const one of fresh) known.set(one, clock.now());
      await db.write(fresh.map((one) => ({ sql: "INSERT OR IGNORE INTO gate_known (recipient, at) VALUES (?, ?)", params: [one, clock.now()] })));
    },
    /** For members. Null while there is nothing to tell. */
    exportFor: (): { version: number; policy: ReturnType<typeof exported.parse> } | null =>
      kept === null ? null : { version, policy: { kept, known: [...known.keys()] } },
    /** Takes over what main said; answers the version that holds afterwards. Rejects on what isn't a policy, and keeps what it had. */
    async import(newer: number, value: unknown): Promise<number> {
      const { kept: from, known: others } = exported.parse(value);
      if (newer <= version && kept !== null) return version;
      version = newer - 1;
      await change(() => ({ next: from, result: undefined }));
      for (const one of others) if (!known.has(one) && known.size < MOST_KNOWN) known.set(one, clock.now());
      return version;
    },
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
export type PolicyStore = Awaited<ReturnType<typeof createPolicy>>;
