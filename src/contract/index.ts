import { access } from "./access.ts";
import { rack } from "./rack.ts";

/** The whole wire. Its areas are named after the daemon's folders. */
export const contract = { access, rack };
export type Contract = typeof contract;
