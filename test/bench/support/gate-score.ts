import { readFileSync } from "node:fs";
import { join } from "node:path";
import { surfaceOf, type Row } from "../../../build/train/rows.ts";
import { createNear, fromHex, simhash } from "../../../build/train/simhash.ts";
import type { InjectionScreen, InjectionVerdict, Surface } from "../../../src/daemon/breaker/security/domain/injection.ts";
import { findSecrets } from "../../../src/daemon/breaker/security/domain/secrets.ts";
import type { Figures } from "../../levels/figures.ts";
import { figure } from "./stats.ts";

/** A row and what the filters said. `hit`: the injection band is not none, or in the secrets slice a secret was found. */
export interface Scored {
  row: Row;
  hit: boolean;
  score: number;
  why: string;
}

export interface Trained {
  ids: ReadonlySet<string>;
  near(text: string): boolean;
}

/** What the shipped model was trained on, by slice, id and fingerprint; our own texts have fingerprints through their corpora. */
export function readTrained(folder: string, own: readonly Row[]): Trained {
  const near = createNear<true>();
  const ids = new Set<string>();
  for (const line of readFileSync(join(folder, "trained.txt"), "utf8")
    .split("\n")
    .filter((one) => one !== "")) {
    const [slice = "", id = "", print = ""] = line.split(" ");
    ids.add(`${slice} ${id}`);
    near.add(fromHex(print), true);
  }
  for (const row of own) near.add(simhash(row.text), true);
  return { ids, near: (text) => near.find(simhash(text)) === true };
}

/** Rows that the model did not see: neither by id nor by a near duplicate. */
export const unseen = (rows: readonly Row[], trained: Trained): Row[] =>
  rows.filter((row) => !trained.ids.has(`${row.slice} ${row.id}`) && (row.slice === "secrets" || !trained.near(row.text)));

const scoredBy = (row: Row, verdict: InjectionVerdict): Scored => ({ row, hit: verdict.band !== "none", score: verdict.score, why: verdict.rules.join(" ") });

/** Scores rows; the surface is what a caller would know: the file's name, never the row's kind or source. */
export function scoreRows(rows: readonly Row[], screen: InjectionScreen, surface?: Surface): Scored[] {
  return rows.map((row) => {
    if (row.slice !== "secrets") return scoredBy(row, screen.judge(row.text, surface ?? surfaceOf(row.slice)));
    const found = findSecrets(row.text);
    return { row, hit: found.length > 0, score: found.length > 0 ? 1 : 0, why: found.map((one) => one.kind).join(" ") };
  });
}

const percent = (hits: number, all: number) => (all === 0 ? Number.NaN : (hits / all) * 100);

/** `NAME.recall` and `NAME.fpr` in percent over attacks and benign rows; a key without rows is left out. */
export function rates(name: string, scored: readonly Scored[], goals: Readonly<Record<string, string>>): Figures {
  const figures: Figures = {};
  for (const [key, label] of [
    ["recall", "attack"],
    ["fpr", "benign"],
  ] as const) {
    const of = scored.filter(({ row }) => row.label === label);
    if (of.length > 0)
      figures[`${name}.${key}`] = figure(percent(of.filter(({ hit }) => hit).length, of.length), "%", of.length, goals[`${name}.${key}`] ?? null);
  }
  return figures;
}

/** The rates of a slice, of each of its kinds, and of each part of a kind before a slash. */
export function sliceRates(slice: string, scored: readonly Scored[], goals: Readonly<Record<string, string>>): Figures {
  const byKind = new Map<string, Scored[]>();
  for (const one of scored) {
    const parts = one.row.kind.split("/");
    for (let depth = 1; depth <= parts.length; depth++) {
      const kind = parts.slice(0, depth).join("/");
      if (kind !== "") byKind.set(kind, [...(byKind.get(kind) ?? []), one]);
    }
  }
  const figures = rates(slice, scored, goals);
  for (const [kind, of] of [...byKind].toSorted(([left], [right]) => (left < right ? -1 : 1))) Object.assign(figures, rates(`${slice}.${kind}`, of, goals));
  return figures;
}
