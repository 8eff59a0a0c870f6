import type { Preferences, ThemeChoice } from "./preferences.ts";

/** Paints the page light or dark: as chosen, or as the system asks, also when it changes its mind. */
export function createTheme(root: HTMLElement, system: MediaQueryList, preferences: Preferences) {
  let choice = preferences.theme();
  const readers = new Set<() => void>();
  const shown = (): "light" | "dark" => (choice === "system" ? (system.matches ? "dark" : "light") : choice);
  const paint = () => {
    root.dataset["theme"] = shown();
    readers.forEach((read) => read());
  };
  paint();
  system.addEventListener("change", paint);
  return {
    choice: () => choice,
    shown,
    set: (next: ThemeChoice): void => {
      choice = next;
      preferences.setTheme(next);
      paint();
    },
    subscribe: (read: () => void): (() => void) => {
      readers.add(read);
      return () => readers.delete(read);
    },
  };
}
export type Theme = ReturnType<typeof createTheme>;
