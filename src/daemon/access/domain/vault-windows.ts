/** The vault's values as salted hashes of windows: enough to know them again in a text, too little to tell them. Pure: the strong hash comes from outside. */

export interface VaultHit {
  handle: string;
  /** UTF-16 offsets; `end` is exclusive. */
  start: number;
  end: number;
  /** The whole value, or at least half of it. */
  whole: boolean;
  canary: boolean;
}

export interface VaultMatcher {
  /** Places of vault values in `text`, linear in its length. Throws while the vault is locked: what can't be looked for must not pass. */
  find(text: string): VaultHit[];
}

export interface Salt {
  /** Odd, 32 bits: base of the rolling hash. */
  base: number;
  /** Strong keyed hash (HMAC-SHA-256) that decides after the rolling one. */
  digest(text: string): string;
}

/** What is kept of one value. */
export interface Windows {
  handle: string;
  canary: boolean;
  /** Letters and digits of the value. */
  length: number;
  entries: readonly Entry[];
}

interface Entry {
  /** Rolling hash of the first `WINDOW` characters, or of all of a short value. */
  roll: number;
  length: number;
  digest: string;
  /** Part of a value: one window of many. */
  part: boolean;
  /** Values of plain words must stand as they are written, or letter by letter: `good morning` isn't the password `goodmorning`. 0: anything may stand between. */
  written: number;
  /** Compared as it is, between boundaries: too few letters and digits to be looked for in disguise. */
  exact: boolean;
}

const WINDOW = 8;
const PART = 16;
const MOST_PARTS = 256;

/** Hashes of a value in every form that it is looked for in: itself, reversed, hex, base64 (three alignments, and twice), URL- and JSON-escaped. */
export function windowsOf(handle: string, value: string, canary: boolean, salt: Salt): Windows {
  const plain = foldString(value);
  const entries: Entry[] = [];
  const add = (form: string, part: boolean, written = 0) => {
    if (form.length < WINDOW || entries.some((entry) => entry.length === form.length && entry.digest === salt.digest(form))) return;
    entries.push({ roll: rollOf(form, 0, WINDOW, salt.base), length: form.length, digest: salt.digest(form), part, written, exact: false });
  };
  if (plain.length < WINDOW)
    entries.push({ roll: rollOf(value, 0, value.length, salt.base), length: value.length, digest: salt.digest(value), part: false, written: 0, exact: true });
  add(plain, false, /\d/.test(plain) ? 0 : value.length);
  add(Array.from(plain).toReversed().join(""), false);
  const bytes = new TextEncoder().encode(value);
  add(hex(bytes), false);
  const once = base64(bytes, 0);
  for (const shift of [0, 1, 2]) add(foldString(base64Core(bytes, shift)), false);
  // The inner padding is not known to stand there: only what comes before it counts.
  add(foldString(base64Core(new TextEncoder().encode(once), 0)), false);
  add(foldString(encodeURIComponent(value.toWellFormed())), false);
  add(foldString(JSON.stringify(value)), false);
  for (const part of parts(value)) add(part, true);
  return { handle, canary, length: plain.length, entries };
}

/** Windows of a long random value, so that a piece of it is known too. Addresses and sentences share pieces with honest text: only whole ones count. */
function parts(value: string): string[] {
  const armoured = value.includes("-----BEGIN");
  if (!armoured && /:\/\/|\s/.test(value)) return [];
  const body = foldString(armoured ? value.replace(/-----[^-]+-----/g, "") : value);
  if (body.length < 24) return [];
  const stride = Math.max(4, Math.ceil((body.length - PART) / MOST_PARTS));
  const out: string[] = [];
  for (let at = 0; at + PART <= body.length; at += stride) {
    const piece = body.slice(at, at + PART);
    if (/\d/.test(piece) && new Set(piece).size >= 9) out.push(piece);
  }
  return out;
}

/** A matcher over the windows of all values. */
export function createMatcher(all: readonly Windows[], salt: Salt): VaultMatcher {
  const byRoll = new Map<number, { of: Windows; entry: Entry }[]>();
  const filter = new Uint8Array(1 << 16);
  const exact: { of: Windows; entry: Entry }[] = [];
  for (const of of all) {
    for (const entry of of.entries) {
      if (entry.exact) {
        exact.push({ of, entry });
        continue;
      }
      byRoll.set(entry.roll, [...(byRoll.get(entry.roll) ?? []), { of, entry }]);
      filter[slot(entry.roll)] = 1;
    }
  }
  return {
    find(text) {
      const hits: VaultHit[] = [];
      if (exact.length > 0) findExact(text, exact, salt, hits);
      if (byRoll.size > 0) findFolded(text, byRoll, filter, salt, hits);
      return joinHits(hits, all);
    },
  };
}

const slot = (roll: number) => (roll ^ (roll >>> 16)) & 0xffff;

