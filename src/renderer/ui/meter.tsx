import type { Reading } from "../../contract/values.ts";
import { known } from "../app/format.ts";

interface Props {
  label: string;
  /** The value in words, with its unit. */
  text: string;
  value: Reading;
  min: number;
  max: number;
  /** The normal band, in the same unit as the value. */
  band: readonly [number, number];
  /** Words under both ends, or why the value is unknown. */
  ends: readonly [string, string];
  aged?: boolean;
}

const within = (percent: number) => Math.min(100, Math.max(0, percent));

/** A needle on a track with its normal band. Out of the band the needle and the value turn amber; unreadable means no needle. */
export function Meter({ label, text, value, min, max, band, ends, aged = false }: Props) {
  const at = (v: number) => within(((v - min) / (max - min)) * 100);
  const has = known(value);
  const isOut = has && !aged && (value < band[0] || value > band[1]);
  return (
    <div className="border-b border-line pt-3 pb-3.5">
      <div className="flex items-baseline justify-between gap-2">
        <span className="text-second text-fg-2">{label}</span>
        <b className={`font-strong whitespace-nowrap ${isOut ? "text-attention" : aged || !has ? "text-fg-3" : ""}`}>{text}</b>
      </div>
      <div
        className="meter mt-1"
        role="meter"
        aria-label={label}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={has ? Math.min(max, Math.max(min, value)) : min}
        aria-valuetext={text}
        data-out={isOut || undefined}
        data-none={!has || undefined}
        data-aged={aged || undefined}
      >
        <span className="b" style={{ left: `${at(band[0])}%`, width: `${at(band[1]) - at(band[0])}%` }} />
        {has ? <span className="p" style={{ left: `${at(value)}%` }} /> : null}
      </div>
      <div className="mt-0.5 flex justify-between gap-2 text-mark text-fg-3">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </div>
    </div>
  );
}
