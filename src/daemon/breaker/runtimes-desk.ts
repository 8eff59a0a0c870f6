import type { Caller, Context } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import type { Runtimes } from "./runtimes.ts";

export interface RuntimesDeskDeps {
  runtimes: Runtimes;
  /** Whether this daemon is a demo. */
  rehearses: boolean;
  record(caller: Caller, code: string, params: Record<string, string>): Promise<unknown>;
  /** Hashes a program, so that the first act needn't wait for it. */
  warm(command: string): Promise<unknown>;
}

/** A runtime's programs run on this machine: an owner decides from anywhere, others only at the machine itself. */
function atHome({ caller, connection }: Context): Caller {
  if (caller.role !== "owner" && connection.listener !== "socket") throw fault("access.local-only");
  return caller;
}

/** What people do with the programs that ask the gate. */
export const createRuntimesDesk = ({ runtimes, rehearses, record, warm }: RuntimesDeskDeps) => ({
  list: runtimes.list,
  async add(context: Context, asked: Parameters<Runtimes["add"]>[0]) {
    // Whoever brings a clock along may set the gate's time: that is for a demo alone.
    if (asked.rehearsal && !rehearses) throw fault("breaker.owner-only");
    await record(atHome(context), "runtime-add", { name: asked.name });
    for (const { command } of Object.values(asked.tools)) await warm(command);
    return runtimes.add(asked);
  },
  async remove(context: Context, id: string) {
    await record(atHome(context), "runtime-remove", { name: runtimes.get(id)?.name ?? id });
    if (!(await runtimes.remove(id))) throw fault("breaker.not-found");
    return { ok: true as const };
  },
});
