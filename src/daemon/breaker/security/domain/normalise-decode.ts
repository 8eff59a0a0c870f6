/** Text inside encodings: base64, hexadecimal and percent escapes, decoded within a budget. Never throws. */

export type Encoding = "base64" | "hex" | "url";
export interface Decoded {
  encoding: Encoding;
  text: string;
}

/** Bytes that may be decoded out of one text, all layers together. */
const budget = 16_384;
/** Runs that are looked at in one text; a lockfile has thousands of hashes, and each costs time. */
const runs = 48;

const values = new Int8Array(128).fill(-1);
for (let index = 0; index < 64; index++) values["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(index)] = index;
values["-".charCodeAt(0)] = 62;
values["_".charCodeAt(0)] = 63;
const hexValue = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

function fromBase64(run: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((run.length * 3) / 4));
  let size = 0;
  let held = 0;
  let bits = 0;
  for (let index = 0; index < run.length; index++) {
    const value = values[run.charCodeAt(index)] ?? -1;
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[size++] = (held >> bits) & 0xff;
    }
  }
  return bytes.subarray(0, size);
}

function fromHex(run: string): Uint8Array {
  const bytes = new Uint8Array(run.length >> 1);
  let size = 0;
  let high = -1;
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    // \x41 and 0x41 spell a byte each: the zero before an x is no digit.
    if (code === 48 && (run.charCodeAt(index + 1) | 32) === 120) continue;
    const value = hexValue(code);
    if (value < 0) continue;
    if (high < 0) high = value;
    else {
      bytes[size++] = (high << 4) | value;
      high = -1;
    }
  }
  return bytes.subarray(0, size);
}

/** Bytes as UTF-8 text, or nothing where they don't read like writing: at least 8 characters, nine of ten letters, spaces or punctuation. */
function readable(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8) return undefined;
  let plain = 0;
  let letters = 0;
  for (const byte of bytes) {
    if (byte === 0 || (byte < 32 && byte !== 10 && byte !== 13 && byte !== 9)) return undefined;
    if (byte !== 127) plain++;
    if ((byte | 32) >= 97 || byte === 32) letters++;
  }
  if (plain < bytes.length || letters < bytes.length * 0.6) return undefined;
  const text = new TextDecoder("utf-8").decode(bytes);
  let broken = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === 0xfffd) broken++;
  return broken * 20 > text.length ? undefined : text;
}

function fromPercent(run: string): Uint8Array {
  const bytes: number[] = [];
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    const high = code === 37 ? hexValue(run.charCodeAt(index + 1)) : -1;
    const low = high < 0 ? -1 : hexValue(run.charCodeAt(index + 2));
    if (low < 0) bytes.push(code === 43 ? 32 : code & 0x7f);
    else {
      bytes.push((high << 4) | low);
      index += 2;
    }
  }
  return Uint8Array.from(bytes);
}

const base64Run = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
/** Wrapped lines of 60 to 76 characters are one run. */
const base64Lines = /(?:[A-Za-z0-9+/]{60,76}\r?\n){1,40}[A-Za-z0-9+/]{4,76}={0,2}/g;
const hexRun = /(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ ,]?){8,}/g;
const percentRun = /[\w.~+-]{0,24}(?:%[0-9A-Fa-f]{2}[\w.~+-]{0,24}){3,}/g;

/** What is encoded in the text, at most two layers deep, in the order found. Texts longer than the budget are cut. */
export function decodeForms(text: string): Decoded[] {
  const found: Decoded[] = [];
  let left = budget;
  let tries = runs;
  const look = (source: string, depth: number): void => {
    const take = (encoding: Encoding, run: string, bytes: Uint8Array) => {
      const plain = readable(bytes);
      if (plain === undefined || plain === run) return;
      left -= bytes.length;
      found.push({ encoding, text: plain });
      if (depth < 2) look(plain, depth + 1);
    };
    const scan = (pattern: RegExp, encoding: Encoding, decode: (run: string) => Uint8Array) => {
      for (const [run] of source.matchAll(pattern)) {
        if (left <= 0 || tries-- <= 0) return;
        take(encoding, run, decode(run.length > budget ? run.slice(0, budget) : run));
      }
    };
    if (source.includes("%")) scan(percentRun, "url", fromPercent);
    if (/[0-9A-Fa-f]{2}[ ,]?[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}/.test(source)) scan(hexRun, "hex", fromHex);
    if (source.includes("\n")) scan(base64Lines, "base64", fromBase64);
    scan(base64Run, "base64", fromBase64);
  };
  look(text, 1);
  return found;
}
