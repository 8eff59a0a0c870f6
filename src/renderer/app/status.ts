import type { Sentence } from "../../contract/rack.ts";
import type { BreakerView } from "../../contract/breaker.ts";
import type { LinkState, Tripping } from "./store.ts";

export type GlyphName = "on" | "late" | "off" | "stopped" | "ready" | "unknown" | "failed" | "attention" | "done" | "typed";

/** The one sentence of truth. What this console can't know outranks whatever the rack said last. */
export type Status =
  | { of: "link"; code: "connecting" | "lost" | "refused" | "signed-out" | "no-rack" | "no-breaker"; glyph: GlyphName }
  | { of: "trip"; code: "asking" | "here" | "unsent"; glyph: GlyphName }
  | { of: "breaker"; view: BreakerView; glyph: GlyphName }
  | { of: "rack"; sentence: Sentence; glyph: GlyphName };

const glyphs: Record<Sentence["code"], GlyphName> = {
  "all-well": "on",
  alone: "on",
  "things-to-do": "on",
  "node-late": "late",
  "node-offline": "failed",
  "nodes-offline": "failed",
  "on-battery": "attention",
  "low-battery": "attention",
  "ups-unreachable": "unknown",
  "disk-full": "failed",
  starting: "unknown",
};

/** What a sentence is chosen from. */
export interface Standing {
  link: LinkState;
  sentence: Sentence | null;
  breaker: BreakerView | null;
  breakerSilent: boolean;
  tripping: Tripping;
}

/** How many kinds of things the breaker asks of a person while it runs. */
const asked = (breaker: BreakerView): number => Number(breaker.pending > 0) + Number(breaker.unknownOutcomes > 0) + Number(breaker.log === "damaged");

/** The rack's sentence with what the breaker asks: what waits for a person must not be called nothing. */
function withAsks(sentence: Sentence, asks: number): Sentence {
  if (asks === 0) return sentence;
  if (sentence.code === "all-well" || sentence.code === "alone") return { code: "things-to-do", params: { count: asks } };
  if (sentence.code !== "things-to-do") return sentence;
  return { ...sentence, params: { ...sentence.params, count: Number(sentence.params["count"]) + asks } };
}

/** Chooses the sentence: a stop that was asked for first, then what can't be known, then a stop that holds, then the rack's own. */
export function statusOf({ link, sentence, breaker, breakerSilent, tripping }: Standing): Status {
  if (tripping.kind !== "none") return { of: "trip", code: tripping.kind, glyph: tripping.kind === "unsent" ? "failed" : "stopped" };
  switch (link.kind) {
    case "live":
      if (breakerSilent || !breaker) return { of: "link", code: sentence ? "no-breaker" : "connecting", glyph: "unknown" };
      if (breaker.state !== "run") return { of: "breaker", view: breaker, glyph: breaker.state === "stopped" ? "stopped" : "ready" };
      return sentence
        ? { of: "rack", sentence: withAsks(sentence, asked(breaker)), glyph: glyphs[sentence.code] }
        : { of: "link", code: "connecting", glyph: "unknown" };
    case "connecting":
    case "lost":
    case "refused":
      return { of: "link", code: link.kind, glyph: "unknown" };
    case "signed-out":
    case "no-rack":
      return { of: "link", code: link.kind, glyph: "ready" };
  }
}
