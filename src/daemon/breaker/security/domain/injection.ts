import { denseCount, readCues, ruleCount } from "./injection-cues.ts";
import { rules } from "./injection-rules.ts";
import { segmentsOf } from "./injection-segments.ts";
import { shapesOf } from "./injection-shapes.ts";
import { createFeatureReader, longestWindow } from "./model-features.ts";
import { koreanHandicap, logit, partHandicap, scoreOf, type Head, type InjectionModel } from "./model.ts";
import { normalise, type Normalised } from "./normalise.ts";
import type { Encoding } from "./normalise-decode.ts";

export type InjectionBand = "none" | "medium" | "high";
/** Where the text came from: a person's message, tool output (also web pages and files; judged in segments), or text that an agent wants to send. */
export type Surface = "message" | "tool" | "outbound";

export interface InjectionVerdict {
  band: InjectionBand;
  /** 0..1; .5 is where medium begins, .8 where high does. */
  score: number;
  /** Ids of the rules that were found in the passage with the highest score. */
  rules: readonly string[];
  /** Encodings that had to be undone to read it all. */
  decoded: readonly Encoding[];
  /** Invisible, bidi or look-alike characters inside words. */
  hidden: boolean;
  /** Passages judged. */
  windows: number;
  /** Too long to be read whole: the band is medium at least. */
  truncated: boolean;
}

export interface InjectionScreen {
  judge(text: string, surface: Surface): InjectionVerdict;
}

/** UTF-16 units that are read of one text; what is longer is truncated, and asked about. */
export const longestText = 262_144;
const mostSegments = 8192;
const mediumScore = 0.5;
const highScore = 0.8;

/** A message is judged whole and passage by passage, since a long text drowns a short order. */
const onMessage: readonly Head[] = ["message", "korean"];
const onSegments: readonly Head[] = ["tool", "korean"];

interface Finding {
  score: number;
  start: number;
  end: number;
  plain: string;
}

/**
 * A screen over a model. Holds scratch memory of its own, so judge() is not to be entered twice at once (it is synchronous: it can't be).
 * The same text and surface give the same verdict always. Time grows linearly with the text: no pattern is matched by backtracking.
 */
export function createInjectionScreen(model: InjectionModel): InjectionScreen {
  const reader = createFeatureReader();
  const dense = new Uint8Array(denseCount);

  function judgePlain(plain: string, source: Normalised, surface: Surface): { best: Finding; windows: number; cut: boolean } {
    const best: Finding = { score: 0, start: 0, end: 0, plain };
    const shapes = shapesOf(plain, source);
    const korean = /[가-힣]/.test(plain);
    const languageHandicap = korean && surface !== "tool" ? koreanHandicap : 0;
    const present: number[] = [];
    let windows = 0;
    // What is no number is no clean bill: it counts as the worst.
    const look = (head: Head, start: number, end: number, handicap: number) => {
      const size = head === "korean" ? reader.jamo(plain, start, end) : reader.grams(plain, start, end);
      if (size === 0) return;
      const score = scoreOf(model[head], logit(model[head], reader.indexes, size, present) - handicap - languageHandicap);
      if (Number.isNaN(score)) Object.assign(best, { score: 1, start, end });
      else if (score > best.score) Object.assign(best, { score, start, end });
    };
    /** Where passages begin and end that tell nothing: a pair with one of them is as harmless as the other alone. */
    const dull = new Set<number>();
    const read = (start: number, end: number, judges: readonly Head[], handicap: number, always: boolean) => {
      // What is high already can't become worse, and an attack must not buy time by being long.
      if (best.score >= highScore) return;
      if (!always && (dull.has(start) || dull.has(-end))) return;
      const { telling } = readCues(plain, start, end, dense);
      if (!always && telling === 0) {
        dull.add(start).add(-end);
        return;
      }
      windows++;
      shapes.mark(start, end, dense);
      present.length = 0;
      for (let input = 0; input < denseCount; input++) if (dense[input] === 1) present.push(input);
      for (const head of judges) look(head, start, end, handicap);
    };
    if (surface !== "tool") {
      for (let start = 0; start === 0 || start < plain.length; start += longestWindow - 512) {
        read(start, Math.min(plain.length, start + longestWindow), onMessage, 0, true);
        if (start + longestWindow >= plain.length) break;
      }
    }
    const { segments, cut } = segmentsOf(plain, mostSegments, surface === "tool" || korean);
    const [judges, handicap] = surface === "tool" ? [onSegments, 0] : [onMessage, partHandicap];
    for (const { start, end } of segments) if (surface === "tool" || end - start < plain.length * 0.9) read(start, end, judges, handicap, false);
    return { best, windows, cut };
  }

  return {
    judge(text, surface) {
      const whole = text.length <= longestText;
      const source = normalise(whole ? text : text.slice(0, longestText));
      let { best, windows, cut } = judgePlain(source.plain, source, surface);
      for (const form of source.forms) {
        const inner = judgePlain(form, source, surface);
        windows += inner.windows;
        cut ||= inner.cut;
        if (inner.best.score > best.score) best = inner.best;
      }
      const truncated = !whole || cut;
      const score = truncated ? Math.max(best.score, mediumScore) : best.score;
      return {
        band: bandOf(score),
        score,
        rules: best.score > 0 ? rulesIn(best) : [],
        decoded: source.decoded,
        hidden: source.hidden,
        windows,
        truncated,
      };
    },
  };

  function rulesIn(found: Finding): string[] {
    readCues(found.plain, found.start, found.end, dense);
    return rules.flatMap((rule, index) => (index < ruleCount && dense[index] === 1 ? [rule.id] : []));
  }
}

function bandOf(score: number): InjectionBand {
  if (score >= highScore) return "high";
  return score < mediumScore ? "none" : "medium";
}
