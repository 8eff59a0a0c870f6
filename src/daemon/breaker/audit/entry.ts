import { canonical, type Json } from "./domain/canonical.ts";
import type { RowBody, RowKind } from "./domain/row.ts";

/** What is to be recorded. */
export interface AuditEntry {
  actor: string;
  via: string;
  kind: RowKind;
  class?: string | null;
  decision?: string | null;
  reason?: string | null;
  /** Ties intent, verdict, approval and outcome of one act together. */
  act?: string | null;
  /** A code with words in the locales, and names to fill in; no content: it outlives the payload. */
  title: { code: string; params: Readonly<Record<string, string | number>> };
  epoch: number;
  /** The content; stored under a key of its own, which can be erased. */
  payload?: Json;
  /**
   * Beside `payload`, from a caller that took the secrets out itself: kept to the letter. The gate's events: a hash that looks like a secret and is
   * replaced would change what a replay comes to.
   */
  exact?: { readonly [key: string]: Json };
}

/** Why a row was not recorded. Whoever gets it must act as if nothing may happen. */
export type AppendRefusal = "starting" | "damaged" | "full" | "failed" | "timed-out" | "stopped" | "bad-entry";
export class AuditRefusedError extends Error {
  override readonly name = "AuditRefusedError";
  readonly code: AppendRefusal;
  constructor(code: AppendRefusal, cause?: unknown) {
    super(`not recorded: ${code}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** An entry made ready: secrets gone, texts final, so that later changes of the caller's objects don't reach the log. */
export interface PreparedEntry {
  body: Omit<RowBody, "seq" | "at" | "payloadHash">;
  /** Canonical JSON. */
  payload: string | null;
}

/** Longest content of one row, in UTF-16 units; the gate's own limit is far below. */
const LONGEST_PAYLOAD = 262_144;
const LONGEST_TITLE = 16_384;

/** Takes secrets out of every text of an entry and fixes it as canonical JSON. Throws AuditRefusedError for what can't be recorded, also when `redact` throws. */
export function prepareEntry(entry: AuditEntry, redact: (text: string) => string): PreparedEntry {
  try {
    const clean = (text: string | null | undefined) => (text === null || text === undefined ? null : redact(text));
    const subject = canonical(redacted({ code: entry.title.code, params: { ...entry.title.params } }, redact));
    const cleaned = entry.payload === undefined ? undefined : redacted(entry.payload, redact);
    const whole: Json | undefined = entry.exact === undefined ? cleaned : { ...entry.exact, ...(cleaned === undefined ? {} : { content: cleaned }) };
    const payload = whole === undefined ? null : canonical(whole);
    if (subject.length > LONGEST_TITLE || (payload?.length ?? 0) > LONGEST_PAYLOAD) throw new RangeError("too long for one row");
    if (!Number.isSafeInteger(entry.epoch)) throw new RangeError("the epoch is a whole number");
    const body = {
      actor: redact(entry.actor),
      via: entry.via,
      class: entry.class ?? null,
      kind: entry.kind,
      decision: entry.decision ?? null,
      reason: clean(entry.reason),
      act: entry.act ?? null,
      subject,
      epoch: entry.epoch,
    };
    canonical(body);
    return { body, payload };
  } catch (error) {
    throw new AuditRefusedError("bad-entry", error);
  }
}

function redacted(value: Json, redact: (text: string) => string, depth = 0): Json {
  if (typeof value === "string") return redact(value);
  // Too deep or no plain JSON: canonical() refuses it.
  if (typeof value !== "object" || value === null || depth > 64) return value;
  if (Array.isArray(value)) return Array.from(value as readonly Json[], (item) => redacted(item, redact, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  // Object.fromEntries defines properties, so that a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact, depth + 1)]));
}
