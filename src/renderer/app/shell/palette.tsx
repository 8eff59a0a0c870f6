import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useConsoleShallow, usePorts } from "../console.tsx";
import { useLanguage } from "../language.tsx";
import { rolesText } from "../../ui/states.ts";
import { matching, type Entry } from "./palette-search.ts";
import { screens } from "./screens.ts";

interface Doable extends Entry {
  run: () => void;
}

function useEntries(openSheet: () => void): Doable[] {
  const { t } = useTranslation();
  const { words, language, choose } = useLanguage();
  const { theme, trip } = usePorts();
  const navigate = useNavigate();
  const nodes = useConsoleShallow((state) =>
    state.order.map((id) => `${id}\n${state.nodes[id]?.view.name ?? ""}\n${state.nodes[id]?.view.roles.join() ?? ""}`),
  );
  return [
    ...screens.map((screen): Doable => ({
      id: screen.id,
      group: "screens",
      text: t(`shell.${screen.id}`),
      also: screen.id,
      run: () => void navigate({ to: screen.to }),
    })),
    ...nodes.map((packed): Doable => {
      const [id = "", name = "", roles = ""] = packed.split("\n");
      return {
        id,
        group: "nodes",
        text: name,
        also: `${rolesText(roles.split(","), words)} ${id}`,
        run: () => void navigate({ to: "/nodes/$nodeId", params: { nodeId: id } }),
      };
    }),
    { id: "stop", group: "acts", text: t("shell.stopNow"), also: "stop 정지 멈춤 ⇧Esc", run: trip },
    { id: "button", group: "acts", text: t("shell.openButton"), also: "button kiosk 버튼", run: () => void navigate({ to: "/button" }) },
    {
      id: "theme",
      group: "acts",
      text: theme.shown() === "dark" ? t("shell.toLight") : t("shell.toDark"),
      also: "theme dark light",
      run: () => theme.set(theme.shown() === "dark" ? "light" : "dark"),
    },
    {
      id: "language",
      group: "acts",
      text: language === "ko" ? "English" : "한국어",
      also: "language 언어",
      run: () => void choose(language === "ko" ? "en" : "ko"),
    },
    { id: "sheet", group: "acts", text: t("shell.shortcuts.open"), also: "? keys", run: openSheet },
  ];
}

function PaletteBody({ close, openSheet }: { close: () => void; openSheet: () => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = matching(useEntries(openSheet), query);
  const chosen = found[Math.min(at, found.length - 1)];
  const go = (entry: Doable | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      go(chosen);
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || found.length === 0) return;
    event.preventDefault();
    setAt((before) => (Math.min(before, found.length - 1) + step + found.length) % found.length);
  };
  return (
    <>
      <Dialog.Title className="sr-only">{t("shell.palette.title")}</Dialog.Title>
      <input
        className="w-full border-b border-line-2 bg-transparent px-5 py-3.5 outline-none"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen ? `${list}-${chosen.id}` : undefined}
        aria-label={t("shell.palette.label")}
        placeholder={t("shell.palette.placeholder")}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={move}
      />
      <div id={list} role="listbox" aria-label={t("shell.palette.title")} className="max-h-80 overflow-auto p-2">
        {found.map((entry, index) => (
          <div
            key={`${entry.group}-${entry.id}`}
            id={`${list}-${entry.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={entry === chosen}
            className="flex min-h-10 cursor-pointer items-center justify-between gap-4 rounded-2 px-3 text-small aria-selected:bg-accent-wash"
            ref={entry === chosen ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            onPointerMove={() => setAt(index)}
            onClick={() => go(entry)}
            onKeyDown={move}
          >
            <span>{entry.text}</span>
            <span className="text-mark text-fg-3">{t(`shell.palette.${entry.group}`)}</span>
          </div>
        ))}
      </div>
      <p role="status" className="border-t border-line px-5 py-2 text-mark text-fg-3">
        {found.length === 0 ? t("shell.palette.none") : t("shell.palette.hint")}
      </p>
    </>
  );
}

/** ⌘K / Ctrl-K: screens, nodes and things to do by name. */
export function Palette({ open, onOpenChange, openSheet }: { open: boolean; onOpenChange: (open: boolean) => void; openSheet: () => void }) {
  return (
    <Dialog.Root modal="trap-focus" open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade fixed inset-0 z-30 bg-[oklch(0_0_0/0.28)]" />
        <Dialog.Popup className="fade fixed top-24 left-1/2 z-30 w-[calc(100vw-32px)] max-w-lg -translate-x-1/2 overflow-hidden rounded-3 bg-raised shadow-2">
          <PaletteBody close={() => onOpenChange(false)} openSheet={openSheet} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
