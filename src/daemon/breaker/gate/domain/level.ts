import type { Level } from "../../../../contract/breaker.ts";
import type { Policy } from "./types.ts";

/** The level that counts: the owner's choice, no higher than the licence. */
export const effectiveLevel = (policy: Policy): Level => (policy.level <= policy.maxLevel ? policy.level : policy.maxLevel);
