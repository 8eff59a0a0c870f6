import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Level } from "../../../contract/breaker.ts";
import { useBreaker, usePorts } from "../../app/console.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Levels } from "./levels.tsx";
import { Limits } from "./limits.tsx";
import { Matrix } from "./matrix.tsx";
import { Preview } from "./preview.tsx";

/** Ways on to what has evidence or several fields of its own. */
function More() {
  const { t } = useTranslation();
  const ways = [
    { to: "/autonomy/egress", title: t("autonomy.egressLink"), note: t("autonomy.egressLinkNote") },
    { to: "/autonomy/secrets", title: t("autonomy.secretsLink"), note: t("autonomy.secretsLinkNote") },
  ] as const;
  return (
    <Section title={t("autonomy.more")}>
      <ul className="rows">
        {ways.map(({ to, title, note }) => (
          <li key={to} className="grid-cols-[minmax(0,1fr)_auto]">
            <div>
              <p>{title}</p>
              <p className="text-second text-fg-2">{note}</p>
            </div>
            <Link to={to} className={buttonClass()} aria-label={t("autonomy.openThing", { what: title })}>
              {t("autonomy.open")}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Seeing what changes before it changes. */
export function AutonomyScreen() {
  const { t } = useTranslation();
  const { query } = usePorts();
  // Another console may change the level: the stop's own view says so at once.
  const told = useBreaker()?.level;
  const autonomy = useQuery(query.breaker.autonomy.get.queryOptions({ refetchInterval: 30_000 }));
  const view = autonomy.data && told !== undefined ? { ...autonomy.data, level: told } : autonomy.data;
  const [picked, setPicked] = useState<Level | null>(null);
  const chosen = picked ?? view?.level ?? 1;
  const choose = (level: Level) => setPicked(level === view?.level ? null : level);
  return (
    <div className="page">
      <h1 className="text-title font-strong">{t("autonomy.title")}</h1>
      <p className="mt-1 mb-6 text-fg-2">{t("autonomy.note")}</p>
      {autonomy.isPending ? <Skeleton rows={8} label={t("ui.loading")} /> : null}
      <FaultNote error={autonomy.error} className="mb-6" />
      {view ? (
        <>
          <Levels view={view} chosen={chosen} onChoose={choose} />
          <div className="lv">
            <Matrix view={view} chosen={chosen} />
            <Preview view={view} chosen={chosen} onChoose={choose} />
          </div>
          <div className="mt-10 grid grid-cols-[minmax(0,1fr)_336px] items-start gap-x-12 gap-y-8 max-full:grid-cols-1">
            <Limits view={view} key={`${view.limits.spendCap} ${view.limits.bulkCap} ${view.limits.tokenCap ?? ""} ${view.limits.declaredPaths.join()}`} />
            <More />
          </div>
        </>
      ) : null}
    </div>
  );
}
