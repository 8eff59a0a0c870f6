import type { BrowserWindow, Dialog, MessageBoxOptions } from "electron";
import type { ShellWords } from "./words.ts";

/** Questions that main itself has to ask, because the page can't. The first button is the safe or usual one. */
export function createNotices(deps: { dialog: Pick<Dialog, "showMessageBox">; window: () => BrowserWindow | null; words: ShellWords }) {
  const { words } = deps;
  async function ask<T extends string>(
    options: Pick<MessageBoxOptions, "type" | "message" | "detail">,
    answers: readonly (readonly [T, string])[],
    cancel: T,
  ): Promise<T> {
    const box: MessageBoxOptions = {
      ...options,
      title: words.appName,
      buttons: answers.map(([, label]) => label),
      defaultId: 0,
      cancelId: answers.findIndex(([answer]) => answer === cancel),
      noLink: true,
    };
    const parent = deps.window();
    const { response } = parent === null ? await deps.dialog.showMessageBox(box) : await deps.dialog.showMessageBox(parent, box);
    return answers[response]?.[0] ?? cancel;
  }
  return {
    askReopen: () =>
      ask(
        { type: "error", message: words.pageGoneTitle, detail: words.pageGoneDetail },
        [["reopen", words.reopen] as const, ["quit", words.quit] as const],
        "quit",
      ),
    askFrozen: () =>
      ask(
        { type: "warning", message: words.frozenTitle, detail: words.frozenDetail },
        [["wait", words.keepWaiting] as const, ["reload", words.reload] as const],
        "wait",
      ),
    askRestart: () =>
      ask(
        { type: "error", message: words.aosdGoneTitle, detail: words.aosdGoneDetail },
        [["restart", words.restartAosd] as const, ["later", words.later] as const],
        "later",
      ),
    askUpdate: async (question: "download" | "install", version: string): Promise<boolean> => {
      const [message, detail, yes] =
        question === "download"
          ? ([words.updateTitle, words.updateDetail, words.download] as const)
          : ([words.installTitle, words.installDetail, words.install] as const);
      return (await ask({ type: "info", message: `${message} (${version})`, detail }, [["yes", yes] as const, ["no", words.later] as const], "no")) === "yes";
    },
    tellSettings: async (problem: string): Promise<void> => {
      await ask({ type: "warning", message: words.settingsTitle, detail: problem }, [["ok", words.open] as const], "ok");
    },
  };
}
