import { cues, lexicon, type Cue } from "./injection-lexicon.ts";
import { rules } from "./injection-rules.ts";
import { isSyllable } from "./normalise-hangul.ts";

const prime = 0x01000193;
const basis = 0x811c9dc5 | 0;
const step = (hash: number, code: number): number => Math.imul(hash ^ code, prime);
const hashOf = (word: string): number => {
  let hash = basis;
  for (let index = 0; index < word.length; index++) hash = step(hash, word.charCodeAt(index));
  return hash;
};
const joined = (left: number, right: number): number => Math.imul(left ^ 0x5bd1e995, prime) ^ right;

const longestStem = 6;
const cueCount = cues.length;
export const ruleCount = rules.length;
/** Dense inputs of the model: each rule, each cue, then the shapes of `shapeNames`. */
export const shapeNames = ["flood", "markup", "hidden", "decoded", "foreign", "shouting", "quoted-order"] as const;
export const denseCount = ruleCount + cueCount + shapeNames.length;
export const denseNames: readonly string[] = [
  ...rules.map((rule) => rule.id),
  ...cues.map((cue) => `cue.${cue}`),
  ...shapeNames.map((name) => `shape.${name}`),
];

const vowelBefore = /e$/;
const inflections = (word: string): string[] => {
  if (!/^[a-z-]+$/.test(word) || word.length < 3) return [word];
  const stem = word.replace(vowelBefore, "");
  const last = word.at(-1) ?? "";
  return [
    word,
    `${word}s`,
    `${word}'s`,
    `${word}es`,
    `${stem}ed`,
    `${stem}ing`,
    `${word}${last}ed`,
    `${word}${last}ing`,
    `${word.replace(/y$/, "i")}es`,
    `${word.replace(/y$/, "i")}ed`,
  ];
};

interface Tables {
  words: Map<number, number[]>;
  stems: Map<number, number[]>;
  starts: Map<number, number[]>;
  first: Uint8Array;
  /** 1 where a hash of the lexicon falls: most lookups end here, without asking a map. */
  maybe: Uint8Array;
}

const sieve = (hash: number): number => (hash ^ (hash >>> 15)) & 0xffff;

function build(): Tables {
  const words = new Map<number, number[]>();
  const stems = new Map<number, number[]>();
  const starts = new Map<number, number[]>();
  const first = new Uint8Array(11_172);
  const maybe = new Uint8Array(65_536);
  const add = (map: Map<number, number[]>, key: number, cue: number) => {
    maybe[sieve(key)] = 1;
    const known = map.get(key);
    if (known === undefined) map.set(key, [cue]);
    else if (!known.includes(cue)) known.push(cue);
  };
  const addPhrase = (parts: string[], cue: number) => {
    const head = parts.slice(0, -1);
    for (const last of inflections(parts.at(-1) ?? "")) {
      const hashes = [...head, last].map(hashOf);
      add(words, hashes.reduce(joined), cue);
    }
  };
  cues.forEach((cue: Cue, index) => {
    for (const entry of lexicon[cue].split(" ")) {
      const word = entry.replace("^", "");
      const code = word.charCodeAt(0);
      if (isSyllable(code)) {
        if (!/^[가-힣]+$/.test(word)) add(stems, hashOf(word.replace(/[^가-힣]/g, "")), index);
        else add(entry.startsWith("^") ? starts : stems, hashOf(word), index);
        first[code - 0xac00] = Math.max(first[code - 0xac00] ?? 0, word.length);
      } else addPhrase(word.split("_"), index);
    }
  });
  return { words, stems, starts, first, maybe };
}
const tables = build();

/** Rules by the cue that may complete them. */
const rulesOf: readonly (readonly number[])[] = cues.map((cue) => rules.flatMap((rule, index) => (rule.needs.includes(cue) ? [index] : [])));
const needsOf: readonly (readonly number[])[] = rules.map((rule) => rule.needs.map((cue) => cues.indexOf(cue)));
const spanOf: readonly number[] = rules.map((rule) => rule.span);

const destination = hashOf("@email");
const address = hashOf("@url");
const phone = hashOf("@phone");
const far = -1_000_000;

export interface CueReading {
  /** 1 where a rule, cue or word shape was found; `denseCount` long, in the order of `denseNames`. */
  dense: Uint8Array;
  /** Cues found that an attack needs; 0: nothing here can be one, whatever else it says. */
  telling: number;
}

/** Cues that any text is full of. */
const common: ReadonlySet<Cue> = new Set([
  "prior",
  "instruction",
  "all",
  "fresh",
  "you",
  "mine",
  "talk",
  "only",
  "fiction",
  "howto",
  "urgent",
  "asset",
  "money",
  "say",
]);
const isTelling: readonly boolean[] = cues.map((cue) => !common.has(cue));
const last = new Int32Array(cueCount);

const isWord = (code: number) =>
  (code >= 97 && code <= 122) ||
  (code >= 48 && code <= 57) ||
  code === 39 ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  code === 64 ||
  code === 36 ||
  code > 127;

