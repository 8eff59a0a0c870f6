/** Width of a text in em, by the kind of its letters: close enough to know what fits into a drawing. */
function widthEm(text: string): number {
  let em = 0;
  for (const letter of text) {
    if (/[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]/.test(letter)) em += 0.9;
    else if (/[\sil.,:;|'!]/.test(letter)) em += 0.28;
    else if (/[A-ZmwMW%]/.test(letter)) em += 0.68;
    else em += 0.56;
  }
  return em;
}

/** The text, or its beginning and an ellipsis when it is wider than `px` at `size`. */
export function fit(text: string, size: number, px: number): string {
  if (widthEm(text) * size <= px) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && widthEm(`${letters.join("")}…`) * size > px) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
