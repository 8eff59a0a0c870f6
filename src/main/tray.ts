import { join } from "node:path";
import type { Menu, MenuItemConstructorOptions, Tray } from "electron";
import type { AosdState } from "./supervisor.ts";
import type { ShellWords } from "./words.ts";

const sentences = {
  serving: "stateServing",
  starting: "stateStarting",
  waiting: "stateWaiting",
  "given-up": "stateGivenUp",
  stopped: "stateStopped",
} as const satisfies Record<AosdState["kind"], keyof ShellWords>;

/** Black with an alpha channel where macOS paints it itself; grey on any ground elsewhere. */
export const trayIcon = (folder: string, platform: string): string => join(folder, platform === "darwin" ? "trayTemplate.png" : "tray.png");

/** The tray: the local aosd's state in a sentence, and the way back to the window. */
export function createTray(deps: {
  Tray: new (image: string) => Tray;
  Menu: Pick<typeof Menu, "buildFromTemplate">;
  icon: string;
  words: ShellWords;
  open: () => void;
  restart: () => void;
  quit: () => void;
}) {
  const tray = new deps.Tray(deps.icon);
  tray.on("click", deps.open);
  return {
    show(state: AosdState): void {
      const sentence = deps.words[sentences[state.kind]];
      tray.setToolTip(`${deps.words.appName}: ${sentence}`);
      const ours = state.kind !== "serving" || state.own;
      const items: MenuItemConstructorOptions[] = [
        { label: sentence, enabled: false },
        { type: "separator" },
        { label: deps.words.open, click: deps.open },
        { label: deps.words.restartAosd, enabled: ours, click: deps.restart },
        { type: "separator" },
        { label: deps.words.quit, click: deps.quit },
      ];
      tray.setContextMenu(deps.Menu.buildFromTemplate(items));
    },
    stop: () => tray.destroy(),
  };
}
