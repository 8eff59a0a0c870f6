import { readFileSync } from "node:fs";
import { z } from "zod";

/** The product's own corpora: what each must hold. `prefix` begins every id. */
export const corpora = [
  { name: "korean-attacks", prefix: "ka", atLeast: 400, labels: ["attack"], langs: ["ko"] },
  { name: "korean-benign", prefix: "kb", atLeast: 400, labels: ["benign"], langs: ["ko"] },
  { name: "send-requests", prefix: "sr", atLeast: 320, labels: ["benign"], langs: ["ko", "en"] },
] as const satisfies readonly Corpus[];

interface Corpus {
  name: string;
  prefix: string;
  atLeast: number;
  labels: readonly ("attack" | "benign")[];
  langs: readonly ("ko" | "en")[];
}

const row = z.strictObject({
  id: z.string().regex(/^[a-z]{2}-\d{3}$/),
  text: z.string().trim().min(8).max(1500),
  label: z.enum(["attack", "benign"]),
  kind: z.string().regex(/^[a-z-]+(\/[a-z-]+)?$/),
  lang: z.enum(["ko", "en"]),
  split: z.enum(["dev", "test"]),
});
export type Row = z.infer<typeof row>;

/** Nearest neighbours at or above this share of 3-grams are the same text told twice. */
export const alikeAt = 0.6;

/** Rows of one file. Throws with the line number where a row is not one. */
export function readCorpus(name: string): Row[] {
  const lines = readFileSync(new URL(`../../resources/corpora/${name}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line, at) => {
    const parsed = row.safeParse(JSON.parse(line));
    if (!parsed.success) throw new Error(`${name}.jsonl:${at + 1}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
}

/** The text without what may differ between two copies of one sentence: addresses, names with a title, numbers, case and space. */
export const masked = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/https?:\/\/\S+|\S+@\S+/g, "@")
    .replace(/(?:[가-힣]{1,4} ?)?(?:대리|과장|차장|부장|팀장|실장|소장|원장|점장|이사|대표|사장|선생|기사|매니저|사원|주임)(?:님)?/g, "N")
    .replace(/[가-힣]{2,4} ?(?:님|씨)(?=[^가-힣]|에게|께|한테|이|의|은|는|과|와|을|를)/g, "N")
    .replace(/\b(?:mr|mrs|ms|dr)\.? [a-z]+/g, "N")
    .replace(/\d+/g, "0")
    .replace(/\s+/g, " ")
    .trim();

const grams = (text: string): Set<string> => {
  const characters = Array.from(masked(text));
  return new Set(characters.slice(0, Math.max(1, characters.length - 2)).map((_, at) => characters.slice(at, at + 3).join("")));
};

const jaccard = (a: Set<string>, b: Set<string>): number => {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared++;
  return shared / (a.size + b.size - shared);
};

export interface Neighbour {
  id: string;
  nearest: string;
  /** Jaccard of character 3-grams after masking, 0 to 1. */
  alike: number;
}

/** Each row's most alike other row. */
export function neighbours(rows: readonly Row[]): Neighbour[] {
  const sets = rows.map(({ text }) => grams(text));
  const best: Neighbour[] = rows.map(({ id }) => ({ id, nearest: "", alike: 0 }));
  const better = (at: number, other: number, alike: number) => {
    const held = best[at];
    const near = rows[other];
    if (held !== undefined && near !== undefined && alike > held.alike) best[at] = { id: held.id, nearest: near.id, alike };
  };
  for (const [at, mine] of sets.entries())
    for (const [before, other] of sets.slice(0, at).entries()) {
      const alike = jaccard(mine, other);
      better(at, before, alike);
      better(before, at, alike);
    }
  return best;
}

/** How often each value occurs, most frequent first. */
export const tally = (values: readonly string[]): Record<string, number> => {
  const counted = new Map<string, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return Object.fromEntries([...counted].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
};

export const tactic = (kind: string): string => kind.split("/")[0] ?? kind;

const luhn = (digits: string): boolean =>
  Array.from(digits)
    .toReversed()
    .reduce((sum, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2);
      return sum + (value > 9 ? value - 9 : value);
    }, 0) %
    10 ===
  0;

/** What in a text could belong to a real person: resident numbers, cards, telephones other than 0000, addresses outside the example domains. */
export function realLooking(text: string): string[] {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([found]) => found);
  return [
    ...all(/(?<!\d)\d{6}[- ]?[1-8]\d{6}(?!\d)/g),
    ...all(/(?<!\d)\d(?:[- ]?\d){12,18}(?!\d)/g).filter((number) => !/^[0 -]+$/.test(number) && luhn(number.replace(/\D/g, ""))),
    ...all(/(?<!\d)0(?:1\d|2|[3-6]\d|70|80)[- ]?\d{3,4}[- ]?\d{4}(?!\d)/g).filter((number) => !/^\d{2,3}-?0{3,4}-?/.test(number)),
    ...all(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g).filter((address) => !/[@.]example\.(?:com|net|org)$/.test(address)),
    ...all(/https?:\/\/[^\s/"'<>)]+/g).filter((link) => !/[/.]example\.(?:com|net|org)$/.test(link)),
  ];
}
