import { isSyllable, toJamo } from "./normalise-hangul.ts";

/** Hashed binary features of a text: which of 65,536 buckets its n-grams fall into. FNV-1a over UTF-16 units, no string is built. */
export const buckets = 65_536;
/** Characters of a text that are read at once; longer text comes in windows. */
export const longestWindow = 4096;
const jamoRoom = longestWindow * 3 + 3;

const prime = 0x01000193;
const basis = 0x811c9dc5 | 0;
const wordBasis = 0x9747b28c | 0;

export interface FeatureReader {
  /** Buckets of the last read, in `indexes[0 .. size)`; each once. */
  readonly indexes: Uint16Array;
  /** Character 2-5-grams and word 1-2-grams of plain text from start to end. Returns how many buckets. */
  grams(plain: string, start: number, end: number): number;
  /** Jamo 3-7-grams, blind to spacing. Returns how many buckets; 0 where the text has no Korean. */
  jamo(plain: string, start: number, end: number): number;
}

const isBlank = (code: number) => code === 32 || code === 10;
const isPunctuation = (code: number) => (code < 48 && code !== 39) || (code > 57 && code < 97) || (code > 122 && code < 128);

/** A reader owns its scratch memory (about 600 kB): one per screen, used by one caller at a time. */
export function createFeatureReader(): FeatureReader {
  const indexes = new Uint16Array(buckets);
  const seen = new Uint16Array(buckets);
  const codes = new Uint16Array(jamoRoom);
  let round = 0;
  let size = 0;
  const begin = () => {
    size = 0;
    round = (round + 1) & 0xffff;
    if (round === 0) {
      seen.fill(0);
      round = 1;
    }
  };
  const put = (hash: number) => {
    const bucket = (hash ^ (hash >>> 15)) & 0xffff;
    if (seen[bucket] === round) return;
    seen[bucket] = round;
    indexes[size++] = bucket;
  };
  const runs = (length: number, shortest: number, longest: number, salt: number) => {
    const start = basis ^ salt;
    for (let from = 0; from + shortest <= length; from++) {
      let hash = start;
      const until = from + longest < length ? from + longest : length;
      const put1 = from + shortest - 1;
      for (let at = from; at < until; at++) {
        // Reading within `length` never meets undefined; `| 0` says so to the compiler and costs nothing.
        hash = Math.imul(hash ^ ((codes[at] as number) | 0), prime);
        if (at < put1) continue;
        const bucket = (hash ^ (hash >>> 15)) & 0xffff;
        if (seen[bucket] === round) continue;
        seen[bucket] = round;
        indexes[size++] = bucket;
      }
    }
  };
  const words = (length: number) => {
    let before = 0;
    let hash = wordBasis;
    let letters = 0;
    for (let index = 0; index <= length; index++) {
      const code = index < length ? (codes[index] ?? 32) : 32;
      if (!isBlank(code) && !isPunctuation(code)) {
        hash = Math.imul(hash ^ code, prime);
        letters++;
        continue;
      }
      if (letters === 0) continue;
      put(hash);
      if (before !== 0) put(Math.imul(before ^ 0x27d4eb2f, prime) ^ hash);
      before = hash;
      hash = wordBasis;
      letters = 0;
    }
  };
  return {
    indexes,
    grams(plain, start, end) {
      begin();
      const length = Math.min(end - start, longestWindow);
      for (let index = 0; index < length; index++) codes[index] = plain.charCodeAt(start + index);
      runs(length, 2, 5, 0);
      words(length);
      return size;
    },
    jamo(plain, start, end) {
      begin();
      const last = Math.min(end, start + longestWindow);
      let korean = false;
      for (let index = start; index < last && !korean; index++) korean = isSyllable(plain.charCodeAt(index));
      if (!korean) return 0;
      runs(toJamo(plain, start, last, codes), 3, 7, 0x5bd1e995);
      return size;
    },
  };
}
