import { denseCount, denseNames } from "./injection-cues.ts";
import { buckets } from "./model-features.ts";

/** Who a head judges: text a person wrote, segments of tool output, Korean of either sort. */
export const heads = ["message", "tool", "korean"] as const;
export type Head = (typeof heads)[number];

export interface HeadWeights {
  /** Weight of a bucket is `table[bucket] * scale`. */
  table: Int8Array;
  scale: number;
  /** Weights of the dense inputs; an input that is present counts .5. */
  dense: Float32Array;
  bias: number;
  /** Logits from which the score is .5 (medium) and .8 (high). */
  medium: number;
  high: number;
}
export type InjectionModel = Readonly<Record<Head, HeadWeights>>;

const magic = 0x4d50_4931;
const headBytes = 4 * 4 + denseCount * 4 + buckets;
/** Bytes of a model file: magic, layout fingerprint, then the heads (scale, bias, medium, high, dense; little-endian floats; then the table). */
export const modelBytes = 8 + heads.length * headBytes;

/** Fingerprint of the order of the dense inputs: a model trained for other rules must not be read with these. */
export function layout(): number {
  let hash = 0x811c9dc5 | 0;
  for (const char of denseNames.join(" ")) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** A model from its file's bytes; undefined where size, magic, layout or a number is not what it has to be. */
export function readModel(bytes: Uint8Array): InjectionModel | undefined {
  if (bytes.length !== modelBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== magic || view.getUint32(4, true) !== layout()) return undefined;
  let sound = true;
  const head = (index: number): HeadWeights => {
    let at = 8 + index * headBytes;
    const next = () => {
      const value = view.getFloat32(at, true);
      at += 4;
      sound &&= Number.isFinite(value);
      return value;
    };
    const [scale, bias, medium, high] = [next(), next(), next(), next()];
    const dense = Float32Array.from({ length: denseCount }, next);
    sound &&= scale > 0 && high > medium;
    return { scale, bias, medium, high, dense, table: Int8Array.from(bytes.subarray(at, at + buckets)) };
  };
  const model = { message: head(0), tool: head(1), korean: head(2) };
  return sound ? model : undefined;
}

/** The bytes of a model, as `readModel` takes them. */
export function writeModel(model: InjectionModel): Uint8Array {
  const bytes = new Uint8Array(modelBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, layout(), true);
  heads.forEach((name, index) => {
    const head = model[name];
    let at = 8 + index * headBytes;
    for (const value of [head.scale, head.bias, head.medium, head.high, ...head.dense]) {
      view.setFloat32(at, value, true);
      at += 4;
    }
    bytes.set(new Uint8Array(head.table.buffer, head.table.byteOffset, buckets), at);
  });
  return bytes;
}

/** A passage of a message has to be this much (in logits) worse than a whole message: there are many of them, and one is enough. */
export const partHandicap = 0.5;

/** Korean is judged by two heads, and one is enough: each has to be this much surer. */
export const koreanHandicap = 0.25;

/** How much an input counts that is no bucket. */
export const denseValue = 0.5;

/** The logit of a text whose buckets are `indexes[0 .. size)`, divided by their root so that length does not count, and whose dense inputs are `present`. */
export function logit(head: HeadWeights, indexes: Uint16Array, size: number, present: readonly number[]): number {
  let sum = 0;
  const { table } = head;
  for (let index = 0; index < size; index++) sum += table[indexes[index] ?? 0] ?? 0;
  let total = head.bias + (size === 0 ? 0 : (sum * head.scale) / Math.sqrt(size));
  for (const input of present) total += (head.dense[input] ?? 0) * denseValue;
  return total;
}

/** A logit on the common scale 0..1: .5 where the medium band begins, .8 where the high one does. */
export function scoreOf(head: HeadWeights, value: number): number {
  const slope = Math.log(4) / (head.high - head.medium);
  return 1 / (1 + Math.exp(-slope * (value - head.medium)));
}
