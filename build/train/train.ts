import { denseCount } from "../../src/daemon/breaker/security/domain/injection-cues.ts";
import { buckets } from "../../src/daemon/breaker/security/domain/model-features.ts";
import { denseValue, heads, partHandicap, type Head, type HeadWeights, type InjectionModel } from "../../src/daemon/breaker/security/domain/model.ts";
import { examplesOf, type RowExample } from "./examples.ts";
import { fit, type Example, type Fitted } from "./logistic.ts";
import type { Row } from "./rows.ts";
import type { Chosen } from "./split.ts";
import { templatesOf } from "./templates.ts";

const folds = 5;
const settings = { bucketCount: buckets, denseCount, iterations: 80 };
/** Strength of the data, how loud the rules are, and the share of benign rows that may pass the medium and the high mark, out of fold. */
export const tuning: Record<Head, { c: number; denseScale: number; medium: number; high: number }> = {
  message: { c: 10, denseScale: 0.5, medium: 0.012, high: 0.002 },
  tool: { c: 10, denseScale: 1, medium: 0.003, high: 0.001 },
  korean: { c: 10, denseScale: 1, medium: 0.006, high: 0.002 },
};

export const rawLogit = (fitted: Fitted, example: Example): number => {
  let sum = 0;
  for (const bucket of example.buckets) sum += fitted.table[bucket] ?? 0;
  let value = fitted.bias + (example.buckets.length === 0 ? 0 : sum / Math.sqrt(example.buckets.length));
  for (const input of example.dense) value += denseValue * (fitted.dense[input] ?? 0);
  return value;
};

/** A row's score: the highest of its examples, passages with their handicap. */
export const rowScore = (fitted: Fitted, examples: readonly RowExample[]): number =>
  Math.max(-Infinity, ...examples.map((example) => rawLogit(fitted, example) - (example.part ? partHandicap : 0)));

/** Benign texts that sound like attacks are few and worth more: without them the head learns that role play is an attack. */
const importance = (row: Row): number => {
  if (row.source.includes("WildGuardMix")) return 20;
  if (row.slice === "korean-benign" || row.slice === "send-requests") return 4;
  return row.slice === "korean-attacks" ? 2 : 1;
};

export function fitHead(head: Head, examples: readonly RowExample[]): Fitted {
  const { c, denseScale } = tuning[head];
  const teaching = examples.filter((example) => !example.silent).map((example) => ({ ...example, weight: example.weight * importance(example.row) }));
  return fit(teaching, { ...settings, c, denseScale });
}

/** The value that a share of the highest lies above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => right - left);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Marks from rows that each fold did not see: per row the highest of its examples. */
function marks(head: Head, examples: readonly RowExample[], groups: ReadonlyMap<Row, number>): { medium: number; high: number; recall: number; rows: number } {
  const fold = (example: RowExample) => (groups.get(example.row) ?? 0) % folds;
  const best = new Map<Row, number>();
  for (let out = 0; out < folds; out++) {
    const fitted = fitHead(
      head,
      examples.filter((example) => fold(example) !== out),
    );
    for (const example of examples) {
      if (fold(example) !== out) continue;
      const value = rawLogit(fitted, example) - (example.part ? partHandicap : 0);
      best.set(example.row, Math.max(best.get(example.row) ?? -Infinity, value));
    }
  }
  const of = (label: Row["label"]) => [...best].filter(([row]) => row.label === label).map(([, value]) => value);
  const benign = of("benign");
  const attacks = of("attack");
  const medium = quantile(benign, tuning[head].medium);
  const high = Math.max(quantile(benign, tuning[head].high), medium + 0.5);
  return { medium, high, recall: attacks.filter((value) => value >= medium).length / Math.max(1, attacks.length), rows: best.size };
}

export function quantised(fitted: Fitted, medium: number, high: number): HeadWeights {
  let largest = 0;
  for (const weight of fitted.table) largest = Math.max(largest, Math.abs(weight));
  const scale = Math.max(largest, 1e-9) / 127;
  return {
    table: Int8Array.from(fitted.table, (weight) => Math.round(weight / scale)),
    scale: Math.fround(scale),
    dense: Float32Array.from(fitted.dense),
    bias: Math.fround(fitted.bias),
    medium: Math.fround(medium),
    high: Math.fround(high),
  };
}

/** Trains the three heads on the chosen rows; `all` gives the templates. The report says what each head saw and reached out of fold. */
export function trainModel(chosen: readonly Chosen[], all: readonly Row[]): { model: InjectionModel; report: string[] } {
  const templates = templatesOf(all);
  const groups = new Map(chosen.map(({ row, group }) => [row, group]));
  const report: string[] = [];
  const head = (name: Head): HeadWeights => {
    const examples = chosen.flatMap(({ row }) => examplesOf(name, row, templates));
    const found = marks(name, examples, groups);
    const attacks = examples.filter((example) => example.attack).length;
    report.push(
      `${name}: ${examples.length} examples (${attacks} attacks) of ${found.rows} rows; out of fold recall ${(found.recall * 100).toFixed(1)} % at ${tuning[name].medium * 100} % benign; marks ${found.medium.toFixed(2)} ${found.high.toFixed(2)}`,
    );
    return quantised(fitHead(name, examples), found.medium, found.high);
  };
  const [message, tool, korean] = heads.map(head);
  if (message === undefined || tool === undefined || korean === undefined) throw new Error("three heads");
  return { model: { message, tool, korean }, report };
}
