import type { Caller } from "../kernel/caller.ts";
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

/** What people do with the programs that ask the gate. */
export const createRuntimesDesk = ({ runtimes, rehearses, record, warm }: RuntimesDeskDeps) => ({
  list: runtimes.list,
  async add(caller: Caller, asked: Parameters<Runtimes["add"]>[0]) {
    // Whoever brings a clock along may set the gate's time: that is for a demo alone.
    if (asked.rehearsal && !rehearses) throw fault("breaker.owner-only");
    await record(caller, "runtime-add", { name: asked.name });
    for (const { command } of Object.values(asked.tools)) await warm(command);
    return runtimes.add(asked);
  },
  async remove(caller: Caller, id: string) {
    await record(caller, "runtime-remove", { name: runtimes.get(id)?.name ?? id });
    if (!(await runtimes.remove(id))) throw fault("breaker.not-found");
    return { ok: true as const };
  },
});
