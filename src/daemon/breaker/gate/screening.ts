import { createHash } from "node:crypto";
import type { ActText } from "./domain/arguments.ts";
import { simhash } from "./domain/panic/same-text.ts";
import { isUrgent } from "./domain/panic/urgency.ts";
import type { InjectionBand, SecretFact } from "./domain/types.ts";
import { plainText } from "../security/domain/normalise.ts";

/** One secret or personal datum in a text. */
export interface SecretHit {
  kind: string;
  start: number;
  end: number;
  preview: string;
}

export interface Screen {
  /** `message`: somebody wrote it. `tool`: output of a tool, a page, a file. `outbound`: an agent wrote it. */
  judge(text: string, surface: "message" | "tool" | "outbound"): InjectionVerdict | Promise<InjectionVerdict>;
}
type InjectionVerdict = { band: InjectionBand; score: number };

export interface Secrets {
  /** Findings by place, without overlaps; also the vault's own values. */
  find(text: string): readonly SecretHit[] | Promise<readonly SecretHit[]>;
}

/** What the filters said of the texts of one act. */
export interface Screened {
  injection: InjectionVerdict;
  facts: SecretFact[];
  /** Where, for the caller; of the first text that has any. */
  hits: SecretHit[];
  urgent: boolean;
  simhash: string | null;
}

/** Bank accounts and telephone numbers are what shops write to their customers: they make a text sensitive and are asked about, not refused. */
const personal = new Set(["bank-account", "phone"]);
/** Texts that are looked at one by one; the rest of an act with more is looked at as one. */
const MOST_TEXTS = 16;

/** Runs the filters over an act's texts. Throws when one of them does, or answers with something else than an answer. */
export async function screenTexts(texts: readonly ActText[], { screen, secrets }: { screen: Screen; secrets: Secrets }): Promise<Screened> {
  const said = texts.filter((one) => one.where !== "name");
  const rest = [...texts.filter((one) => one.where === "name"), ...said.slice(MOST_TEXTS)];
  const all: ActText[] = [...said.slice(0, MOST_TEXTS), { text: rest.map((one) => one.text).join("\n"), where: "out" }];
  const found: Screened = { injection: { band: "none", score: 0 }, facts: [], hits: [], urgent: false, simhash: null };
  for (const { text, where } of all) {
    if (text.length < 4) continue;
    const verdict = verdictOf(await screen.judge(text, "outbound"));
    if (isWorse(verdict, found.injection)) found.injection = verdict;
    const hits = hitsOf(await secrets.find(text));
    for (const { kind } of hits) found.facts.push({ kind, weight: where === "stored" || personal.has(kind) ? "personal" : "secret" });
    if (found.hits.length === 0) found.hits = hits;
    found.urgent ||= isUrgent(text);
  }
  const out = texts
    .filter((one) => one.where === "out")
    .map((one) => one.text)
    .join("\n");
  if (out.length > 0) found.simhash = simhash(plainText(out.slice(0, 65_536)));
  return found;
}

export async function screenInbound(text: string, surface: "message" | "tool", screen: Screen): Promise<InjectionVerdict & { urgent: boolean }> {
  return { ...verdictOf(await screen.judge(text, surface)), urgent: isUrgent(text) };
}

const order: Record<InjectionBand, number> = { none: 0, medium: 1, high: 2 };
const isWorse = (a: InjectionVerdict, b: InjectionVerdict) => order[a.band] > order[b.band] || (a.band === b.band && a.score > b.score);

function verdictOf(value: unknown): InjectionVerdict {
  const one = value as Partial<InjectionVerdict> | null | undefined;
  if (
    typeof one !== "object" ||
    one === null ||
    typeof one.score !== "number" ||
    !Number.isFinite(one.score) ||
    typeof one.band !== "string" ||
    !Object.hasOwn(order, one.band)
  )
    throw new TypeError("the injection filter gave no verdict");
  return { band: one.band, score: one.score };
}

function hitsOf(value: unknown): SecretHit[] {
  if (!Array.isArray(value)) throw new TypeError("the secrets filter gave no findings");
  return value.map((one: Partial<SecretHit> | null) => {
    if (typeof one?.kind !== "string" || typeof one.start !== "number" || typeof one.end !== "number" || typeof one.preview !== "string")
      throw new TypeError("the secrets filter gave no finding");
    return { kind: one.kind.slice(0, 64), start: one.start, end: one.end, preview: one.preview.slice(0, 80) };
  });
}

/** A third party as the log and the policy know it: the channel, without a secret that stands for one, and a hash that can be compared and not read back. */
export function recipientHash(key: string, redact: (text: string) => string): string {
  const at = key.indexOf(":");
  return `${redact(key.slice(0, Math.max(0, at)))}:${createHash("sha256").update(`aos recipient\n${key}`).digest("hex").slice(0, 24)}`;
}
