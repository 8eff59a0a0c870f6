import type { Sentence } from "../../contract/rack.ts";
import type { LinkState } from "./store.ts";

export type GlyphName = "on" | "late" | "off" | "stopped" | "ready" | "unknown" | "failed" | "attention" | "done";

/** The one sentence of truth. What this console can't know outranks whatever the rack said last. */
export type Status =
  | { of: "link"; code: "connecting" | "lost" | "refused" | "signed-out" | "no-rack"; glyph: GlyphName }
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

/** Chooses the sentence from how the link stands and what the rack last said. */
export function statusOf(link: LinkState, sentence: Sentence | null): Status {
  switch (link.kind) {
    case "live":
      return sentence ? { of: "rack", sentence, glyph: glyphs[sentence.code] } : { of: "link", code: "connecting", glyph: "unknown" };
    case "connecting":
    case "lost":
    case "refused":
      return { of: "link", code: link.kind, glyph: "unknown" };
    case "signed-out":
    case "no-rack":
      return { of: "link", code: link.kind, glyph: "ready" };
  }
}
