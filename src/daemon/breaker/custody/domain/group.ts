/** A tool that was started, as the keeper knows it: enough to find and kill everything that came of it. */
export interface Group {
  /** Names the run; unguessable. `instance.id`: the instance is the daemon's, so that leftovers of another boot are known. */
  token: string;
  /** Fencing epoch that it was started in. */
  epoch: number;
  /** First process: leader of its own session and process group. Null: nobody knows it any more (a leftover); then mark and cgroup find the members. */
  pid: number | null;
  /** When it started, in the system's own unit; guards against a number that was given to somebody else. Null: unknown. */
  startedAt: string | null;
  /** Its cgroup v2 folder; null where there is none. */
  cgroup: string | null;
  act: string;
  agent: string;
  /** The command's name, for the report. */
  command: string;
}

/** What killing one group came to. Process ids; a process whose end nobody could see is in `alive`. */
export interface GroupReport {
  token: string;
  act: string;
  agent: string;
  command: string;
  /** Gone within the time that SIGTERM gives. */
  byTerm: number[];
  /** Gone after SIGKILL. */
  byKill: number[];
  /** Still there when the keeper gave up looking. Never left out. */
  alive: number[];
  /** From the order to the last death seen, or to giving up. */
  ms: number;
}

export interface StopReport {
  groups: GroupReport[];
  ms: number;
}
