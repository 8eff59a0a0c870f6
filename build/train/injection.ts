import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "../../src/daemon/breaker/security/domain/model.ts";
import { readRows } from "./rows.ts";
import { chooseRows } from "./split.ts";
import { hex } from "./simhash.ts";
import { trainModel } from "./train.ts";

const root = join(import.meta.dirname, "../..");

/**
 * `npm run train -- injection --data DIR [--out DIR | --check]`: writes the model, its hash and the fingerprints of what it was trained
 * on. With `--check` nothing is written: it fails unless the same model comes out as the one that is shipped.
 */
export function run(argv: readonly string[]): void {
  const option = (name: string) => argv[argv.indexOf(name) + 1];
  const data = argv.includes("--data") ? option("--data") : undefined;
  if (data === undefined) throw new Error("--data DIR names the folder with the evaluation data");
  const out = argv.includes("--out") ? (option("--out") ?? "") : join(root, "resources/breaker/injection");
  const rows = readRows(data, /\.(dev|train)\.jsonl(\.gz)?$/);
  const { train } = chooseRows(rows, root);
  const { model, report } = trainModel(train, rows);
  const bytes = writeModel(model);
  const digest = createHash("sha256").update(bytes).digest("hex");
  for (const line of report) console.log(line);
  console.log(`model.bin ${bytes.length} bytes, sha256 ${digest}, ${train.length} rows`);
  if (argv.includes("--check")) {
    const [shipped = ""] = readFileSync(join(out, "model.sha256"), "utf8").split(" ");
    if (shipped !== digest) throw new Error(`the shipped model is ${shipped}: another one came out`);
    console.log("the same as shipped");
    return;
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "model.bin"), bytes);
  writeFileSync(join(out, "model.sha256"), `${digest}  model.bin\n`);
  const prints = train.filter(({ row }) => row.licence !== "own").map(({ row, print }) => `${row.slice} ${row.id} ${hex(print)}`);
  writeFileSync(join(out, "trained.txt"), `${prints.toSorted().join("\n")}\n`);
}
