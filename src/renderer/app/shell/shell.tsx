import { useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useConsole } from "../console.tsx";
import { Announcer } from "./announcer.tsx";
import { NarrowMenu } from "./menu.tsx";
import { Palette } from "./palette.tsx";
import { Brand, Rail } from "./rail.tsx";
import { screens } from "./screens.ts";
import { ShortcutsSheet, useShortcuts } from "./shortcuts.tsx";
import { StatusLine, useIsTinted } from "./status-line.tsx";
import { StopControl, StopReason } from "./stop.tsx";

function useDocumentTitle() {
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const rackName = useConsole((state) => state.rack?.settings.name ?? null);
  const here = screens.find((screen) => (screen.to === "/" ? path === "/" : path.startsWith(screen.to)));
  const rack = rackName ?? t("shell.product");
  const title = here ? t("shell.title", { screen: t(`shell.${here.id}`), rack }) : rack;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function FindButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onClick}
      className="inline-flex h-8 flex-none items-center gap-2 rounded-2 pr-2 pl-2.5 text-second whitespace-nowrap text-fg-3 shadow-[inset_0_0_0_1px_var(--line-2)] hover:text-fg max-mid:hidden"
    >
      <Search size={14} strokeWidth={1.6} aria-hidden="true" />
      {t("shell.find")}
      <kbd aria-hidden="true" className="rounded-1 bg-sunken px-1 text-fg-2">
        ⌘K
      </kbd>
    </button>
  );
}

/** The frame that never moves: screens left, the sentence on top, Stop top right. Without a rack there is no rail. */
export function Shell({ children, rail = true }: { children: ReactNode; rail?: boolean }) {
  const { t } = useTranslation();
  const [palette, setPalette] = useState(false);
  const isTinted = useIsTinted();
  const [sheet, setSheet] = useState(false);
  const openSheet = useCallback(() => setSheet(true), []);
  const openPalette = useCallback(() => setPalette(true), []);
  useShortcuts({ openPalette, openSheet });
  useDocumentTitle();
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => focusMain(event)}>
        {t("shell.skip")}
      </a>
      <div className={`grid min-h-screen grid-rows-[auto_minmax(0,1fr)] ${rail ? "mid:grid-cols-[var(--rail-w)_minmax(0,1fr)]" : ""}`}>
        {rail ? <Rail /> : null}
        <header
          className={`sticky top-0 z-40 flex min-h-14 items-center gap-4 border-b ${isTinted ? "border-stop-mark bg-stop-wash" : "border-line bg-page"} pr-4 pl-(--gutter) max-mid:flex-wrap max-mid:gap-x-2 max-mid:gap-y-0 max-mid:pt-1.5 max-mid:pb-2`}
        >
          {rail ? (
            <NarrowMenu />
          ) : (
            <span className="mid:w-46 mid:flex-none max-mid:mr-auto">
              <Brand compact />
            </span>
          )}
          <StatusLine />
          <StopReason className="max-mid:order-3 max-mid:w-full mid:text-right mid:max-full:max-w-36" />
          {rail ? <FindButton onClick={openPalette} /> : null}
          <span className="max-mid:order-1">
            <StopControl />
          </span>
        </header>
        <main id="main" tabIndex={-1} className="min-w-0 outline-none">
          {children}
        </main>
      </div>
      <Announcer />
      <Palette open={palette} onOpenChange={setPalette} openSheet={openSheet} />
      <ShortcutsSheet open={sheet} onClose={() => setSheet(false)} />
    </>
  );
}

function focusMain(event: { preventDefault: () => void }) {
  // The hash belongs to the router, so the skip link moves the focus itself.
  event.preventDefault();
  document.getElementById("main")?.focus();
}
