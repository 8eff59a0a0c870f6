import type { Group, GroupReport, StopReport } from "../custody/domain/group.ts";
import type { Processes } from "./domain/messages.ts";

/** What the keeper asks of custody's reaper. */
export interface ReaperPort {
  track(group: Group): void;
  /** Kills every group of epoch `upTo` and older. */
  killAll(upTo?: number): Promise<StopReport>;
  tracked(): readonly Group[];
}

/** Kills at a stop, and knows what came of it. */
export function createKilling({ reaper, onReport, onError }: { reaper: ReaperPort; onReport(report: StopReport): void; onError(error: unknown): void }) {
  let processes: Processes | "unknown" = { alive: 0, killed: 0, tookMs: 0 };
  const settle = ({ groups, ms }: StopReport) => {
    const count = (pick: (one: GroupReport) => number) => groups.reduce((sum, one) => sum + pick(one), 0);
    const alive = count((one) => one.alive.length);
    processes = { alive, killed: count((one) => one.byTerm.length + one.byKill.length), tookMs: alive > 0 ? "unknown" : ms };
  };
  const carryOut = async (upTo: number) => {
    try {
      const report = await reaper.killAll(upTo);
      settle(report);
      onReport(report);
    } catch (error) {
      processes = "unknown";
      onError(error);
    }
  };
  return {
    /** What lives and what was killed since the last stop. While it kills, `alive` counts the groups: at least as many processes live. */
    processes: () => processes,
    kill(upTo: number): void {
      const groups = reaper.tracked().length;
      if (groups === 0) return;
      processes = { alive: groups, killed: 0, tookMs: "unknown" };
      void carryOut(upTo);
    },
    /** A new run begins with a clean count. */
    forget(): void {
      processes = { alive: 0, killed: 0, tookMs: 0 };
    },
  };
}
export type Killing = ReturnType<typeof createKilling>;
