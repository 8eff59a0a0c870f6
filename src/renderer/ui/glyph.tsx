import type { ReactNode } from "react";
import type { GlyphName } from "../app/status.ts";

/** The shapes of state, drawn once in a 12 px square. A glyph never stands without its word. */
function shape(name: GlyphName): ReactNode {
  switch (name) {
    case "on":
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />;
    case "late":
      return (
        <>
          <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z" fill="currentColor" />
        </>
      );
    case "off":
      return <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case "stopped":
      return <rect x="1.5" y="1.5" width="9" height="9" rx="1" fill="currentColor" />;
    case "ready":
      return <rect x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case "typed":
      return (
        <>
          <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <circle cx="6" cy="6" r="2" fill="currentColor" />
        </>
      );
    case "unknown":
      return <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="1.9 1.71" />;
    case "failed":
      return <path d="M2.2 2.2l7.6 7.6M9.8 2.2 2.2 9.8" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />;
    case "attention":
      return <path d="M6 1.2 11.2 10.6H.8z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" />;
    case "done":
      return <path d="M1.8 6.4 4.8 9.4 10.4 2.9" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />;
  }
}

export type Tone = "plain" | "quiet" | "attention" | "stop";

/** What a shape may be coloured: amber for "look", red for stopped or failed, nothing for fine. */
export function toneOf(name: GlyphName): Tone {
  switch (name) {
    case "late":
    case "attention":
      return "attention";
    case "failed":
    case "stopped":
      return "stop";
    case "off":
    case "unknown":
      return "quiet";
    case "on":
    case "ready":
    case "done":
    case "typed":
      return "plain";
  }
}

const markColor: Record<Tone, string> = { plain: "", quiet: "text-fg-3", attention: "text-attention-mark", stop: "text-stop-mark" };
const wordColor: Record<Tone, string> = { plain: "", quiet: "text-fg-3", attention: "text-attention", stop: "text-stop" };

/** A state shape; `x`, `y`, `size` place it inside another drawing. */
export function Glyph({ name, size = 12, x, y, className = "" }: { name: GlyphName; size?: number; x?: number; y?: number; className?: string }) {
  return (
    <svg className={className} width={size} height={size} x={x} y={y} viewBox="0 0 12 12" aria-hidden="true">
      {shape(name)}
    </svg>
  );
}

/** Shape and word together. */
export function State({
  glyph,
  children,
  plainWord = false,
  className = "",
}: {
  glyph: GlyphName;
  children: ReactNode;
  plainWord?: boolean;
  className?: string;
}) {
  const tone = toneOf(glyph);
  return (
    <span className={`inline-flex items-center gap-1.5 ${plainWord ? "" : wordColor[tone]} ${className}`}>
      <Glyph name={glyph} className={markColor[tone]} />
      <span>{children}</span>
    </span>
  );
}
