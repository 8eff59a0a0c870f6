/** How a run of characters looks: written by a person, or drawn by chance. Pure arithmetic over neighbouring pairs. */

/** Pairs of letters that make up about four fifths of English and of identifiers; about a fifth of the pairs in a random string. */
const common =
  "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy hy ze ks xt bs ik dd pt rp sk xi oe oy ws lv dl rf eu dg wr xa yi nm eb";

const isCommon = new Uint8Array(26 * 26);
for (const pair of common.split(" ")) isCommon[(pair.charCodeAt(0) - 97) * 26 + pair.charCodeAt(1) - 97] = 1;

const DIGIT = 1;
const LOWER = 2;
const UPPER = 3;
const MARK = 4;

function classOf(code: number): number {
  if (code >= 48 && code <= 57) return DIGIT;
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  return MARK;
}

export interface Shape {
  length: number;
  digits: number;
  lowers: number;
  uppers: number;
  marks: number;
  /** Different characters. */
  distinct: number;
  /** 0 (words, counted sequences) to 1 (pairs that nobody writes): share of unlikely neighbours. */
  random: number;
  /** Only 0-9a-f, in one case. */
  hex: boolean;
}

/** Shape of `text` from `start` to `end` (UTF-16 offsets), in one pass; looks at 512 characters at most. */
export function shapeOf(text: string, start = 0, end = text.length): Shape {
  const to = Math.min(end, start + 512);
  let digits = 0;
  let lowers = 0;
  let uppers = 0;
  let marks = 0;
  let unlikely = 0;
  let pairs = 0;
  let hexUpper = false;
  let hexLower = false;
  let hex = true;
  let seenLow = 0;
  let seenMid = 0;
  let seenHigh = 0;
  let seenTop = 0;
  let before = 0;
  let kind = 0;
  for (let at = start; at < to; at++) {
    const code = text.charCodeAt(at);
    const bit = 1 << (code & 31);
    if (code < 32) seenLow |= bit;
    else if (code < 64) seenMid |= bit;
    else if (code < 96) seenHigh |= bit;
    else seenTop |= bit;
    const now = classOf(code);
    if (now === DIGIT) digits++;
    else if (now === LOWER) {
      lowers++;
      if (code > 102) hex = false;
      hexLower = true;
    } else if (now === UPPER) {
      uppers++;
      if (code > 70) hex = false;
      hexUpper = true;
    } else {
      marks++;
      hex = false;
    }
    if (kind !== 0) {
      pairs++;
      unlikely += surprise(before, kind, code, now);
    }
    before = code;
    kind = now;
  }
  const distinct = bits(seenLow) + bits(seenMid) + bits(seenHigh) + bits(seenTop);
  return {
    length: end - start,
    digits,
    lowers,
    uppers,
    marks,
    distinct,
    random: pairs === 0 ? 0 : unlikely / pairs,
    hex: hex && !(hexUpper && hexLower),
  };
}

/** Weight of one pair: letters by the table, a change between letters and digits counts in full, marks join words and count for nothing. */
function surprise(before: number, kind: number, code: number, now: number): number {
  if (kind === MARK || now === MARK) return 0.1;
  if (kind === DIGIT && now === DIGIT) return code === before || Math.abs(code - before) === 1 ? 0.1 : 0.5;
  if (kind === DIGIT || now === DIGIT) return 1;
  if (code === before) return 0.3;
  const a = (before | 32) - 97;
  const b = (code | 32) - 97;
  const sequence = b - a === 1 && kind === now;
  if (sequence) return 0.1;
  const unlikely = isCommon[a * 26 + b] === 1 ? 0 : 1;
  // A capital after a small letter starts a word; the other way round goes on with it.
  if (kind === LOWER && now === UPPER) return 0.5;
  return unlikely;
}

function bits(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Drawn by chance, and long enough to say so: by pairs, by how many different characters there are, and by the mix of letters and digits. */
export function looksRandom(shape: Shape, floor = 0.42): boolean {
  if (shape.length < 12) return false;
  const enough = shape.length >= 24 ? 10 : 8;
  if (shape.distinct < enough) return false;
  if (shape.digits === shape.length - shape.marks) return false;
  return shape.random >= floor;
}
