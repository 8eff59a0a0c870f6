/** The licence: limits of a plan, signed by the vendor. Pure: reading, clock and signature check come from outside. Whatever is wrong with one gives the lowest plan, never less. */

export interface LicenceTerms {
  /** `starter`, `dedicated`, or a plan that the vendor names. */
  plan: string;
  /** Node id of the rack's main, when the licence is for one rack only. */
  rackId?: string | undefined;
  /** Highest autonomy level that the slider reaches, 1 to 5. */
  maxLevel: number;
  /** Skill packs that may be turned on. */
  packs: readonly string[] | "all";
  /** How many sub-agents may wait or run; `unlimited` is a queue without end. */
  subAgents: number | "unlimited";
  /** Whether the owner may let the vendor's manager look at health (role `support`). */
  support: boolean;
  /** Milliseconds since the epoch. */
  issuedAt: number;
  notAfter: number;
}

export type LicenceProblem =
  | "licence.absent"
  | "licence.unreadable"
  | "licence.malformed"
  | "licence.not-signed"
  | "licence.other-rack"
  | "licence.not-yet-valid"
  | "licence.expired";

export interface Limits {
  plan: string;
  maxLevel: number;
  packs: readonly string[] | "all";
  subAgents: number | "unlimited";
  support: boolean;
  /** End of the licence in force; null without one. */
  notAfter: number | null;
  /** Why the lowest plan is in force; null when a licence is. */
  problem: LicenceProblem | null;
}

/** The lowest plan: levels 1 to 3, and the packs 리포트, 일정관리, 분석. */
export const starter = { plan: "starter", maxLevel: 3, packs: ["report", "schedule", "analysis"], subAgents: 2, support: false } as const;

/** A clock that is set a little wrong locks nobody out of what was bought today. */
const EARLY_MS = 24 * 3_600_000;

export const lowest = (problem: LicenceProblem): Limits => ({ ...starter, packs: [...starter.packs], notAfter: null, problem });

/** JSON of the terms with sorted keys and no blanks, which is what the signature is over. */
export function canonicalTerms(terms: LicenceTerms): string {
  const { plan, rackId, maxLevel, packs, subAgents, support, issuedAt, notAfter } = terms;
  const ordered = { issuedAt, maxLevel, notAfter, packs, plan, ...(rackId === undefined ? {} : { rackId }), subAgents, support };
  return `aos licence 1\n${JSON.stringify(ordered)}`;
}

/**
 * Limits by the text of a licence file at wall-clock `now`. `verify` tells whether one of the trusted keys made `signature` (base64) over `message`.
 * Any byte changed, any field more or less, another rack, another time: the lowest plan, with the reason.
 */
export function limitsOf(text: string, context: { now: number; rackId: string; verify: (message: string, signature: string) => boolean }): Limits {
  if (text.length > 64 * 1024) return lowest("licence.malformed");
  const read = parseLicence(text);
  if (read === undefined) return lowest("licence.malformed");
  const { terms, signature } = read;
  if (!context.verify(canonicalTerms(terms), signature)) return lowest("licence.not-signed");
  if (terms.rackId !== undefined && terms.rackId !== context.rackId) return lowest("licence.other-rack");
  // A wrong clock must not lend a licence: not a number is no time.
  if (!(context.now >= terms.issuedAt - EARLY_MS)) return lowest("licence.not-yet-valid");
  if (!(context.now < terms.notAfter)) return lowest("licence.expired");
  const { plan, maxLevel, packs, subAgents, support, notAfter } = terms;
  return { plan, maxLevel, packs, subAgents, support, notAfter, problem: null };
}

const names = new Set(["plan", "rackId", "maxLevel", "packs", "subAgents", "support", "issuedAt", "notAfter", "signature"]);

/** Terms and signature of a licence file, strictly: each field known, of its type and in its range. Undefined for anything else. */
export function parseLicence(text: string): { terms: LicenceTerms; signature: string } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(json));
  for (const name of fields.keys()) if (!names.has(name)) return undefined;
  const plan = fields.get("plan");
  const rackId = fields.get("rackId");
  const maxLevel = fields.get("maxLevel");
  const packs = fields.get("packs");
  const subAgents = fields.get("subAgents");
  const support = fields.get("support");
  const issuedAt = fields.get("issuedAt");
  const notAfter = fields.get("notAfter");
  const signature = fields.get("signature");
  if (typeof plan !== "string" || !/^[a-z][a-z0-9-]{0,31}$/.test(plan)) return undefined;
  if (rackId !== undefined && (typeof rackId !== "string" || !/^[a-z2-7]{16}$/.test(rackId))) return undefined;
  if (!isWhole(maxLevel, 1, 5) || !isWhole(issuedAt, 0, 8.64e15) || !isWhole(notAfter, 0, 8.64e15)) return undefined;
  if (packs !== "all" && !isPackList(packs)) return undefined;
  if (subAgents !== "unlimited" && !isWhole(subAgents, 0, 10_000)) return undefined;
  if (typeof support !== "boolean") return undefined;
  if (typeof signature !== "string" || !/^[A-Za-z0-9+/]{85}[AQgw]==$/.test(signature)) return undefined;
  return { terms: { plan, rackId, maxLevel, packs, subAgents, support, issuedAt, notAfter }, signature };
}

const isWhole = (value: unknown, least: number, most: number): value is number => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const isPackList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= 100 && value.every((item) => typeof item === "string" && /^[a-z][a-z0-9-]{0,63}$/.test(item));
