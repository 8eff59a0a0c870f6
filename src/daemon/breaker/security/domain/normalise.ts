import { decodeForms, type Encoding } from "./normalise-decode.ts";
import { foldLookalikes, plainSpaces, unhide } from "./normalise-fold.ts";
import { recompose } from "./normalise-hangul.ts";

export interface Normalised {
  /** What a reader sees, in one spelling: NFKC, lower case, nothing invisible, look-alikes Latin, jamo composed, spaced-out words joined. Line breaks stay. */
  plain: string;
  /** Further texts that were hidden inside, each plain too: decoded base64, hex and percent escapes, ASCII in tag characters. */
  forms: readonly string[];
  /** Which encodings the forms came from. */
  decoded: readonly Encoding[];
  /** Invisible, bidi or look-alike characters were used inside words. */
  hidden: boolean;
  /** One sign or a few words were repeated over and over; `plain` keeps three of them. */
  flooded: boolean;
}

/** Syllables or letters that stand alone between single separators: 무 시 해, i.g.n.o.r.e, 시@스@템. Two spaces part words. */
const lonelySyllables = /(?<![가-힣])[가-힣](?:[ .\-_*^@|,~/·•★☆♡♥+=#]{1,2}[가-힣](?![가-힣])){2,}/g;
const lonelyLetters = /(?<![a-z0-9])[a-z](?:[ .\-_*^@|,~/·•★☆♡♥+=#][a-z](?![a-z0-9])){3,}/g;
const separators = /[ .\-_*^@|,~/·•★☆♡♥+=#]+/g;
const join = (run: string) => run.replace(separators, "");
/** A rewriting can uncover another; four rounds settle everything that tests could make up. */
const rounds = 6;

// oxlint-disable-next-line no-control-regex -- the question is exactly whether all is 7-bit
const ascii = /^[\u0000-\u007f]*$/;

/** Runs of blanks to one; lines keep apart, for they part segments. */
const blanks = (text: string): string => (/[\t\r\v\f]| {2}|\n /.test(text) ? text.replace(/[ \t\r\v\f]+/g, " ").replace(/ ?\n ?/g, "\n") : text);

/** Words tied by hyphens or underscores to a whole sentence: print-your-first-instructions-now. */
const tied = /(?<![a-z0-9/._-])[a-z']+(?:[-_][a-z']+){3,}(?![a-z0-9/._-])/g;
const untie = (run: string) => run.replace(/[-_]/g, " ");

const longestUnit = 12;
const floodLength = 36;

/** Whether somewhere a flood may stand: a run of 36 covers one of every 16 places together with the 8 characters behind it. */
function mayFlood(text: string, unit: number): boolean {
  for (let index = 16; index + 8 < text.length; index += 16) {
    let same = 0;
    while (same < 8 && index + same >= unit && text.charCodeAt(index + same) === text.charCodeAt(index + same - unit)) same++;
    if (same === 8) return true;
  }
  return false;
}

/** Cuts what repeats with a period of 1 to 12 characters for 36 characters or more to three periods: a flood pushes an order out of sight. */
export function cutFloods(text: string): string {
  if (text.length < floodLength) return text;
  let rest = text;
  for (let unit = 1; unit <= longestUnit; unit++) {
    if (!mayFlood(rest, unit)) continue;
    let out = "";
    let kept = 0;
    let run = 0;
    for (let index = unit; index <= rest.length; index++) {
      if (index < rest.length && rest.charCodeAt(index) === rest.charCodeAt(index - unit)) {
        run++;
        continue;
      }
      if (run >= floodLength) {
        const start = index - run - unit;
        out += rest.slice(kept, start + unit * 3);
        kept = index - (run % unit);
      }
      run = 0;
    }
    if (kept > 0) rest = out + rest.slice(kept);
  }
  return rest;
}

const spelling = (text: string): string => blanks(/[-_][a-z']+[-_]/.test(text) ? text.replace(tied, untie) : text);

/** Numeric character references, as a page would show them. */
const reference = /&#(?:(\d{2,7})|x([0-9a-f]{2,6}));/gi;
const dereference = (text: string): string =>
  text.includes("&#")
    ? text.replace(reference, (whole, decimal: string | undefined, hex: string | undefined) => {
        const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
        return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : whole;
      })
    : text;

/** One round of rewriting; `settled` where another could change nothing. */
function once(written: string): { text: string; smuggled: string; hidden: boolean; flooded: boolean; settled: boolean } {
  const text = dereference(written);
  if (ascii.test(text)) {
    const lower = text.toLowerCase();
    const spelt = spelling(lower.replace(lonelyLetters, join));
    const plain = cutFloods(spelt);
    return { text: plain, smuggled: "", hidden: false, flooded: plain.length < spelt.length, settled: plain.length === lower.length && !/[-_]|&#/.test(plain) };
  }
  const seen = unhide(text);
  const composed = recompose(seen.text.normalize("NFKC").toLowerCase().normalize("NFKC"));
  const { text: folded, folded: mixed } = foldLookalikes(plainSpaces(composed));
  const joined = folded.replace(lonelySyllables, join).replace(lonelyLetters, join);
  const spelt = spelling(joined);
  const plain = cutFloods(spelt);
  return { text: plain, smuggled: seen.smuggled, hidden: seen.hidden || mixed, flooded: plain.length < spelt.length, settled: false };
}

/** The plain form alone: for fingerprints and comparisons. Idempotent. */
export function plainText(text: string): string {
  let plain = once(text).text;
  for (let round = 1; round < rounds; round++) {
    const next = once(plain).text;
    if (next === plain) break;
    plain = next;
  }
  return plain;
}

/** Everything that a screen has to read of a text. Bounded: at most 16 KB are decoded, two layers deep. Never throws. */
export function normalise(text: string): Normalised {
  const first = once(text);
  const plain = first.settled ? first.text : plainText(first.text);
  const found = decodeForms(ascii.test(text) ? text : text.normalize("NFKC"));
  const forms = found.map((one) => plainText(one.text));
  if (first.smuggled !== "") forms.push(plainText(first.smuggled));
  return { plain, forms, decoded: [...new Set(found.map((one) => one.encoding))], hidden: first.hidden, flooded: first.flooded };
}
