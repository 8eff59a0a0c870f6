import type { Caller } from "../kernel/caller.ts";

/** Who did it, as the log keeps it: a person's name, or the role where nobody signed in by name. */
export const actorOf = (caller: Caller): { actor: string; via: string } => ({ actor: caller.person?.name ?? caller.role, via: caller.via });
