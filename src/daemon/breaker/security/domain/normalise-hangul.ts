/** Hangul between syllables and jamo: recomposition of jamo typed one by one, and the jamo stream that the Korean model reads. Unicode chapter 3.12. */

const syllableBase = 0xac00;
const syllableLast = 0xd7a3;
const leadBase = 0x1100;
const vowelBase = 0x1161;
const tailBase = 0x11a7;
const vowels = 21;
const tails = 28;
/** Compatibility consonant (U+3131..314E) -> lead index, -1 where it cannot lead. */
const compatLead = [0, 1, -1, 2, -1, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1, 6, 7, 8, -1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
/** Compatibility consonant -> tail index, 0 where it cannot close. */
const compatTail = [1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 0, 18, 19, 20, 21, 22, 0, 23, 24, 25, 26, 27];
/** Lead index -> tail index of the same consonant, 0 where it cannot close. */
const leadTail = [1, 2, 4, 7, 0, 8, 16, 17, 0, 19, 20, 21, 22, 0, 23, 24, 25, 26, 27];
/** Lead index -> compatibility consonant, for a lead that stays alone. */
const leadCompat = compatLead.reduce<number[]>((all, lead, at) => {
  if (lead >= 0) all[lead] = 0x3131 + at;
  return all;
}, []);
const tailCompat = compatTail.reduce<number[]>((all, tail, at) => {
  if (tail > 0) all[tail] = 0x3131 + at;
  return all;
}, []);

export const isSyllable = (code: number): boolean => code >= syllableBase && code <= syllableLast;

const leadOf = (code: number): number => {
  if (code >= leadBase && code < leadBase + 19) return code - leadBase;
  return code >= 0x3131 && code <= 0x314e ? (compatLead[code - 0x3131] ?? -1) : -1;
};
const vowelOf = (code: number): number => {
  if (code >= vowelBase && code < vowelBase + vowels) return code - vowelBase;
  return code >= 0x314f && code <= 0x3163 ? code - 0x314f : -1;
};
const tailOf = (code: number): number => {
  if (code > tailBase && code < tailBase + tails) return code - tailBase;
  if (code >= 0x3131 && code <= 0x314e) return compatTail[code - 0x3131] ?? 0;
  return code >= leadBase && code < leadBase + 19 ? (leadTail[code - leadBase] ?? 0) : 0;
};

/**
 * Puts jamo that were typed or decomposed one by one back into syllables (ㅁㅜㅅㅣ -> 무시, 이저ㄴ -> 이전). Laughter and
 * other consonants without a vowel stay, as compatibility jamo. Idempotent.
 */
export function recompose(text: string): string {
  if (!/[\u1100-\u11ff\u3131-\u3163]/.test(text)) return text;
  const out: number[] = [];
  const length = text.length;
  const at = (index: number) => (index < length ? text.charCodeAt(index) : 0);
  for (let index = 0; index < length; index++) {
    const code = at(index);
    const lead = leadOf(code);
    let syllable = -1;
    if (lead >= 0 && vowelOf(at(index + 1)) >= 0) {
      syllable = syllableBase + (lead * vowels + vowelOf(at(index + 1))) * tails;
      index++;
    } else if (isSyllable(code) && (code - syllableBase) % tails === 0) syllable = code;
    if (syllable < 0) {
      const tail = code > tailBase && code < tailBase + tails ? tailCompat[code - tailBase] : undefined;
      out.push(
        code >= leadBase && code < leadBase + 19 ? (leadCompat[code - leadBase] ?? code) : (tail ?? (vowelOf(code) >= 0 ? 0x314f + vowelOf(code) : code)),
      );
      continue;
    }
    const tail = tailOf(at(index + 1));
    // A consonant before a vowel leads the next syllable; a written syllable takes a tail only where it can't be laughter (가ㅋㅋ).
    if (tail > 0 && vowelOf(at(index + 2)) < 0 && at(index + 2) !== at(index + 1)) {
      syllable += tail;
      index++;
    }
    out.push(syllable);
  }
  return fromCodes(out);
}

/** Code units to a string, in pieces that fit on the stack. */
export function fromCodes(codes: readonly number[]): string {
  if (codes.length <= 8192) return String.fromCharCode(...codes);
  let text = "";
  for (let start = 0; start < codes.length; start += 8192) text += String.fromCharCode(...codes.slice(start, start + 8192));
  return text;
}

/**
 * Writes the text as a jamo stream into `out` and returns its length: each syllable as lead, vowel and tail (codes 1..67), runs of
 * other characters as they are (lower-case letters, digits), everything else dropped, so that spacing does not matter. Stops when `out` is full.
 */
export function toJamo(text: string, start: number, end: number, out: Uint16Array): number {
  let size = 0;
  const room = out.length - 3;
  for (let index = start; index < end && size < room; index++) {
    const code = text.charCodeAt(index);
    if (isSyllable(code)) {
      const offset = code - syllableBase;
      const tail = offset % tails;
      const vowel = ((offset - tail) / tails) % vowels;
      out[size++] = 1 + (offset - tail - vowel * tails) / (tails * vowels);
      out[size++] = 20 + vowel;
      if (tail > 0) out[size++] = 40 + tail;
    } else if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) out[size++] = code;
  }
  return size;
}
