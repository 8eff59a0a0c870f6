import { denseCount, readCues } from "../../src/daemon/breaker/security/domain/injection-cues.ts";
import { segmentsOf } from "../../src/daemon/breaker/security/domain/injection-segments.ts";
import { shapesOf, type Shapes } from "../../src/daemon/breaker/security/domain/injection-shapes.ts";
import { createFeatureReader, longestWindow } from "../../src/daemon/breaker/security/domain/model-features.ts";
import type { Head } from "../../src/daemon/breaker/security/domain/model.ts";
import { normalise } from "../../src/daemon/breaker/security/domain/normalise.ts";
import type { Example } from "./logistic.ts";
import { surfaceOf, type Row } from "./rows.ts";
import { payloadOf, type Template } from "./templates.ts";

/** An example and the row that it came from. */
export interface RowExample extends Example {
  row: Row;
  /** A passage of a message, judged with a handicap beside the whole. */
  part: boolean;
  /** Says what is to be judged but does not teach: a passage of an attack may be harmless. */
  silent: boolean;
}

const reader = createFeatureReader();
const dense = new Uint8Array(denseCount);

export function example(
  head: Head,
  row: Row,
  plain: string,
  shapes: Shapes,
  start: number,
  end: number,
  weight: number,
  part: boolean,
  silent = false,
): RowExample | undefined {
  const { telling } = readCues(plain, start, end, dense);
  shapes.mark(start, end, dense);
  const inputs = [...dense.keys()].filter((index) => dense[index] === 1);
  if (part && telling === 0) return undefined;
  const size = head === "korean" ? reader.jamo(plain, start, end) : reader.grams(plain, start, end);
  if (size === 0) return undefined;
  return { row, buckets: reader.indexes.slice(0, size), dense: inputs, attack: row.label === "attack", weight, part, silent };
}

/** Passages of one row that are looked at; a long document has hundreds alike. */
const mostSegments = 12;
/** Passages of a benign row count less than the row itself. */
const segmentWeight = 0.5;

/** What a row teaches to a head: messages whole and by passage, tool outputs by passage, and of an attacked tool output the planted instruction alone. */
export function examplesOf(head: Head, row: Row, templates: readonly Template[], evaluate = false): RowExample[] {
  const surface = surfaceOf(row.slice);
  const found: (RowExample | undefined)[] = [];
  const attack = row.label === "attack";
  const whole = (text: string, weight: number) => {
    const source = normalise(text);
    const plain = source.forms[0] ?? source.plain;
    found.push(example(head, row, plain, shapesOf(plain, source), 0, Math.min(plain.length, longestWindow), weight, false));
  };
  const passages = (weight: number, silent: boolean) => {
    const source = normalise(row.text);
    const shapes = shapesOf(source.plain, source);
    const { segments } = segmentsOf(source.plain, 256, head !== "message");
    const stride = Math.max(1, Math.ceil(segments.length / (silent || evaluate ? 64 : mostSegments)));
    for (let at = 0; at < segments.length; at += stride) {
      const segment = segments[at];
      if (segment !== undefined && segment.end - segment.start < source.plain.length * 0.9)
        found.push(example(head, row, source.plain, shapes, segment.start, segment.end, weight, head !== "tool" && surface === "message", silent));
    }
  };
  const payload = attack && surface === "tool" ? payloadOf(row, templates) : undefined;
  if (head === "tool" && attack) {
    if (payload !== undefined) whole(payload, 1 / 8); // Seventeen templates carry the same instruction: together they count as two.
    else if (row.licence === "own" || (surface === "message" && row.text.length < 400)) whole(row.text, surface === "tool" ? 1 : 0.5);
    return found.filter((one) => one !== undefined);
  }
  if (head === "message" && surface === "tool") return [];
  whole(row.text, 1);
  if (row.text.length > 80) passages(attack ? 0 : segmentWeight, attack);
  return found.filter((one) => one !== undefined);
}
