import { z } from "zod";
import { actionClass, gateLimits, host, level } from "../../../contract/breaker.ts";

/** A standing grant: `value` as people read it, `key` as the gate compares it. */
export const keptGrant = z.object({
  id: z.string().min(1).max(64),
  scope: z.enum(["recipient", "host"]),
  value: z.string().max(320),
  key: z.string().max(320),
  class: actionClass,
  tool: z.string().max(128),
  by: z.string().max(120),
  at: z.number().int(),
  used: z.number().int(),
});
export type KeptGrant = z.infer<typeof keptGrant>;

/** What the owner decided. Licence and isolation are not in it: each node knows its own. */
export const keptPolicy = z.object({
  level,
  limits: gateLimits,
  grants: z.array(keptGrant).max(1000),
  hosts: z.array(z.object({ host, by: z.string().max(120), at: z.number().int() })).max(1000),
  egress: z.enum(["isolated", "hybrid"]),
});
export type KeptPolicy = z.infer<typeof keptPolicy>;

/** As it ships: watched, no spending, no bulk, nothing declared. */
export const shipped: KeptPolicy = {
  level: 2,
  limits: { spendCap: 0, currency: "KRW", bulkCap: 0, declaredPaths: [], tokenCap: null },
  grants: [],
  hosts: [],
  egress: "isolated",
};

/** What main tells its members. */
export const exported = z.object({ kept: keptPolicy, known: z.array(z.string().max(320)).max(8192) });
