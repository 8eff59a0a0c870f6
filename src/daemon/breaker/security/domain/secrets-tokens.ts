import { benignLead, digestLengths, secretWord, strongWord, uuid } from "./secrets-context.ts";
import { finding, type Finding } from "./secrets-finding.ts";
import { isAlphabet, looksPlaceholder } from "./secrets-placeholders.ts";
import { providerTokenAt } from "./secrets-providers.ts";
import { looksRandom, shapeOf, type Shape } from "./secrets-random.ts";
import { namesService } from "./secrets-services.ts";

/** Shortest run that can be a token drawn by chance; shorter ones are left to assignments. */
const SHORTEST = 14;

/** Characters of a run: letters and digits (2), and what joins them (1). `=` joins only at the end, as padding. */
const joins = new Uint8Array(128);
for (const [from, to] of [
  [48, 57],
  [65, 90],
  [97, 122],
] as const)
  joins.fill(2, from, to + 1);
for (const mark of "_-+/.~%") joins[mark.charCodeAt(0)] = 1;

/** Tokens by prefix, and runs that look drawn by chance next to a word that makes them secret. One pass; what a run looks like decides before any context is read. */
export function findTokens(text: string, found: Finding[]): void {
  const length = text.length;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code > 127 || joins[code] === 0) {
      at++;
      continue;
    }
    const start = at;
    let skipTo = 0;
    let wordStart = true;
    while (at < length) {
      const now = text.charCodeAt(at);
      const kind = now > 127 ? 0 : joins[now];
      if (kind === 0) break;
      if (kind === 2 && wordStart && at >= skipTo) {
        const token = providerTokenAt(text, at);
        if (token !== undefined) {
          found.push(finding("provider-token", at, token.end, "certain", token.issuer));
          skipTo = token.end;
        }
      }
      wordStart = kind === 1;
      at++;
    }
    if (at < skipTo) at = skipTo;
    if (at - start >= SHORTEST && skipTo === 0) judgeRun(text, start, at, found);
  }
}

function judgeRun(text: string, from: number, to: number, found: Finding[]): void {
  let start = from;
  let end = to;
  while (start < end && joins[text.charCodeAt(start)] === 1 && text[start] !== "/") start++;
  while (end > start && joins[text.charCodeAt(end - 1)] === 1) end--;
  if (end - start < SHORTEST) return;
  const shape = shapeOf(text, start, end);
  if (looksRandom(shape) || (shape.length >= 20 && shape.digits > 0 && looksRandom(shape, 0.28))) judge(text, start, end, shape, found);
  else if (shape.marks > 0 && end - start >= SHORTEST + 4) pieces(text, start, end, found);
}

/** A path, a host or a sentence of words: its parts are looked at one by one. */
function pieces(text: string, from: number, to: number, found: Finding[]): void {
  let start = from;
  for (let at = from; at <= to; at++) {
    const code = at < to ? text.charCodeAt(at) : 47;
    if (code !== 47 && code !== 46) continue;
    if (at - start >= SHORTEST + 4) {
      const shape = shapeOf(text, start, at);
      if (looksRandom(shape, 0.5)) judge(text, start, at, shape, found);
    }
    start = at + 1;
  }
}

/** Something gives the value to a name: `=`, `:`, `=>`, `||`, a comma, an opening quote. */
const given = /[:=>|,?(][\s"'`=]{0,6}$/;
/** Go's versions by date and commit, an address in memory, a request's number: drawn by chance and no secret. */
const everyday = /sha(?:1|256|384|512)[.:-]|(?:^|[.-])\d{14}-[0-9a-f]{12}$|^0x[0-9a-f]{6,18}$|^\d{4,}\/0x[0-9a-f]+$/i;
const pathLike = /\.[a-z]{2,5}$|^\/|\/[a-z]+\/|\.[a-z]+\.[a-z]+|^[a-z]+(?:[-_.][a-z]+){2,}/i;
const numbered = /^[a-z]{1,12}[-_][0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function judge(text: string, start: number, end: number, shape: Shape, found: Finding[]): void {
  const lead = text.slice(Math.max(0, start - 48), start);
  if (benignLead.test(lead)) return;
  const value = text.slice(start, Math.min(end, start + 160));
  if (looksPlaceholder(value) || isAlphabet(value) || everyday.test(value)) return;
  if (text.startsWith("...", end) || text.charCodeAt(end) === 8230 || lead.endsWith("...")) return;
  if (named(text, start, value, lead, shape)) found.push(finding("named-secret", start, pad(text, end), "likely"));
}

/** Whether its neighbours make a value drawn by chance a secret. The commoner its shape, the nearer and stronger the word has to be. */
function named(text: string, start: number, value: string, lead: string, shape: Shape): boolean {
  const assigned = given.test(lead);
  const near = lead.slice(-36);
  const owner = assigned && namesService(near);
  if (uuid.test(value) || numbered.test(value) || (shape.hex && digestLengths.has(shape.length))) return owner || strongWord.test(near);
  if (shape.length < 16) return shape.digits > 0 && assigned && (owner || strongWord.test(near));
  // Half words, half chance: only a strong name right before it tells.
  if (shape.random < 0.42) return assigned && strongWord.test(near) && !pathLike.test(value);
  if (!assigned && shape.random >= 0.5 && shape.length >= 24 && namesService(lead.slice(-20))) return true;
  if (owner || strongWord.test(lead) || (assigned && secretWord.test(lead))) return true;
  return shape.digits > 1 && shape.random >= 0.5 && shape.length >= 20 && strongWord.test(text.slice(Math.max(0, start - 140), start));
}

function pad(text: string, end: number): number {
  let to = end;
  while (to < end + 2 && text.charCodeAt(to) === 61) to++;
  return to;
}
