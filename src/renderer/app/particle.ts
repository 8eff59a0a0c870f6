const hangulFrom = 0xac00;
const hangulTo = 0xd7a3;
const finals = 28;
/** Digits read in Korean: 영 일 이 삼 사 오 육 칠 팔 구; true where the reading ends in a consonant. */
const digitEndsClosed = [true, true, false, true, false, false, true, true, true, false];

/** Whether the last sound of a word is a consonant; null where its letters don't tell. */
export function endsClosed(word: string): boolean | null {
  const last = word.trim().codePointAt(word.trim().length - 1);
  if (last === undefined) return null;
  if (last >= hangulFrom && last <= hangulTo) return (last - hangulFrom) % finals !== 0;
  const digit = last - 0x30;
  return digitEndsClosed[digit] ?? null;
}

const withParticle = (closed: string, open: string) => (word: string) => {
  const ends = endsClosed(word);
  return `${word}${ends === null ? `${closed}(${open})` : ends ? closed : open}`;
};

/** A name as the subject: 사장님이, 무펭이, 노드 2가. */
export const asSubject = withParticle("이", "가");
/** A name as the topic: 사장님은, 노드 2는. */
export const asTopic = withParticle("은", "는");
