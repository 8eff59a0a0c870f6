import { levels, type AutonomyView, type GateLimits, type Level, type LevelPreview, type ReplayResult } from "../../contract/breaker.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import { allows } from "../../contract/roles.ts";
import { actorOf } from "./actor.ts";
import type { Approvals } from "./approvals/service.ts";
import type { Audit } from "./audit/audit.ts";
import { matrix, sensitivityAt, taintedClasses } from "./gate/domain/matrix.ts";
import type { Change } from "./gate/domain/replay.ts";
import type { GateState } from "./gate/domain/state.ts";
import type { PolicyStore } from "./gate/policy.ts";
import { recordedRows } from "./gate/recorded.ts";
import { previewLevel, replay } from "./gate/replay.ts";

export interface AutonomyDeskDeps {
  policy: PolicyStore;
  approvals: Approvals;
  audit: Audit;
  clock: Clock;
  isolation(): AutonomyView["isolation"];
  state(): GateState;
  epoch(): number;
}

const DAY_MS = 86_400_000;

/** The slider: what each level allows, what another one would change, and the last days under it. */
export function createAutonomyDesk({ policy, approvals, audit, clock, isolation, state, epoch }: AutonomyDeskDeps) {
  const record = (caller: Caller, code: string, params: Record<string, string | number>) =>
    audit.append({ ...actorOf(caller), kind: "setting", title: { code, params }, epoch: epoch() });
  const kept = () => {
    const now = policy.kept();
    if (now === null) throw fault("breaker.not-ready");
    return now;
  };
  const view = (): AutonomyView => {
    const { plan, problem } = policy.plan();
    const { level, limits } = kept();
    return {
      level,
      maxLevel: policy.maxLevel(),
      plan,
      licenceProblem: problem,
      matrix: [...matrix],
      sensitivity: levels.map(sensitivityAt),
      limits,
      tainted: [...taintedClasses],
      isolation: isolation(),
    };
  };
  const replayed = (change: Change, days: number): Promise<ReplayResult> => {
    const from = clock.now() - days * DAY_MS;
    return replay(recordedRows(audit, from), change, days, from);
  };

  return {
    view,
    async set(caller: Caller, level: Level): Promise<AutonomyView> {
      const { level: from } = kept();
      if (level > from && !allows(caller.role, { role: "owner", also: [] })) throw fault("breaker.owner-only");
      await record(caller, "level", { from, to: level });
      const done = await policy.setLevel(level);
      if (!done.ok) throw fault("breaker.licence", { maxLevel: done.maxLevel, plan: done.plan });
      return view();
    },
    async setLimits(caller: Caller, limits: Partial<{ [K in keyof GateLimits]: GateLimits[K] | undefined }>): Promise<AutonomyView> {
      await record(caller, "limits", {});
      await policy.setLimits(Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)));
      return view();
    },
    async preview(level: Level, days: number): Promise<LevelPreview> {
      const found = previewLevel(state(), level, approvals.pending(), await replayed({ level }, days));
      if (found === null) throw fault("breaker.not-ready");
      return found;
    },
    replay: ({ level, days, allowHosts }: { level: Level; days: number; allowHosts?: string[] | undefined }) =>
      replayed({ level, ...(allowHosts === undefined ? {} : { allowHosts }) }, days),
  };
}
