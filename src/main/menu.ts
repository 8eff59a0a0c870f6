import type { MenuItemConstructorOptions } from "electron";
import type { ShellWords } from "./words.ts";

/** The application menu. Roles do the work, so that the system's own behaviour and shortcuts hold; `go` opens a screen. */
export function menuTemplate(deps: {
  words: ShellWords;
  platform: string;
  developerTools: boolean;
  go: (route: string) => void;
}): MenuItemConstructorOptions[] {
  const { words, go } = deps;
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const mac = deps.platform === "darwin";
  const settings: MenuItemConstructorOptions = { label: words.settings, accelerator: "CmdOrCtrl+,", click: () => go("/settings") };
  const app: MenuItemConstructorOptions[] = mac
    ? [
        {
          label: words.appName,
          submenu: [
            { role: "about", label: words.about },
            separator,
            settings,
            separator,
            { role: "hide", label: words.hide },
            { role: "hideOthers", label: words.hideOthers },
            { role: "unhide", label: words.showAll },
            separator,
            { role: "quit", label: words.quit },
          ],
        },
      ]
    : [];
  const help: MenuItemConstructorOptions[] = mac ? [] : [{ role: "help", label: words.help, submenu: [{ role: "about", label: words.about }] }];
  return [
    ...app,
    {
      label: words.file,
      submenu: mac
        ? [{ role: "close", label: words.closeWindow }]
        : [settings, separator, { role: "close", label: words.closeWindow }, { role: "quit", label: words.quit }],
    },
    {
      label: words.edit,
      submenu: [
        { role: "undo", label: words.undo },
        { role: "redo", label: words.redo },
        separator,
        { role: "cut", label: words.cut },
        { role: "copy", label: words.copy },
        { role: "paste", label: words.paste },
        { role: "selectAll", label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        { label: words.overview, accelerator: "CmdOrCtrl+1", click: () => go("/") },
        { label: words.power, accelerator: "CmdOrCtrl+2", click: () => go("/power") },
        { label: words.connect, accelerator: "CmdOrCtrl+3", click: () => go("/connect") },
        separator,
        { role: "resetZoom", label: words.actualSize },
        { role: "zoomIn", label: words.zoomIn },
        { role: "zoomOut", label: words.zoomOut },
        { role: "togglefullscreen", label: words.fullScreen },
        ...(deps.developerTools
          ? [separator, { role: "reload", label: words.reload } as const, { role: "toggleDevTools", label: words.devTools } as const]
          : []),
      ],
    },
    {
      role: "windowMenu",
      label: words.window,
      submenu: [{ role: "minimize", label: words.minimize }, ...(mac ? [{ role: "front", label: words.front } as const] : [])],
    },
    ...help,
  ];
}
