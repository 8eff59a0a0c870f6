import { findAssigned } from "./secrets-assigned.ts";
import { findBlocks } from "./secrets-blocks.ts";
import { findPersonal } from "./secrets-personal.ts";
import { findTokens } from "./secrets-tokens.ts";
import type { Finding } from "./secrets-finding.ts";
import { findVault, type VaultMatcher } from "./vault-match.ts";

export type { Finding } from "./secrets-finding.ts";

export interface SecretOptions {
  /** Finds the vault's own values by their hashes. Without one only shapes are looked for. */
  vault?: VaultMatcher | undefined;
}

/**
 * Secrets in `text`, by place, without overlaps: the vault's own values, tokens by their prefix, keys, connection strings, passwords in context,
 * numbers of persons, cards and accounts. Offsets are UTF-16; the preview never holds the secret. Linear in the text.
 */
export function findSecrets(text: string, options: SecretOptions = {}): Finding[] {
  const found: Finding[] = [];
  if (options.vault !== undefined) findVault(text, options.vault, found);
  findBlocks(text, found);
  findTokens(text, found);
  findAssigned(text, found);
  findPersonal(text, found);
  return merge(found);
}

/** Overlaps become one finding over both: the more certain kind names it, of equals the longer. */
function merge(found: Finding[]): Finding[] {
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Finding[] = [];
  for (const next of found) {
    const last = merged.at(-1);
    if (last === undefined || next.start >= last.end) {
      merged.push(next);
      continue;
    }
    const winner = rank(next) > rank(last) ? next : last;
    merged[merged.length - 1] = { ...winner, start: last.start, end: Math.max(last.end, next.end) };
  }
  return merged;
}

const rank = (finding: Finding): number => (finding.kind === "vault" ? 1e9 : 0) + (finding.certainty === "certain" ? 1e6 : 0) + finding.end - finding.start;

/**
 * `text` with each finding replaced by `[kind]`; the rest stays as it is. Redacting what is redacted changes nothing.
 * Findings whose offsets lie outside the text are an error of the caller and redact everything: nothing leaks by a wrong index.
 */
export function redact(text: string, findings: readonly Finding[]): string {
  let out = "";
  let at = 0;
  for (const { kind, start, end } of findings.toSorted((a, b) => a.start - b.start)) {
    if (!(start >= 0 && end > start && end <= text.length)) return "[redacted]";
    if (end <= at) continue;
    if (start > at) out += text.slice(at, start);
    out += `[${kind}]`;
    at = end;
  }
  return out + text.slice(at);
}
