import { compose } from "./compose.ts";
import { messages, outputs } from "./compose-en.ts";
import { korean } from "./compose-ko.ts";
import { mayTrain, readOwn, type Row } from "./rows.ts";
import { createNear, simhash, type SimHash } from "./simhash.ts";
import { payloadOf, templatesOf, withoutOpening } from "./templates.ts";

export interface Chosen {
  row: Row;
  print: SimHash;
  /** Rows of one group say nearly the same: they are trained on together or not at all. */
  group: number;
}

/** Of each hundred groups that may be trained on, so many are kept back to be scored. */
const keptBack = 20;

const scatter = (text: string): number => {
  let hash = 0x811c9dc5 | 0;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** Sentences from our own grammars, the same each time. Their slice tells the surface: `seeds` are messages, `indirect-seeds` tool output. */
export function readSeeds(): Row[] {
  const row = (slice: string, lang: string, label: Row["label"], texts: readonly string[]): Row[] =>
    texts.map((text, index) => ({
      id: `${slice}-${lang}-${label}-${index + 1}`,
      text,
      label,
      kind: "seed",
      lang,
      source: "own grammar",
      licence: "own",
      slice,
    }));
  return [
    ...row("seeds", "en", "attack", compose(messages, "attack", 24, 1)),
    ...row("seeds", "en", "benign", compose(messages, "benign", 30, 2)),
    ...row("indirect-seeds", "en", "attack", compose(outputs, "attack", 40, 3)),
    ...row("indirect-seeds", "en", "benign", compose(outputs, "benign", 50, 4)),
    ...row("seeds", "ko", "attack", compose(korean, "attack", 24, 5)),
    ...row("seeds", "ko", "benign", compose(korean, "benign", 30, 6)),
  ];
}

/**
 * The rows that teach and those kept back. A row with a near neighbour (SimHash <= 3) shares its fate, so do tool outputs with the
 * same planted instruction. Rows near to one that is only scored are dropped from training.
 */
export function chooseRows(rows: readonly Row[], root: string): { train: Chosen[]; back: Chosen[] } {
  const templates = templatesOf(rows);
  const near = createNear<number>();
  const foreign = createNear<true>();
  const payloads = new Map<string, number>();
  const own = [...readOwn(root, "dev"), ...readSeeds()];
  for (const row of [...rows.filter((row) => !mayTrain(row)), ...readOwn(root, "test")]) foreign.add(simhash(row.text), true);
  let groups = 0;
  const train: Chosen[] = [];
  const back: Chosen[] = [];
  const fate = new Map<number, boolean>();
  for (const row of [...rows.filter(mayTrain), ...own]) {
    const print = simhash(row.text);
    if (foreign.find(print) === true) continue;
    const payload = row.slice === "indirect" ? payloadOf(row, templates) : undefined;
    const key = payload === undefined ? undefined : withoutOpening(payload);
    const group = (key === undefined ? undefined : payloads.get(key)) ?? near.find(print) ?? groups++;
    near.add(print, group);
    if (key !== undefined) payloads.set(key, group);
    const chat = row.slice === "chat";
    const keep = fate.get(group) ?? (!chat && row.licence !== "own" && scatter(key ?? row.id) % 100 < keptBack);
    fate.set(group, keep);
    (keep ? back : train).push({ row, print, group });
  }
  // A later row can join two groups of which one is kept back: what is near to a row kept back leaves the training.
  const kept = createNear<true>();
  for (const one of back) kept.add(one.print, true);
  return { train: train.filter((one) => kept.find(one.print) === undefined), back };
}
