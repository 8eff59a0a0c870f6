import type { Clock } from "../../kernel/clock.ts";
import { cgroupMembers, cgroupPopulated, killCgroup, removeCgroup } from "./cgroup.ts";
import type { Group, GroupReport, StopReport } from "./domain/group.ts";
import { membersOf, nameOf, type ProcessRow } from "./domain/members.ts";
import type { Processes } from "./processes.ts";

/** From SIGTERM to SIGKILL. */
export const termMs = 2000;
/** After this it stops looking and says who is left. */
const giveUpMs = 5000;
/** Between two looks. A tool's last line comes at most this long after its signal. */
const lookMs = 25;
/** Looks in a row that must find nobody: the table is not read in one instant, and a process that keeps forking can slip through one. */
const emptyLooks = 3;

export interface Reaper {
  /** From now on the group dies with `killAll`. The caller lets the tool start only after this. */
  track(group: Group): void;
  /** Kills what is left of a run and forgets it; null when it was not tracked. A run that ended by itself is ended too: what it left behind dies. */
  end(token: string): Promise<GroupReport | null>;
  /** Kills every group of epoch `upTo` and older, those too that are tracked while it works. */
  killAll(upTo?: number): Promise<StopReport>;
  /** Groups with at least one living process. */
  alive(): number;
  tracked(): readonly Group[];
}

/** One group on its way out. */
interface Dying {
  group: Group;
  startedAt: number;
  remembered: Set<string>;
  /** Seen as members, by name, with the pid. */
  seen: Map<string, number>;
  termed: Set<string>;
  /** Process groups that its members lead or led: all in them are its own. */
  pgids: Set<number>;
  byTerm: number[];
  byKill: number[];
  /** Looks in a row that found nobody. */
  empty: number;
}

/**
 * Ends tools: SIGTERM, 2 s, SIGKILL, and looks again until nobody is left. A plain module without the event loop of the
 * daemon: it runs in the keeper's thread, where a blocked daemon delays nothing.
 */
