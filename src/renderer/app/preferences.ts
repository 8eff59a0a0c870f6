export type ThemeChoice = "system" | "light" | "dark";
export type LanguageChoice = "ko" | "en";

const themeKey = "aos.theme";
const languageKey = "aos.language";

/** This device's own choices, kept in its browser. */
export function createPreferences(storage: Storage, languages: readonly string[]) {
  const read = (key: string) => {
    try {
      return storage.getItem(key);
    } catch {
      // A browser that keeps nothing still gets the defaults.
      return null;
    }
  };
  const write = (key: string, value: string) => {
    try {
      storage.setItem(key, value);
    } catch (error) {
      console.warn("this browser keeps no settings", error);
    }
  };
  return {
    theme(): ThemeChoice {
      const kept = read(themeKey);
      return kept === "light" || kept === "dark" ? kept : "system";
    },
    setTheme: (choice: ThemeChoice) => write(themeKey, choice),
    /** Korean first: English only where the person chose it, or the browser asks for a language other than Korean. */
    language(): LanguageChoice {
      const kept = read(languageKey);
      if (kept === "ko" || kept === "en") return kept;
      const [first] = languages;
      return first === undefined || first.toLowerCase().startsWith("ko") ? "ko" : "en";
    },
    setLanguage: (choice: LanguageChoice) => write(languageKey, choice),
  };
}
export type Preferences = ReturnType<typeof createPreferences>;
