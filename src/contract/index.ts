import { access } from "./access.ts";
import { breaker } from "./breaker.ts";
import { rack } from "./rack.ts";

/** The whole wire. Its areas are named after the daemon's folders. */
export const contract = { access, breaker, rack };
export type Contract = typeof contract;
