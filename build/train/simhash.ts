import { plainText } from "../../src/daemon/breaker/security/domain/normalise.ts";

/** A 64-bit SimHash as two unsigned halves. */
export interface SimHash {
  high: number;
  low: number;
}

const mix = (value: number): number => {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** SimHash of a text's plain form over its character 4-grams. */
export function simhash(text: string): SimHash {
  const plain = plainText(text).replace(/\s+/g, " ").trim();
  const votes = new Int32Array(64);
  const length = Math.max(1, plain.length - 3);
  for (let from = 0; from < length; from++) {
    let hash = 0x811c9dc5 | 0;
    for (let at = from; at < Math.min(from + 4, plain.length); at++) hash = Math.imul(hash ^ plain.charCodeAt(at), 0x01000193);
    const [low, high] = [mix(hash), mix(hash ^ 0x9e3779b9)];
    for (let bit = 0; bit < 32; bit++) {
      votes[bit] = (votes[bit] ?? 0) + ((low >>> bit) & 1 ? 1 : -1);
      votes[bit + 32] = (votes[bit + 32] ?? 0) + ((high >>> bit) & 1 ? 1 : -1);
    }
  }
  let low = 0;
  let high = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((votes[bit] ?? 0) > 0) low |= 1 << bit;
    if ((votes[bit + 32] ?? 0) > 0) high |= 1 << bit;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

const ones = (value: number): number => {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
export const distance = (left: SimHash, right: SimHash): number => ones(left.high ^ right.high) + ones(left.low ^ right.low);

/** Two texts this near count as one. */
export const nearDistance = 3;

export const hex = ({ high, low }: SimHash): string => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
export const fromHex = (text: string): SimHash => ({ high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) });

/** Finds neighbours within `nearDistance`: two fingerprints that differ in 3 bits agree in one of four 16-bit bands. */
export function createNear<Value>(): { add(print: SimHash, value: Value): void; find(print: SimHash): Value | undefined } {
  const bands: Map<number, { print: SimHash; value: Value }[]>[] = [new Map(), new Map(), new Map(), new Map()];
  const parts = ({ high, low }: SimHash) => [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff];
  return {
    add(print, value) {
      parts(print).forEach((part, band) => {
        const map = bands[band];
        const list = map?.get(part);
        if (list === undefined) map?.set(part, [{ print, value }]);
        else list.push({ print, value });
      });
    },
    find(print) {
      for (const [band, part] of parts(print).entries())
        for (const known of bands[band]?.get(part) ?? []) if (distance(known.print, print) <= nearDistance) return known.value;
      return undefined;
    },
  };
}
