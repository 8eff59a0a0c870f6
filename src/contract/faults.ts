import { z } from "zod";

const empty = z.object({});
const f = <S extends z.ZodObject>(status: number, data: S) => ({ status, data });

/**
 * The closed union of refusals. Each code has its HTTP status and its parameters; its words stand in src/words
 * (a test checks that each code has ko and en). `kernel.internal` carries the id under which the log tells more.
 */
export const faults = {
  "kernel.invalid-input": f(400, z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) })),
  "kernel.internal": f(500, z.object({ incident: z.string() })),
  "kernel.too-large": f(413, z.object({ limitBytes: z.number() })),
  "kernel.disk-full": f(507, empty),
  "kernel.unknown-procedure": f(404, empty),
  "kernel.stopping": f(503, empty),
  "access.signed-out": f(401, empty),
  "access.denied": f(403, z.object({ role: z.string(), needs: z.string() })),
  "access.wrong-origin": f(403, empty),
  "access.local-only": f(403, empty),
  "access.needs-tls": f(400, empty),
  "access.needs-http": f(400, empty),
  "access.awaiting-admission": f(403, z.object({ device: z.string() })),
  "access.revoked": f(403, empty),
  "access.link-invalid": f(401, empty),
  "access.code-wrong": f(401, z.object({ triesLeft: z.number().int() })),
  "access.window-closed": f(409, z.object({ reason: z.enum(["never-opened", "expired", "too-many-tries", "used", "closed"]) })),
  "access.channel-mismatch": f(409, empty),
  "access.not-responding": f(504, z.object({ address: z.string() })),
  "access.not-an-aos": f(502, z.object({ address: z.string() })),
  "access.peer-certificate": f(502, z.object({ address: z.string(), reason: z.enum(["foreign", "expired", "revoked", "wrong-node", "none"]) })),
  "access.already-in-rack": f(409, z.object({ rack: z.string() })),
  "access.not-main": f(409, empty),
  "access.recovery-key-wrong": f(401, z.object({ waitSeconds: z.number() })),
  "access.not-found": f(404, empty),
  "access.last-owner": f(409, empty),
  "access.already-claimed": f(409, empty),
  "rack.node-not-found": f(404, z.object({ nodeId: z.string() })),
  "rack.node-unreachable": f(502, z.object({ nodeId: z.string() })),
  "rack.not-linked": f(409, empty),
  "rack.main-unreachable": f(502, z.object({ name: z.string() })),
  "rack.address-invalid": f(400, z.object({ address: z.string() })),
  "rack.unit-taken": f(409, z.object({ by: z.string() })),
  "rack.alert-not-found": f(404, empty),
  "breaker.latched": f(409, empty),
  "breaker.not-stopped": f(409, empty),
  "breaker.not-ready": f(409, empty),
  "breaker.reset-blocked": f(409, z.object({ left: z.number().int() })),
  "breaker.node-answers": f(409, z.object({ nodeId: z.string() })),
  "breaker.moved-on": f(409, empty),
  "breaker.not-main": f(409, empty),
  "breaker.not-on-disk": f(507, empty),
  "breaker.not-found": f(404, empty),
  "breaker.owner-only": f(403, empty),
  "breaker.licence": f(403, z.object({ maxLevel: z.number().int(), plan: z.string() })),
  "breaker.approval-over": f(409, z.object({ state: z.string() })),
  "breaker.approval-changed": f(409, empty),
  "breaker.approval-typed": f(400, empty),
  "breaker.button-not-found": f(404, z.object({ path: z.string() })),
  "breaker.button-not-held": f(409, empty),
  "breaker.vault-locked": f(423, z.object({ problem: z.string() })),
  "breaker.log-damaged": f(409, z.object({ seq: z.number().int() })),
  "breaker.log-whole": f(409, empty),
  "breaker.log-rebuilt": f(409, z.object({ seq: z.number().int() })),
} as const;

export type FaultCode = keyof typeof faults;
export const faultCodes = Object.keys(faults) as FaultCode[];
export type FaultData<C extends FaultCode> = z.infer<(typeof faults)[C]["data"]>;

/** Picks the faults that a procedure may return. */
export function some<const C extends readonly FaultCode[]>(...codes: C): Pick<typeof faults, C[number]> {
  return Object.fromEntries(codes.map((code) => [code, faults[code]])) as Pick<typeof faults, C[number]>;
}
