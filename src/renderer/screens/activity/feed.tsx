import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityEntry } from "../../../contract/breaker.ts";
import { useConsole, useMay, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { useActTitle, Verdict } from "../../ui/acts.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { SettleDialog } from "../../ui/settle-dialog.tsx";

export const outcomeGlyph: Record<NonNullable<ActivityEntry["outcome"]>, GlyphName> = {
  done: "done",
  failed: "failed",
  stopped: "stopped",
  discarded: "off",
  unknown: "unknown",
  waiting: "ready",
  "not-done": "off",
  expired: "off",
  denied: "off",
};
const quiet: ReadonlySet<ActivityEntry["outcome"]> = new Set(["not-done", "expired", "denied", "discarded"]);
const red: ReadonlySet<ActivityEntry["outcome"]> = new Set(["failed", "stopped"]);

export function Outcome({ outcome }: { outcome: NonNullable<ActivityEntry["outcome"]> }) {
  const { words } = useLanguage();
  const color = red.has(outcome) ? "text-stop" : quiet.has(outcome) ? "text-fg-3" : "";
  return (
    <span className={`inline-flex items-center gap-1.5 ${color}`}>
      <Glyph name={outcomeGlyph[outcome]} />
      <span>{words.outcome[outcome]}</span>
    </span>
  );
}

function Row({ entry, isHere }: { entry: ActivityEntry; isHere: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useActTitle();
  const stale = useStale();
  const may = useMay("operator");
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const [asking, setAsking] = useState(false);
  const what = titleOf(entry);
  const isToday = format.when(entry.at, at) === format.when(entry.at, entry.at);
  return (
    <tr>
      <td className="when">
        {isToday ? null : <span className="day">{format.day(entry.at)} </span>}
        {format.time(entry.at)}
      </td>
      <td className="who">{entry.actor}</td>
      <th scope="row">
        <Link to="/activity/$seq" params={{ seq: String(entry.seq) }} search={true} aria-current={isHere ? "true" : undefined}>
          {what}
        </Link>
        {entry.outcome === "unknown" ? (
          <small>
            {t("activity.unknownNote")}
            {entry.act !== null && may && !stale ? (
              <>
                {" · "}
                <button
                  type="button"
                  className="link min-h-6 underline underline-offset-3"
                  aria-label={t("activity.lookAt", { what })}
                  onClick={() => setAsking(true)}
                >
                  {t("activity.look")}
                </button>
              </>
            ) : null}
          </small>
        ) : null}
        {asking && entry.act !== null ? <SettleDialog act={entry.act} what={what} onClose={() => setAsking(false)} /> : null}
      </th>
      <td className="v">
        {entry.decision === null ? (
          <span className="text-fg-3">{t("activity.byPerson")}</span>
        ) : (
          <Verdict decision={entry.decision} word={t(`activity.verdict.${entry.decision}`)} />
        )}
      </td>
      <td className="v">{entry.outcome === null ? null : <Outcome outcome={entry.outcome} />}</td>
    </tr>
  );
}

/** What was done, newest first. */
export function Feed({ entries, here }: { entries: readonly ActivityEntry[]; here: number | null }) {
  const { t } = useTranslation();
  const stale = useStale();
  return (
    <table className={`table feed ${stale ? "text-fg-3" : ""}`}>
      <caption className="sr-only">{t("activity.feed")}</caption>
      <thead>
        <tr>
          {(["when", "who", "what", "verdict", "outcome"] as const).map((key) => (
            <th key={key} scope="col" className={`col-${key}`}>
              {t(`activity.head.${key}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Row key={entry.seq} entry={entry} isHere={entry.seq === here} />
        ))}
      </tbody>
    </table>
  );
}
