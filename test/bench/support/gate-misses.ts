import { writeFileSync } from "node:fs";
import { mayTrain } from "../../../build/train/rows.ts";
import type { Scored } from "./gate-score.ts";

const perSlice = 20;

const tried = {
  close: "lower mark: each further point of recall costs more false alarms than it gains",
  harm: "grammar of harmful requests in fiction with harmless twins; cues harm, fiction, howto: 20 to 26 % at the same mark",
  quiet: "nothing in the words tells it from a request; taint is the boundary here",
  foreign: "only Korean and English are taught; invisible and look-alike characters are folded, words are not translated",
  long: "each passage is judged alone too",
  talk: "twins with the same words in the grammars; importance of such rows raised",
  mislabelled: "left as it is: the text does ask to drop its rules",
  provider: "provider formats come from public documents; this one has no prefix or checksum of its own",
  lookalike: "needs a name or a format beside it to be told from a secret",
} as const;

interface Cause {
  cause: string;
  tried: string;
}

function causeOf({ row, score, why }: Scored): Cause {
  if (row.slice === "secrets")
    return row.label === "attack"
      ? { cause: "no format or name that is known", tried: tried.provider }
      : { cause: `looks like ${why}`, tried: tried.lookalike };
  if (row.label === "benign")
    return why === ""
      ? { cause: "its phrases occur in attacks", tried: tried.talk }
      : { cause: `says what an attack says: ${why}`, tried: /override|free|leak/.test(why) ? tried.mislabelled : tried.talk };
  if (score >= 0.3) return { cause: "close to the mark", tried: tried.close };
  if (/[\u0250-\u1fff\u2070-\u2fff\u3040-\uabff\ud800-\udfff]/.test(row.text) || !["en", "ko"].includes(row.lang))
    return { cause: "another language or signs that nobody taught", tried: tried.foreign };
  if (/bipia|bare|goal/.test(row.kind + row.slice)) return { cause: "a quiet instruction: no word of an attack", tried: tried.quiet };
  if (/harm/.test(why) || row.text.length > 400) return { cause: "a harmful wish dressed as fiction or study; no rule is attacked", tried: tried.harm };
  if (why === "") return { cause: "an everyday question or order; no cue at all", tried: tried.quiet };
  return { cause: `cues found (${why}), too few`, tried: tried.close };
}

/** Twenty misses of each slice, spread over the scores. Texts under a licence that does not let them travel stay away: id and cause only. */
export function writeMisses(path: string, slices: ReadonlyMap<string, readonly Scored[]>): number {
  const lines: string[] = [];
  for (const [slice, scored] of slices) {
    const missed = scored
      .filter(({ row, hit }) => hit !== (row.label === "attack"))
      .toSorted((left, right) => right.score - left.score || (left.row.id < right.row.id ? -1 : 1));
    const count = Math.min(perSlice, missed.length);
    for (let index = 0; index < count; index++) {
      const one = missed[Math.floor((index * missed.length) / count)];
      if (one === undefined) continue;
      const { id, label, kind, text } = one.row;
      const free = slice !== "secrets" && mayTrain(one.row);
      lines.push(
        JSON.stringify({ slice, id, label, kind, score: Math.round(one.score * 1000) / 1000, ...causeOf(one), ...(free ? { text: text.slice(0, 300) } : {}) }),
      );
    }
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
  return lines.length;
}
