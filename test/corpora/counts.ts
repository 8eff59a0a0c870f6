import { fileURLToPath } from "node:url";
import { alikeAt, corpora, neighbours, readCorpus, tactic, tally, type Row } from "./corpora.ts";

/** What one file holds, and what is wrong with it (empty: nothing). */
function measure({ name, atLeast }: (typeof corpora)[number], rows: readonly Row[]) {
  const near = neighbours(rows).toSorted((a, b) => b.alike - a.alike);
  const tooAlike = near.filter(({ alike }) => alike >= alikeAt);
  const split = tally(rows.map((row) => row.split));
  const dev = (split["dev"] ?? 0) / rows.length;
  const faults = [
    ...(rows.length < atLeast ? [`${rows.length} rows, at least ${atLeast} are needed`] : []),
    ...(dev < 0.5 || dev > 0.7 ? [`${Math.round(dev * 100)} % of the rows are dev, about 60 are wanted`] : []),
    ...tooAlike.map(({ id, nearest, alike }) => `${id} and ${nearest} are too alike (${alike.toFixed(2)})`),
  ];
  return {
    name,
    rows: rows.length,
    split,
    lang: tally(rows.map(({ lang }) => lang)),
    kind: tally(rows.map(({ kind }) => tactic(kind))),
    alike: { max: near[0]?.alike ?? 0, p95: near[Math.floor(near.length * 0.05)]?.alike ?? 0, atLeastBound: tooAlike.length },
    faults,
  };
}

/** Prints counts and variety of every corpus. Exit code 1 when a bound is broken. */
function main(json: boolean): number {
  const files = corpora.map((corpus) => measure(corpus, readCorpus(corpus.name)));
  const listed = (counts: Record<string, number>) => Object.entries(counts).map(([value, count]) => `${value} ${count}`);
  if (json) console.log(JSON.stringify({ name: "corpora", bound: alikeAt, files }));
  else
    for (const { name, rows, split, lang, kind, alike, faults } of files) {
      console.log(`${name}: ${rows} rows (${listed(split).join(", ")}; ${listed(lang).join(", ")})`);
      console.log(`  kinds: ${listed(kind).join(", ")}`);
      console.log(`  nearest neighbour: max ${alike.max.toFixed(3)}, p95 ${alike.p95.toFixed(3)}, at ${alikeAt} or more ${alike.atLeastBound}`);
      for (const fault of faults) console.log(`  NOT GOOD: ${fault}`);
    }
  return files.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.includes("--json"));
