import type { Group, GroupReport, StopReport } from "./domain/group.ts";

/** The reaper as custody sees it from the daemon's thread. Each call rejects when the keeper is gone or silent. */
export interface ReaperPort {
  /** Resolves once the keeper has the group on its list. Rejects after 500 ms: then nothing may start. */
  track(group: Group): Promise<void>;
  end(token: string): Promise<GroupReport | null>;
  killAll(upTo?: number): Promise<StopReport>;
  alive(): Promise<number>;
}
