import { EventPublisher } from "@orpc/server";
import type {
  Approval,
  AutonomyView,
  BreakerView,
  EgressView,
  GateLimits,
  Level,
  LevelPreview,
  ReplayLine,
  ReplayResult,
  SecretView,
} from "../../../../src/contract/breaker.ts";
import type { BackendOptions } from "../options.ts";
import type { FakeRack } from "../rack.ts";
import { createFakeApprovals, firstAsks } from "./approvals.ts";
import { playDays, type PlayedAct } from "./day.ts";
import { createFakeLatch } from "./latch.ts";
import { createFakeLog } from "./log.ts";
import { judge, matrixOf, taintedClasses } from "./matrix.ts";

const strictness = ["allow", "notify", "ask", "ask-console", "deny"] as const;
const dayMs = 86_400_000;

/** The whole breaker in memory: a stop that holds, a queue, a table, a log with a real chain. */
export function createFakeBreaker(options: BackendOptions, rack: FakeRack, now: () => number) {
  const mainId = rack.snapshot().nodes[0]?.id ?? "";
  const log = createFakeLog(now, mainId);
  let level: Level = 3;
  let limits: GateLimits = { spendCap: 0, currency: "KRW", bulkCap: 30, declaredPaths: ["/srv/shop/drafts"], tokenCap: null };
  let contacts: BreakerView["contacts"] = [
    { name: "사장님", phone: "010-0000-0000" },
    { name: "전담 매니저", phone: "02-000-0000" },
  ];
  const settled = new Set<string>();
  const events = new EventPublisher<{ view: BreakerView }>({ maxBufferedEvents: 4 });
  const rows = () => matrixOf(limits.spendCap);
  const played: readonly PlayedAct[] = playDays(log, rows(), level, now);
  log.verify();
  if (options.latch === "damaged") log.tamper(40);

  const unknown = () =>
    played.filter((one) => one.end === "unknown" && !settled.has(one.act)).map((one) => ({ act: one.act, agent: one.agent, tool: one.tool }));
  const latch = createFakeLatch(
    options,
    rack,
    now,
    () => (options.latch === "stopped" || options.latch === "damaged" ? unknown() : []),
    () => !log.isDamaged(),
  );

  const onEnd = (approval: Approval) => {
    const row = { act: approval.act, class: approval.class, title: approval.title };
    if (approval.state === "expired") log.append({ ...row, kind: "outcome", actor: "aosd", decision: "expired" });
    else {
      log.append({ ...row, kind: "approval", actor: approval.decidedBy ?? "aosd", via: "ws", decision: approval.state === "denied" ? "deny" : "approve" });
      log.append({ ...row, kind: "outcome", actor: approval.agent, decision: approval.state === "denied" ? "denied" : "done" });
    }
  };
  const approvals = createFakeApprovals(now, mainId, () => level, onEnd);
  const ask = (...args: Parameters<typeof approvals.ask>) => {
    const approval = approvals.ask(...args);
    const row = { actor: approval.agent, act: approval.act, class: approval.class, title: approval.title };
    log.append({ ...row, kind: "intent", payload: approval.payload });
    log.append({ ...row, kind: "verdict", decision: approval.needs, reason: approval.reason });
    publish();
    return approval;
  };

  const view = (): BreakerView => ({
    at: now(),
    ...latch.view(),
    panic: {
      band: "calm",
      signals: [
        { code: "same-text", value: 1, limit: 4, unit: "count" },
        { code: "same-call", value: 2, limit: 8, unit: "count" },
        { code: "failures", value: 1, limit: 5, unit: "count" },
        { code: "security-blocks", value: 1, limit: 3, unit: "count" },
      ],
    },
    level,
    pending: approvals.pending(),
    unknownOutcomes: unknown().length,
    log: log.isDamaged() ? "damaged" : log.check() ? "whole" : "unknown",
    contacts,
  });
  function publish(): void {
    events.publish("view", view());
  }

  const decisionAt = (one: PlayedAct, at: Level) => judge(rows(), { class: one.class, tainted: one.tainted === true, blocked: one.blocked !== undefined }, at);
  const replay = (at: Level, days: number): ReplayResult => {
    const from = now() - days * dayMs;
    const acts = played.filter((one) => one.at >= from);
    const lines = acts
      .map((one): ReplayLine => ({
        act: one.act,
        at: one.at,
        agent: one.agent,
        tool: one.tool,
        class: one.class,
        title: one.title,
        recorded: one.recorded,
        recordedReason: one.reason,
        replayed: decisionAt(one, at),
        replayedReason: one.reason,
      }))
      .filter((line) => line.recorded !== line.replayed)
      .toReversed();
    const rank = (name: (typeof strictness)[number]) => strictness.indexOf(name);
    const asks = rank("ask");
    return {
      level: at,
      days,
      from: acts[0]?.at ?? null,
      acts: acts.length,
      differences: lines.length,
      unasked: lines.filter((line) => rank(line.recorded) >= asks && rank(line.replayed) < asks).length,
      held: lines.filter((line) => rank(line.recorded) < asks && rank(line.replayed) >= asks).length,
      stopsAt: null,
      lines,
    };
  };
  const sensitivity = (at: number) => ({ mediumInjection: at <= 2 ? ("deny" as const) : ("ask" as const), panicScale: at <= 2 ? 0.5 : 1 });

  let mode: EgressView["mode"] = "hybrid";
  let hosts: EgressView["hosts"] = [
    { host: "api.weather.example", by: "사장님", at: now() - 3 * dayMs },
    { host: "*.shop.example", by: "사장님", at: now() - 2 * dayMs },
  ];
  const ledger: EgressView["rows"] = Array.from({ length: 4 }, (_, index) => ({
    id: `e${index}`,
    at: now() - (index + 1) * 1_400_000,
    host: index === 2 ? "tracker.example" : "api.weather.example",
    port: 443,
    class: index === 2 ? "8b" : "8a",
    agent: "무펭",
    act: null,
    approvedBy: index === 2 ? "-" : "목록",
    bytesOut: index === 2 ? 0 : 820 + index * 91,
    bytesIn: index === 2 ? 0 : 5200 + index * 700,
    hash: null,
    outcome: index === 2 ? "refused" : "done",
  }));
  let secrets: SecretView[] = [{ handle: "shop", hosts: ["*.shop.example"], note: "쇼핑몰 관리자", at: now() - 2 * dayMs, usedAt: now() - 181 * 60_000 }];

  if (options.latch !== "boot") for (const asked of firstAsks) ask(asked);

  return {
    log,
    latch,
    approvals,
    ask,
    view,
    publish,
    replay,
    /** First the view, then each change and each second, until the signal ends it. */
    async *watch(signal: AbortSignal | undefined): AsyncGenerator<BreakerView> {
      const changes = events.subscribe("view", signal ? { signal } : {});
      yield view();
      yield* changes;
    },
    start(): () => void {
      const timer = setInterval(publish, 500);
      return () => clearInterval(timer);
    },
    setContacts(next: BreakerView["contacts"]): void {
      contacts = next;
      publish();
    },
    settle(act: string, outcome: "done" | "not-done", by: string): boolean {
      const found = played.find((one) => one.act === act && one.end === "unknown" && !settled.has(act));
      if (!found) return false;
      settled.add(act);
      log.append({ kind: "outcome", act, actor: by, via: "ws", title: found.title, decision: outcome });
      publish();
      return true;
    },
    autonomy: (): AutonomyView => ({
      level,
      maxLevel: options.maxLevel,
      plan: options.maxLevel === 5 ? "Pro" : "Basic",
      licenceProblem: null,
      matrix: rows(),
      sensitivity: [1, 2, 3, 4, 5].map(sensitivity),
      limits,
      tainted: taintedClasses,
      isolation: "netns",
    }),
    level: () => level,
    setLevel(next: Level): void {
      level = next;
      publish();
    },
    setLimits(part: Partial<GateLimits>): void {
      limits = { ...limits, ...part };
    },
    preview: (to: Level, days: number): LevelPreview => ({
      from: level,
      to,
      allowed: to <= options.maxLevel,
      cells: rows().flatMap((row) => {
        const [from, next] = [row.cells[level - 1], row.cells[to - 1]];
        return from && next && (from.decision !== next.decision || from.within !== next.within) ? [{ class: row.class, from, to: next }] : [];
      }),
      sensitivity: { from: sensitivity(level), to: sensitivity(to) },
      pending: approvals.view().waiting.map((one) => ({
        id: one.id,
        class: one.class,
        title: one.title,
        before: one.needs,
        after: judge(rows(), { class: one.class, tainted: one.checks.tainted, blocked: false }, to),
        reason: one.reason,
      })),
      replay: replay(to, days),
    }),
    egress: {
      view: (limit: number): EgressView => ({
        mode,
        hosts,
        rows: ledger.slice(0, limit),
        bytesOut: ledger.reduce((sum, row) => sum + (row.bytesOut === "unknown" ? 0 : row.bytesOut), 0),
      }),
      setMode(next: EgressView["mode"]): void {
        mode = next;
      },
      allow(host: string, by: string): void {
        hosts = [...hosts.filter((one) => one.host !== host), { host, by, at: now() }];
      },
      disallow(host: string): boolean {
        const had = hosts.some((one) => one.host === host);
        hosts = hosts.filter((one) => one.host !== host);
        return had;
      },
    },
    secrets: {
      list: () => secrets,
      set(next: Omit<SecretView, "at" | "usedAt">): SecretView {
        const made = { ...next, at: now(), usedAt: null };
        secrets = [...secrets.filter((one) => one.handle !== next.handle), made];
        return made;
      },
      remove(handle: string): boolean {
        const had = secrets.some((one) => one.handle === handle);
        secrets = secrets.filter((one) => one.handle !== handle);
        return had;
      },
    },
  };
}
export type FakeBreaker = ReturnType<typeof createFakeBreaker>;