/** Reads plain text once, left to right, and marks rules and cues. Linear in the text, whatever stands in it. */
export function readCues(plain: string, start: number, end: number, into: Uint8Array): CueReading {
  into.fill(0);
  last.fill(far);
  let telling = 0;
  let word = 0;
  let before = 0;
  let beforeThat = 0;
  let syllables: number[] = [];
  let syllableWord: number[] = [];
  let syllableStart: boolean[] = [];
  const hit = (cue: number, at: number): void => {
    last[cue] = at;
    if (isTelling[cue] === true) telling++;
    into[ruleCount + cue] = 1;
    for (const index of rulesOf[cue] ?? []) {
      if (into[index] === 1) continue;
      const floor = at - (spanOf[index] ?? 0);
      let all = true;
      for (const other of needsOf[index] ?? []) {
        if ((last[other] ?? far) < floor) {
          all = false;
          break;
        }
      }
      if (all) into[index] = 1;
    }
  };
  const hits = (found: number[] | undefined, at: number): void => {
    if (found !== undefined) for (const cue of found) hit(cue, at);
  };
  const look = (hash: number, at: number): void => {
    if (tables.maybe[sieve(hash)] === 1) hits(tables.words.get(hash), at);
  };
  const flushKorean = (): void => {
    for (let index = 0; index < syllables.length; index++) {
      const code = syllables[index] ?? 0;
      const longest = Math.min(tables.first[code - 0xac00] ?? 0, longestStem, syllables.length - index);
      if (longest === 0) continue;
      let hash = basis;
      for (let size = 0; size < longest; size++) {
        hash = step(hash, syllables[index + size] ?? 0);
        if (tables.maybe[sieve(hash)] !== 1) continue;
        hits(tables.stems.get(hash), syllableWord[index] ?? 0);
        if (syllableStart[index] === true) hits(tables.starts.get(hash), syllableWord[index] ?? 0);
      }
    }
    syllables = [];
    syllableWord = [];
    syllableStart = [];
  };
  for (let index = start; index < end;) {
    const code = plain.charCodeAt(index);
    if (isSyllable(code)) {
      // Spacing is free in Korean writing and part of many disguises: stems are looked up across it, until the sentence ends.
      let beginning = true;
      while (index < end && isSyllable(plain.charCodeAt(index))) {
        syllables.push(plain.charCodeAt(index));
        syllableWord.push(word);
        syllableStart.push(beginning);
        beginning = false;
        index++;
      }
      word++;
      if (syllables.length > 512) flushKorean();
      continue;
    }
    if (!isWord(code)) {
      if (code === 46 || code === 33 || code === 63 || code === 10) {
        flushKorean();
        word += 4;
      }
      index++;
      continue;
    }
    let hash = basis;
    let at = 0;
    let dot = 0;
    let digits = 0;
    const from = index;
    while (index < end) {
      const unit = plain.charCodeAt(index);
      if (!isWord(unit) || isSyllable(unit)) break;
      if (unit === 64) at++;
      else if (unit === 46) dot++;
      else if (unit >= 48 && unit <= 57) digits++;
      hash = step(hash, unit);
      index++;
    }
    let size = index - from;
    let ends = false;
    while (size > 1 && (plain.charCodeAt(from + size - 1) === 46 || plain.charCodeAt(from + size - 1) === 39 || plain.charCodeAt(from + size - 1) === 45)) {
      ends ||= plain.charCodeAt(from + size - 1) === 46;
      size--;
    }
    let skip = 0;
    while (skip < size - 1 && (plain.charCodeAt(from + skip) === 39 || plain.charCodeAt(from + skip) === 45)) skip++;
    if (size < index - from || skip > 0) {
      hash = basis;
      for (let unit = skip; unit < size; unit++) hash = step(hash, plain.charCodeAt(from + unit));
    }
    if (at === 1 && dot > 0 && size > 5) hits(tables.words.get(destination), word);
    else if (dot > 0 && size > 8 && plain.startsWith("www.", from)) hits(tables.words.get(address), word);
    else if (digits >= 7) hits(tables.words.get(phone), word);
    if (plain.charCodeAt(from) === 36 && digits > 0) hits(tables.words.get(hashOf("$")), word);
    if (size === 5 && plain.startsWith("https", from)) hits(tables.words.get(address), word);
    if (digits > 0 && digits < size - 2 && size < 24) hits(tables.words.get(unleet(plain, from, from + size)), word);
    look(hash, word);
    if (before !== 0) {
      const pair = joined(before, hash);
      look(pair, word);
      if (beforeThat !== 0) look(joined(joined(beforeThat, before), hash), word);
    }
    beforeThat = before;
    before = hash;
    word++;
    if (ends) {
      word += 4;
      before = 0;
      beforeThat = 0;
    }
  }
  flushKorean();
  return { dense: into, telling };
}

/** 1gn0r3 -> ignore: the hash of the word with digits read as the letters that they look like. */
function unleet(plain: string, start: number, end: number): number {
  let hash = basis;
  for (let index = start; index < end; index++) {
    const code = plain.charCodeAt(index);
    hash = step(hash, code >= 48 && code <= 57 ? "oizeasgtbg".charCodeAt(code - 48) : code);
  }
  return hash;
}
