import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView } from "../../../contract/breaker.ts";
import { Announcer } from "../../app/shell/announcer.tsx";
import { useBreakerSentence } from "../../app/shell/breaker-sentence.ts";
import { useBreaker, useBreakerStale, useConsole, useNow, usePorts, useRole } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Glyph } from "../../ui/glyph.tsx";

/** What the mirror shows: never more than is known. */
type Shown = "run" | "ready" | "stopped" | "asking" | "here" | "unsent" | "lost";
const glyphs: Record<Shown, GlyphName> = {
  run: "on",
  ready: "ready",
  stopped: "stopped",
  asking: "stopped",
  here: "unknown",
  unsent: "failed",
  lost: "unknown",
};

function useShown(): Shown {
  const stale = useBreakerStale();
  const tripping = useConsole((state) => state.tripping.kind);
  const view = useBreaker();
  if (tripping !== "none") return tripping;
  return stale || !view ? "lost" : view.state;
}

function What({ isStopped }: { isStopped: boolean }) {
  const { t } = useTranslation();
  const of = isStopped ? "is" : "does";
  const items: [keyof typeof shapes, GlyphName][] = Object.entries(shapes) as [keyof typeof shapes, GlyphName][];
  return (
    <>
      <h2 id="what-happens">{t(isStopped ? "button.ifStopped" : "button.ifPressed")}</h2>
      <ul className="what" aria-labelledby="what-happens">
        {items.map(([item, glyph]) => (
          <li key={item}>
            <Glyph name={glyph} />
            {t(`button.${of}.${item}`)}
          </li>
        ))}
      </ul>
    </>
  );
}
const shapes = { stop: "stopped", keep: "on", again: "ready" } as const satisfies Record<string, GlyphName>;

function RackButton({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const at = useConsole((state) => state.breakerAt) ?? now;
  const { button } = view;
  if (button.state === "none") return <>{t("button.noButton")}</>;
  if (button.state === "unknown" || button.ageMs === null) return <>{t("button.silent", { reason: words.buttonReason[button.reason] })}</>;
  return <>{t("button.same", { age: format.ago(button.ageMs + Math.max(0, now - at)) })}</>;
}

function Foot({ view }: { view: BreakerView | null }): ReactNode {
  const { t } = useTranslation();
  const isKiosk = useRole() === "kiosk";
  const contacts = view?.contacts ?? [];
  return (
    <footer>
      <p className="flex flex-wrap items-baseline gap-x-4">
        <span>{contacts.length === 0 ? t("button.callNone") : t("button.call")}</span>
        {contacts.map(({ name, phone }) => (
          <a key={`${name} ${phone}`} href={`tel:${phone.replace(/[^\d+]/g, "")}`}>
            <b>
              {name} {phone}
            </b>
          </a>
        ))}
      </p>
      <p>
        {view ? <RackButton view={view} /> : null}
        {isKiosk ? null : (
          <Link to="/" className="link ml-3">
            {t("button.back")}
          </Link>
        )}
      </p>
    </footer>
  );
}

/** The physical button's mirror: half the screen stops the rack, and nothing else is here. */
export function ButtonScreen() {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { trip } = usePorts();
  const told = useBreakerSentence();
  const view = useBreaker();
  const shown = useShown();
  const isStopped = shown === "stopped";
  // Whoever stands here presses Enter or Space without looking for the focus first.
  useEffect(() => {
    if (isStopped) return undefined;
    const press = (event: KeyboardEvent) => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (!isNowhere || event.repeat || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      trip();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [isStopped, trip]);
  useEffect(() => {
    document.title = t("button.label");
  }, [t]);
  const word =
    shown === "lost" || shown === "here" || shown === "unsent" ? t("button.unknown") : shown === "asking" ? t("button.stopping") : words.latchState[shown];
  const sub = shown === "stopped" ? (view ? told(view) : "") : t(`button.sub.${shown}`);
  const color = isStopped ? "text-stop-mark" : shown === "unsent" ? "text-stop-mark" : shown === "lost" || shown === "here" ? "text-fg-3" : "";
  return (
    <>
      <Announcer stopOnly />
      <main className="kiosk" id="main" data-shown={shown}>
        <section className="tell" aria-labelledby="kiosk-state">
          <h1 id="kiosk-state">
            <Glyph name={glyphs[shown]} size={48} className={color} />
            <span role="status">{word}</span>
          </h1>
          <p className="sub">{sub}</p>
          <What isStopped={isStopped} />
        </section>
        {isStopped ? (
          <div className="press is-down" data-stop="stopped">
            <Glyph name="stopped" size={136} className="text-stop-mark" />
            {t("button.pressed")}
          </div>
        ) : (
          <button type="button" className="press" data-stop={shown} aria-keyshortcuts="Enter Space Shift+Escape" onClick={trip}>
            <svg width="136" height="136" viewBox="0 0 12 12" aria-hidden="true">
              <rect x="0.5" y="0.5" width="11" height="11" rx="1" fill="currentColor" />
            </svg>
            {t(shown === "asking" ? "button.stopping" : shown === "unsent" || shown === "here" ? "button.pressAgain" : "button.press")}
          </button>
        )}
        <Foot view={view} />
      </main>
    </>
  );
}
