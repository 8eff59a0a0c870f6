import { words, type Language } from "../words/index.ts";
import { en } from "./locales/en.ts";
import { ko, type CliText } from "./locales/ko.ts";

/** One language's words, shared ones and the CLI's own. */
export interface Tongue {
  language: Language;
  words: (typeof words)[Language];
  text: CliText;
}

const texts = { ko, en } satisfies Record<Language, CliText>;

/** The tongue of a language. */
export function tongueOf(language: Language): Tongue {
  return { language, words: words[language], text: texts[language] };
}

/** Korean when the system speaks it, English otherwise; order as in setlocale(3). */
export function systemLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return locale.toLowerCase().startsWith("ko") ? "ko" : "en";
}
