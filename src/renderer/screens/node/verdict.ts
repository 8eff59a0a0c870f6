import type { NodeView } from "../../../contract/rack.ts";
import { known } from "../../app/format.ts";
import type { GlyphName } from "../../app/status.ts";
import { bands, outside, type BandName } from "./bands.ts";

export type Verdict =
  | { code: "stale" | "offline" | "late-busy" | "late-link" | "waiting" | "planned" | "fine" | "nothing-known"; glyph: GlyphName }
  | { code: "outside"; of: BandName; glyph: GlyphName };

/** Sick hardware, a bad cable, or just a busy model: one answer for a node. `stale` is true when this console has lost the rack. */
export function verdictOf(view: Pick<NodeView, "state" | "sample">, stale: boolean): Verdict {
  if (stale) return { code: "stale", glyph: "unknown" };
  switch (view.state) {
    case "offline":
      return { code: "offline", glyph: "failed" };
    case "seen":
    case "paired":
      return { code: "waiting", glyph: "ready" };
    case "shutting-down":
    case "off-planned":
    case "stopped":
      return { code: "planned", glyph: "off" };
    case "late": {
      const cpu = view.sample?.cpuPercent;
      return { code: known(cpu) && cpu > bands.cpuPercent.band[1] ? "late-busy" : "late-link", glyph: "late" };
    }
    case "online": {
      if (!view.sample) return { code: "nothing-known", glyph: "unknown" };
      const [first] = outside(view.sample);
      return first === undefined ? { code: "fine", glyph: "on" } : { code: "outside", of: first, glyph: "attention" };
    }
  }
}
