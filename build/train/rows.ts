import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Surface } from "../../src/daemon/breaker/security/domain/injection.ts";

/** A line of an evaluation file or of our own corpora. `slice` is the file's name before `.dev`, `.heldout` or `.train`. */
export interface Row {
  id: string;
  text: string;
  label: "attack" | "benign";
  kind: string;
  lang: string;
  source: string;
  licence: string;
  slice: string;
}

export function parseRows(bytes: Buffer, name: string): Row[] {
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const slice = name.replace(/\.(dev|heldout|train)\.jsonl(\.gz)?$|\.jsonl(\.gz)?$/, "");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({
      source: "own",
      licence: "own",
      lang: "en",
      kind: "",
      ...(JSON.parse(line) as Pick<Row, "id" | "text" | "label"> & Partial<Row>),
      slice,
    }));
}

/** Rows of the files of a folder whose name fits. */
export function readRows(folder: string, fits: RegExp): Row[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .filter((name) => fits.test(name))
    .flatMap((name) => parseRows(readFileSync(join(folder, name)), name));
}

/** Our own corpora, hand-written, each line with its split. */
export function readOwn(root: string, split: "dev" | "test"): Row[] {
  return readRows(join(root, "resources/corpora"), /\.jsonl$/).filter((row) => (row as Row & { split?: string }).split === split);
}

/** Slices that never teach: one shows over-defence, the other what words can't show. Secrets and bare goals are no injection examples. */
const neverTrained = new Set(["overdefense", "indirect_bipia", "secrets", "bare_goals"]);

/** Licences that allow a shipped model: MIT, Apache, CC0, CC-BY, ODC-BY, own. What mixes in another licence or none is out. */
export function mayTrain(row: Row): boolean {
  if (neverTrained.has(row.slice) || row.source.includes("NotInject") || row.source.includes("BIPIA")) return false;
  const licence = row.licence.toLowerCase();
  if (/\bnc\b|-nc|-sa|agpl|gpl|no licence|unknown|research|mixed/.test(licence)) return false;
  return /\b(mit|apache|cc0|cc-by|odc-by)\b/.test(licence) || licence === "own";
}

/** The surface that a caller would know from where the text came: tool outputs are files named `indirect*`; the rest are messages. */
export const surfaceOf = (slice: string): Surface => (slice.startsWith("indirect") ? "tool" : "message");
