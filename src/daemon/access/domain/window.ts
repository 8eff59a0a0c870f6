/** The pairing window: 15 minutes, 5 tries, one code, used once. Pure: times are monotonic milliseconds that the caller passes in. */
export const WINDOW_MS = 15 * 60_000;
export const WINDOW_TRIES = 5;

export type ClosedReason = "never-opened" | "expired" | "too-many-tries" | "used" | "closed";
export type Window = { state: "closed"; reason: ClosedReason } | { state: "open"; id: string; code: string; openedAt: number; triesLeft: number };

export const neverOpened: Window = { state: "closed", reason: "never-opened" };

export const openWindow = (id: string, code: string, mono: number): Window => ({ state: "open", id, code, openedAt: mono, triesLeft: WINDOW_TRIES });

/** The window as it stands at `mono`: open ones expire. A clock that went back closes it too. */
export function windowAt(window: Window, mono: number): Window {
  if (window.state === "closed") return window;
  const age = mono - window.openedAt;
  return age >= 0 && age < WINDOW_MS ? window : { state: "closed", reason: "expired" };
}

/** A try is taken before anything is checked, so that parallel guesses can't share one. */
export function takeTry(window: Window, mono: number): { window: Window; taken: boolean } {
  const now = windowAt(window, mono);
  if (now.state === "closed") return { window: now, taken: false };
  if (now.triesLeft <= 0) return { window: { state: "closed", reason: "too-many-tries" }, taken: false };
  return { window: { ...now, triesLeft: now.triesLeft - 1 }, taken: true };
}

/** After a wrong proof: closed when that was the last try. */
export function afterWrong(window: Window): Window {
  return window.state === "open" && window.triesLeft <= 0 ? { state: "closed", reason: "too-many-tries" } : window;
}

export const leftMs = (window: Window, mono: number): number => (window.state === "open" ? Math.max(0, window.openedAt + WINDOW_MS - mono) : 0);
