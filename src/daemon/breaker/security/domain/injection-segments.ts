/** Where a text is cut for judging. Offsets are into the plain text, end exclusive. */
export interface Segment {
  start: number;
  end: number;
}

/** Shorter pieces carry no instruction of their own; they count in the pair with their neighbour. */
const shortest = 12;
const longest = 600;
const pairLongest = 700;
const overlap = 120;

const isQuote = (code: number) => code === 34 || code === 39;
/** , : { } [ ] ( ) */
const isJoint = (code: number) => code === 44 || code === 58 || code === 123 || code === 125 || code === 91 || code === 93 || code === 40 || code === 41;
const isEnd = (code: number) => code === 46 || code === 33 || code === 63 || code === 0x3002;

/** Sentences, lines and quoted values of structured text, each alone, and behind them, with `pairs`, each with its follower. At most `limit`; says whether some were left out. */
export function segmentsOf(plain: string, limit: number, pairs: boolean): { segments: Segment[]; cut: boolean } {
  const pieces: { start: number; end: number; tied: boolean }[] = [];
  let start = 0;
  let tied = false;
  const close = (end: number, tiedNext: boolean) => {
    let from = start;
    while (from < end && plain.charCodeAt(from) <= 32) from++;
    for (; end - from > longest; from += longest - overlap) {
      pieces.push({ start: from, end: from + longest, tied });
      tied = true;
    }
    if (end - from >= 2) pieces.push({ start: from, end, tied });
    start = end;
    tied = tiedNext;
  };
  for (let index = 0; index < plain.length; index++) {
    const code = plain.charCodeAt(index);
    if (code === 10) close(index, true);
    else if (isEnd(code)) {
      const next = plain.charCodeAt(index + 1);
      if (next === 32 || next === 10 || isQuote(next)) close(index + 1, true);
    } else if (isQuote(code)) {
      let before = index - 1;
      if (plain.charCodeAt(before) === 32) before--;
      if (isJoint(plain.charCodeAt(index + 1)) || (before >= 0 && isJoint(plain.charCodeAt(before)))) {
        close(index, false);
        start = index + 1;
      }
    }
  }
  close(plain.length, false);
  const segments = pieces.filter((piece) => piece.end - piece.start >= shortest).map(({ start, end }) => ({ start, end }));
  if (pairs) {
    for (let index = 0; index + 1 < pieces.length; index++) {
      const [piece, follower] = [pieces[index], pieces[index + 1]];
      if (piece !== undefined && follower?.tied === true && follower.end - piece.start <= pairLongest) segments.push({ start: piece.start, end: follower.end });
    }
  }
  return { segments: segments.slice(0, limit), cut: segments.length > limit };
}
