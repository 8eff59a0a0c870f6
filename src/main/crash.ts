import { createBudget } from "./budget.ts";
import type { App, BrowserWindow } from "electron";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

export const crashBudget = { tries: 3, withinMs: 60_000 } as const;

/**
 * Brings the window back when its page dies or hangs. After three times in a minute it stops trying and asks the
 * person, because a page that dies at once would otherwise flash for ever.
 */
export function createCrashGuard(deps: {
  app: Pick<App, "on">;
  /** Opens a fresh window in place of the dead one. */
  replace: () => void;
  /** Asks what to do about a page that keeps dying. */
  askReopen(): Promise<"reopen" | "quit">;
  /** Asks what to do about a page that does not answer. */
  askFrozen(): Promise<"wait" | "reload">;
  quit: () => void;
  clock: Clock;
  log: Log;
}) {
  const budget = createBudget({ now: () => deps.clock.now(), ...crashBudget });

  const whenFrozen = async (window: BrowserWindow) => {
    // Killing the page is the only reload that a hung page can't ignore; the handler below brings it back.
    if ((await deps.askFrozen()) === "reload" && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
  };
  const comeBack = async () => {
    if (budget.spend()) return deps.replace();
    if ((await deps.askReopen()) === "quit") return deps.quit();
    budget.reset();
    deps.replace();
  };

  deps.app.on("child-process-gone", (_event, details) => {
    // Chromium starts its GPU and utility processes again by itself; here they are only written down.
    if (details.reason !== "clean-exit") deps.log("warn", "crash.child-process", { type: details.type, reason: details.reason, exitCode: details.exitCode });
  });

  return {
    /** Watches one window for as long as it lives. */
    watch(window: BrowserWindow): void {
      let asked = false;
      window.webContents.on("render-process-gone", (_event, details) => {
        deps.log("error", "crash.page", { reason: details.reason, exitCode: details.exitCode });
        if (details.reason !== "clean-exit" && !window.isDestroyed()) void comeBack();
      });
      window.on("unresponsive", () => {
        deps.log("warn", "crash.frozen");
        if (asked) return;
        asked = true;
        void whenFrozen(window).finally(() => (asked = false));
      });
      window.on("responsive", () => deps.log("info", "crash.answers-again"));
    },
  };
}