export function createReaper({
  clock,
  processes,
  spared,
  onError,
}: {
  clock: Clock;
  processes: Processes;
  spared: ReadonlySet<number>;
  onError(error: unknown): void;
}): Reaper {
  const tracked = new Map<string, Group>();
  const dying = new Map<string, { state: Dying; done: Promise<GroupReport>; settle(report: GroupReport): void }>();
  let looking = false;

  /** One look at the table for all groups that are asked about. */
  const look = (groups: readonly Pick<Dying, "group" | "remembered">[]): { rows: ProcessRow[]; members: ProcessRow[][] } => {
    const rows = processes.rows();
    const marks = processes.marks(rows);
    const members = groups.map(({ group, remembered }) => {
      const marked = new Set(group.cgroup === null ? [] : cgroupMembers(group.cgroup));
      for (const [pid, value] of marks) if (value === group.token) marked.add(pid);
      return membersOf(rows, group, { remembered, marked, spared });
    });
    return { rows, members };
  };

  const attempt = (task: () => void): void => {
    try {
      task();
    } catch (error) {
      onError(error);
    }
  };

  const signalAll = (state: Dying, name: "SIGTERM" | "SIGKILL", pgids: Iterable<number>): void => {
    const { cgroup } = state.group;
    if (name === "SIGKILL" && cgroup !== null) attempt(() => killCgroup(cgroup));
    for (const pgid of pgids) attempt(() => processes.signal(-pgid, name));
  };

  /** SIGTERM once for each process; SIGKILL at each look, to those not seen as well: nobody can fork away from a signal to its process group. */
  const strike = (state: Dying, members: readonly ProcessRow[]): void => {
    const unseen = members.length === 0 && state.group.cgroup === null;
    if (clock.mono() - state.startedAt >= termMs || unseen) {
      signalAll(state, "SIGKILL", state.pgids);
      for (const row of members) if (!state.pgids.has(row.pgid)) attempt(() => processes.signal(row.pid, "SIGKILL"));
      return;
    }
    const fresh = members.filter((row) => !state.termed.has(nameOf(row)));
    const old = new Set(members.filter((row) => state.termed.has(nameOf(row))).map((row) => row.pgid));
    // A whole group at a time, except where somebody in it has had his signal already.
    const whole = new Set(fresh.map((row) => row.pgid).filter((pgid) => state.pgids.has(pgid) && !old.has(pgid)));
    signalAll(state, "SIGTERM", whole);
    for (const row of fresh) {
      if (!whole.has(row.pgid)) attempt(() => processes.signal(row.pid, "SIGTERM"));
      state.termed.add(nameOf(row));
    }
  };

  /** Without a table: the groups that are known, by number. */
  const strikeBlind = (state: Dying): void => {
    if (clock.mono() - state.startedAt >= termMs) signalAll(state, "SIGKILL", state.pgids);
    else if (state.termed.size === 0) {
      signalAll(state, "SIGTERM", state.pgids);
      state.termed.add("blind");
    }
  };

  /** `strangers`: numbers of processes that are not the group's. A process group whose number one of them has is somebody else's by now. */
  const note = (state: Dying, members: readonly ProcessRow[], strangers: ReadonlySet<number>): void => {
    const living = new Set(members.map(nameOf));
    const late = clock.mono() - state.startedAt > termMs;
    for (const [name, pid] of state.seen) {
      if (living.has(name)) continue;
      (late ? state.byKill : state.byTerm).push(pid);
      state.seen.delete(name);
    }
    state.pgids = new Set([...state.pgids].filter((pgid) => !strangers.has(pgid)));
    for (const row of members) {
      if (row.pid === row.pgid && row.pid > 1) state.pgids.add(row.pgid);
      state.seen.set(nameOf(row), row.pid);
      state.remembered.add(nameOf(row));
    }
  };

  const finish = (state: Dying, alive: readonly number[]): void => {
    const { token, act, agent, command, cgroup } = state.group;
    const report: GroupReport = {
      token,
      act,
      agent,
      command,
      byTerm: state.byTerm,
      byKill: state.byKill,
      alive: [...alive],
      ms: Math.round(clock.mono() - state.startedAt),
    };
    // Who is left stays on the list, so that the next stop tries again and `alive` goes on counting it.
    if (alive.length === 0) tracked.delete(token);
    if (cgroup !== null && alive.length === 0) attempt(() => removeCgroup(cgroup));
    dying.get(token)?.settle(report);
    dying.delete(token);
  };

  const round = (): void => {
    const states = [...dying.values()].map(({ state }) => state);
    if (states.length === 0) {
      looking = false;
      return;
    }
    try {
      const { rows, members: found } = look(states);
      for (const [index, state] of states.entries()) {
        const members = found[index] ?? [];
        const own = new Set(members.map((row) => row.pid));
        note(state, members, new Set(rows.filter((row) => !row.zombie && !own.has(row.pid)).map((row) => row.pid)));
        strike(state, members);
        const { cgroup } = state.group;
        const nobody = members.length === 0 && (cgroup === null || !cgroupPopulated(cgroup));
        state.empty = nobody ? state.empty + 1 : 0;
        if (state.empty >= (cgroup === null ? emptyLooks : 1)) finish(state, []);
        else if (clock.mono() - state.startedAt >= giveUpMs)
          finish(
            state,
            members.map((row) => row.pid),
          );
      }
    } catch (error) {
      onError(error);
      for (const state of states) strikeBlind(state);
    }
    for (const { state } of dying.values()) {
      // The table could not be read for this long: nobody knows who lives, so the first process counts as living.
      if (clock.mono() - state.startedAt >= giveUpMs + 1000) finish(state, state.group.pid === null ? [] : [state.group.pid]);
    }
    clock.after(lookMs, round);
  };

  const condemn = (group: Group): Promise<GroupReport> => {
    const already = dying.get(group.token);
    if (already) return already.done;
    const { promise, resolve } = Promise.withResolvers<GroupReport>();
    const state: Dying = {
      group,
      startedAt: clock.mono(),
      remembered: new Set(),
      seen: new Map(),
      termed: new Set(),
      pgids: new Set(group.pid !== null && group.pid > 1 && !spared.has(group.pid) ? [group.pid] : []),
      byTerm: [],
      byKill: [],
      empty: 0,
    };
    dying.set(group.token, { state, done: promise, settle: resolve });
    return promise;
  };
  const go = (): void => {
    if (looking) return;
    looking = true;
    round();
  };

  return {
    track(group) {
      tracked.set(group.token, group);
    },
    async end(token) {
      const group = tracked.get(token);
      if (!group) return null;
      const done = condemn(group);
      go();
      return done;
    },
    async killAll(upTo = Number.POSITIVE_INFINITY) {
      const startedAt = clock.mono();
      const reports = new Map<string, GroupReport>();
      for (;;) {
        const groups = [...tracked.values()].filter((group) => group.epoch <= upTo && !reports.has(group.token));
        if (groups.length === 0) break;
        const ends = groups.map(condemn);
        go();
        for (const report of await Promise.all(ends)) reports.set(report.token, report);
      }
      return { groups: [...reports.values()], ms: Math.round(clock.mono() - startedAt) };
    },
    alive() {
      const groups = [...tracked.values()].map((group) => ({ group, remembered: new Set<string>() }));
      return groups.length === 0 ? 0 : look(groups).members.filter((members) => members.length > 0).length;
    },
    tracked: () => [...tracked.values()],
  };
}
