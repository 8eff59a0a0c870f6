import { createInstance, type i18n } from "i18next";
import { createContext, use, useMemo, useState, type ReactNode } from "react";
import { I18nextProvider, initReactI18next } from "react-i18next";
import type { ko as koWords } from "../../words/ko.ts";
import type { Shape } from "../../words/shape.ts";
import type { ko as koText } from "../locales/ko/index.ts";
import type { LanguageChoice, Preferences } from "./preferences.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "screen";
    resources: { screen: typeof koText };
  }
}

/** Words shared with the CLI: faults, states, roles, causes. */
export type Words = Shape<typeof koWords>;
/** Text of the screens. */
export type Text = Shape<typeof koText>;

interface Loaded {
  words: Words;
  text: Text;
}

/** Each language is a file of its own, fetched when it is asked for. */
const loaders: Record<LanguageChoice, () => Promise<Loaded>> = {
  ko: async () => {
    const [{ ko: words }, { ko: text }] = await Promise.all([import("../../words/ko.ts"), import("../locales/ko/index.ts")]);
    return { words, text };
  },
  en: async () => {
    const [{ en: words }, { en: text }] = await Promise.all([import("../../words/en.ts"), import("../locales/en/index.ts")]);
    return { words, text };
  },
};

export interface LanguageState {
  language: LanguageChoice;
  words: Words;
  choose: (language: LanguageChoice) => Promise<void>;
}
const LanguageContext = createContext<LanguageState | null>(null);

export interface Started {
  i18n: i18n;
  language: LanguageChoice;
  words: Words;
}

/** Loads the language of this device before the first paint. */
export async function startLanguage(preferences: Preferences, root: HTMLElement): Promise<Started> {
  const language = preferences.language();
  const { words, text } = await loaders[language]();
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    ns: ["screen"],
    defaultNS: "screen",
    resources: { [language]: { screen: text } },
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  root.lang = language;
  return { i18n: instance, language, words };
}

/** Gives the screens their language, and lets them change it. */
export function LanguageProvider({
  started,
  preferences,
  root,
  children,
}: {
  started: Started;
  preferences: Preferences;
  root: HTMLElement;
  children: ReactNode;
}) {
  const [current, setCurrent] = useState({ language: started.language, words: started.words });
  const value = useMemo<LanguageState>(
    () => ({
      ...current,
      choose: async (language) => {
        const { words, text } = await loaders[language]();
        started.i18n.addResourceBundle(language, "screen", text);
        await started.i18n.changeLanguage(language);
        preferences.setLanguage(language);
        root.setAttribute("lang", language);
        setCurrent({ language, words });
      },
    }),
    [current, started, preferences, root],
  );
  return (
    <I18nextProvider i18n={started.i18n}>
      <LanguageContext value={value}>{children}</LanguageContext>
    </I18nextProvider>
  );
}

/** The language in use and the words shared with the CLI. */
export function useLanguage(): LanguageState {
  const state = use(LanguageContext);
  if (!state) throw new Error("useLanguage outside LanguageProvider");
  return state;
}
