import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView, ButtonView } from "../../../contract/breaker.ts";
import { useBreakerStale, useConsole, useMay, useNow, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { State } from "../../ui/glyph.tsx";
import { EmptyState, Section, Tag } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Contacts } from "./contacts.tsx";
import { Enrol } from "./enrol.tsx";

export const buttonGlyph: Record<ButtonView["state"], GlyphName> = { none: "off", run: "on", stop: "stopped", unknown: "unknown" };

function Now({ button }: { button: ButtonView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const stale = useBreakerStale();
  const at = useConsole((state) => state.breakerAt) ?? now;
  return (
    <li className="grid-cols-[minmax(0,1fr)_auto]">
      <div className={stale ? "text-fg-3" : ""}>
        <p>
          <State glyph={stale ? "unknown" : buttonGlyph[button.state]}>{words.buttonState[button.state]}</State>{" "}
          {button.simulated ? <Tag>{t("breaker.buttonSimulated")}</Tag> : null}
        </p>
        <p className={`text-second ${stale ? "" : "text-fg-2"}`}>{words.buttonReason[button.reason]}</p>
      </div>
      <span className="text-second text-fg-3">
        {button.ageMs === null ? null : t("breaker.buttonAge", { age: format.ago(button.ageMs + Math.max(0, now - at)) })}
      </span>
    </li>
  );
}

/** The physical button: how it stands, how another one becomes the rack's, and whom its mirror tells to call. */
export function ButtonSection({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const stale = useBreakerStale();
  const mayEnrol = useMay("owner", ["installer"]);
  const mayForget = useMay("owner");
  const [enrolling, setEnrolling] = useState(false);
  const forget = useMutation(query.breaker.button.forget.mutationOptions({ onSuccess: () => say(t("breaker.forgotten")) }));
  const has = view.button.state !== "none";
  return (
    <div className="mt-8 grid grid-cols-2 items-start gap-x-14 gap-y-8 max-mid:grid-cols-1 mid:max-full:gap-x-8">
      <Section
        title={t("breaker.button")}
        more={
          <Link to="/button" className="link">
            {t("breaker.buttonMirror")}
          </Link>
        }
      >
        {has ? (
          <ul className="rows">
            <Now button={view.button} />
          </ul>
        ) : (
          <EmptyState title={t("breaker.buttonNone")}>{t("breaker.buttonNoneWhy")}</EmptyState>
        )}
        {enrolling ? (
          <Enrol onDone={() => setEnrolling(false)} />
        ) : (
          <div className="flex flex-wrap gap-2 pt-3">
            <Button disabledReason={stale ? t("ui.notYet") : mayEnrol ? null : t("ui.needsOwner")} onClick={() => setEnrolling(true)}>
              {t(has ? "breaker.enrolAgain" : "breaker.enrol")}
            </Button>
            {has && mayForget && !stale ? (
              <Button variant="quiet" disabledReason={view.state === "stopped" ? null : t("breaker.forgetWait")} onClick={() => forget.mutate({})}>
                {t("breaker.forget")}
              </Button>
            ) : null}
          </div>
        )}
        <FaultNote error={forget.error} className="mt-4" />
      </Section>
      <Contacts view={view} />
    </div>
  );
}
