import { en as enText } from "../../../src/renderer/locales/en/index.ts";
import { ko as koText } from "../../../src/renderer/locales/ko/index.ts";
import type { Shape } from "../../../src/words/shape.ts";
import { fill } from "../../../src/words/fill.ts";
import { words } from "../../../src/words/index.ts";

export const languages = ["ko", "en"] as const;
export type Language = (typeof languages)[number];
export const locales = { ko: "ko-KR", en: "en-US" } as const;

/** The screens' text and the words shared with the CLI, in one language: specs name keys, never sentences. */
export interface Tongue {
  language: Language;
  text: Shape<typeof koText>;
  words: Shape<(typeof words)["ko"]>;
  /** Fills a text's blanks. */
  say: (text: string, params?: Record<string, string | number>) => string;
}

/** Any filling of a text's blanks. */
export const like = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(/\{\{\w+\}\}/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join(".*")}$`,
  );

export const tongues: Record<Language, Tongue> = {
  ko: { language: "ko", text: koText, words: words.ko, say: (text, params = {}) => fill(text, params) },
  en: { language: "en", text: enText, words: words.en, say: (text, params = {}) => fill(text, params) },
};
