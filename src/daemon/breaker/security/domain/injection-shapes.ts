import { ruleCount, shapeNames } from "./injection-cues.ts";
import { cues } from "./injection-lexicon.ts";
import type { Normalised } from "./normalise.ts";

const firstShape = ruleCount + cues.length;
const shape = (name: (typeof shapeNames)[number]) => firstShape + shapeNames.indexOf(name);
const at = {
  flood: shape("flood"),
  markup: shape("markup"),
  hidden: shape("hidden"),
  decoded: shape("decoded"),
  foreign: shape("foreign"),
  shouting: shape("shouting"),
  quoted: shape("quoted-order"),
};
const markers = [
  "<|im_",
  "<|end",
  "[inst]",
  "[system",
  "### instruction",
  "</system",
  "<system",
  "system:",
  "%%%",
  "[/inst]",
  "<<sys",
  "### system",
  "assistant:",
  "[new ",
  "begin system",
];
const orders = ['"please ', "'please ", "following instruction:", "new instruction", "note to ", "important:", "important!", "지시:", "공지:"];

const foreign = /[\u00c0-\u024f\u0370-\u052f\u0590-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff]/g;

/** Where in a text the shapes stand, found once, so that passages only compare offsets. */
export interface Shapes {
  mark(start: number, end: number, dense: Uint8Array): void;
}

function placesOf(plain: string, marks: readonly string[]): number[] {
  const places: number[] = [];
  for (const mark of marks) for (let found = plain.indexOf(mark); found >= 0; found = plain.indexOf(mark, found + 1)) places.push(found);
  return places.toSorted((left, right) => left - right);
}

const anyWithin = (places: readonly number[], start: number, end: number): boolean => {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return (places[low] ?? end) < end;
};

/** Looks for what is no word: floods of one sign, chat markup, hiding, decoding, foreign letters, exclamation. */
export function shapesOf(plain: string, source: Normalised): Shapes {
  const found: readonly [number, readonly number[]][] = [
    [at.markup, placesOf(plain, markers)],
    [at.quoted, placesOf(plain, orders)],
    [at.shouting, placesOf(plain, ["!!!"])],
    [at.foreign, Array.from(plain.matchAll(foreign), (match) => match.index)],
  ];
  const here = found.filter(([, places]) => places.length > 0);
  return {
    mark(start, end, dense) {
      if (source.flooded) dense[at.flood] = 1;
      if (source.hidden) dense[at.hidden] = 1;
      if (source.decoded.length > 0) dense[at.decoded] = 1;
      for (const [index, places] of here) if (anyWithin(places, start, end)) dense[index] = 1;
    },
  };
}