function findFolded(text: string, byRoll: Map<number, { of: Windows; entry: Entry }[]>, filter: Uint8Array, salt: Salt, hits: VaultHit[]): void {
  const { codes, places } = fold(text);
  if (codes.length < WINDOW) return;
  const { base } = salt;
  let folded: string | undefined;
  let drop = 1;
  for (let n = 1; n < WINDOW; n++) drop = Math.imul(drop, base);
  let roll = 0;
  for (let at = 0; at < codes.length; at++) {
    if (at >= WINDOW) roll = (roll - Math.imul(codes[at - WINDOW] ?? 0, drop)) | 0;
    roll = (Math.imul(roll, base) + (codes[at] ?? 0)) | 0;
    if (at < WINDOW - 1 || filter[slot(roll)] === 0) continue;
    const from = at - WINDOW + 1;
    for (const { of, entry } of byRoll.get(roll) ?? []) {
      if (from + entry.length > codes.length) continue;
      folded ??= new TextDecoder("utf-16le", { ignoreBOM: true }).decode(codes);
      if (salt.digest(folded.slice(from, from + entry.length)) !== entry.digest) continue;
      const start = places[from] ?? 0;
      const end = (places[from + entry.length - 1] ?? 0) + 1;
      if (entry.written > 0 && end - start > entry.written && end - start < entry.length * 1.8) continue;
      hits.push({ handle: of.handle, start, end, whole: !entry.part, canary: of.canary });
    }
  }
}

/** Short values, looked for where a word may begin and end. */
function findExact(text: string, exact: readonly { of: Windows; entry: Entry }[], salt: Salt, hits: VaultHit[]): void {
  const lengths = [...new Set(exact.map(({ entry }) => entry.length))];
  for (let at = 0; at < text.length; at++) {
    if (at > 0 && isWord(text.charCodeAt(at - 1))) continue;
    for (const length of lengths) {
      const end = at + length;
      if (end > text.length || (end < text.length && isWord(text.charCodeAt(end)))) continue;
      const roll = rollOf(text, at, length, salt.base);
      for (const { of, entry } of exact) {
        if (entry.roll !== roll || entry.length !== length || salt.digest(text.slice(at, end)) !== entry.digest) continue;
        hits.push({ handle: of.handle, start: at, end, whole: true, canary: of.canary });
      }
    }
  }
}

/** Overlapping hits of one value are one; parts that cover half of it count as the whole. */
function joinHits(hits: VaultHit[], all: readonly Windows[]): VaultHit[] {
  const lengths = new Map(all.map((one) => [one.handle, one.length]));
  const out: VaultHit[] = [];
  for (const hit of hits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.findLast((one) => one.handle === hit.handle);
    if (last === undefined || hit.start > last.end) out.push({ ...hit });
    else {
      last.end = Math.max(last.end, hit.end);
      last.whole ||= hit.whole || last.end - last.start >= (lengths.get(hit.handle) ?? Infinity) / 2;
    }
  }
  return out;
}

const isWord = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

function rollOf(text: string, start: number, length: number, base: number): number {
  let roll = 0;
  for (let at = start; at < start + length; at++) roll = (Math.imul(roll, base) + text.charCodeAt(at)) | 0;
  return roll;
}

/** Letters and digits in one case, with their places: what stands between them (spaces, dashes, invisible characters) doesn't hide a value. */
function fold(text: string): { codes: Uint16Array; places: Uint32Array } {
  const codes = new Uint16Array(text.length);
  const places = new Uint32Array(text.length);
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const code = foldCode(text.charCodeAt(at));
    if (code === 0) continue;
    codes[size] = code;
    places[size++] = at;
  }
  return { codes: codes.subarray(0, size), places: places.subarray(0, size) };
}

function foldCode(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return foldCode(code - 0xfee0);
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : isWord(code) ? code : 0;
  if (code < 0xc0 || (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f) || (code >= 0xfe00 && code <= 0xfe0f) || code === 0xfeff)
    return 0;
  return code;
}

function foldString(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const code = foldCode(text.charCodeAt(at));
    if (code !== 0) out += String.fromCharCode(code);
  }
  return out;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of the bytes behind `shift` zero bytes, without padding. */
function base64(bytes: Uint8Array, shift: number): string {
  let out = "";
  let held = 0;
  let bits = 0;
  for (let at = -shift; at < bytes.length; at++) {
    held = ((held << 8) | (at < 0 ? 0 : (bytes[at] ?? 0))) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += letters[(held >> bits) & 63];
    }
  }
  return bits > 0 ? out + letters[(held << (6 - bits)) & 63] : out;
}

/** The characters that are the same whatever stands before and after the value: how it looks inside a longer encoded text. */
function base64Core(bytes: Uint8Array, shift: number): string {
  const text = base64(bytes, shift);
  const cut = (bytes.length + shift) % 3 === 0 ? 0 : 1;
  return text.slice(shift === 0 ? 0 : shift + 1, text.length - cut);
}
