import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { screens } from "./screens.ts";

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

/** Keys that work on every screen: ⌘K or Ctrl-K, `?`, and Alt-1 to Alt-9 for the screens. ⇧Esc belongs to Stop. */
export function useShortcuts({ openPalette, openSheet }: { openPalette: () => void; openSheet: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      const screen = event.altKey && !event.metaKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code) ? screens[Number(event.code.slice(5)) - 1] : undefined;
      if (screen) {
        event.preventDefault();
        void navigate({ to: screen.to });
        return;
      }
      if (event.key === "?" && !isTyping(event.target)) {
        event.preventDefault();
        openSheet();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, openPalette, openSheet]);
}

/** The `?` sheet. */
export function ShortcutsSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string, string][] = [
    ["⌘K · Ctrl-K", t("shell.shortcuts.palette")],
    ["?", t("shell.shortcuts.sheet")],
    ["⇧Esc", t("shell.shortcuts.stop")],
    ["Alt-1 … Alt-9", t("shell.shortcuts.go")],
    ["Esc", t("shell.shortcuts.close")],
  ];
  return (
    <Dialog open={open} onClose={onClose} title={t("shell.shortcuts.title")} actions={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("shell.shortcuts.key")}</th>
            <th scope="col">{t("shell.shortcuts.act")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, act]) => (
            <tr key={key}>
              <td className="whitespace-nowrap">
                <kbd className="rounded-1 bg-sunken px-1.5 py-0.5">{key}</kbd>
              </td>
              <td>{act}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
