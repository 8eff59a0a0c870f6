import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { NodeView } from "../../../contract/rack.ts";
import { useConsole, useNow, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Glyph, toneOf } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { rolesText } from "../../ui/states.ts";
import { NodeActions } from "./actions.tsx";
import { Gauges } from "./gauges.tsx";
import { verdictOf } from "./verdict.ts";

const Trend = lazy(() => import("./trend.tsx").then((module) => ({ default: module.Trend })));
const marks = { plain: "", quiet: "text-fg-3", attention: "text-attention-mark", stop: "text-stop-mark" };

function Identity({ view }: { view: NodeView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const unit =
    view.unit &&
    (view.unit.height === 1
      ? t("rack.units", { from: view.unit.from })
      : t("rack.unitRange", { from: view.unit.from, to: view.unit.from + view.unit.height - 1 }));
  return (
    <p className="mt-1 flex flex-wrap items-baseline gap-x-6 gap-y-0.5 text-second text-fg-2">
      <span>{view.model === "unknown" ? words.unknown : view.model}</span>
      <span>{unit ?? t("rack.unplaced")}</span>
      {view.address === null ? null : <Copyable text={view.address} name={t("node.address")} />}
      <span>
        {t("node.fingerprint")} <Copyable text={view.fingerprint} shown={view.fingerprint.slice(0, 8)} name={t("node.fingerprint")} />
      </span>
    </p>
  );
}

function VerdictLine({ view, receivedAt }: { view: NodeView; receivedAt: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stale = useStale();
  const now = useNow();
  const verdict = verdictOf(view, stale);
  const text = verdict.code === "outside" ? t(`node.verdict.outside.${verdict.of}`) : t(`node.verdict.${verdict.code}`);
  const age = format.ago(view.beatAgeMs === null ? null : view.beatAgeMs + Math.max(0, now - receivedAt));
  return (
    <>
      <p className="flex items-baseline gap-2 text-lead">
        <Glyph name={verdict.glyph} className={`self-center ${marks[toneOf(verdict.glyph)]}`} />
        {text}
      </p>
      <p className="text-fg-2">{t(`node.because.${verdict.code}`, { age, cpu: format.percent(view.sample?.cpuPercent ?? "unknown") })}</p>
    </>
  );
}

function More({ view }: { view: NodeView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const stale = useStale();
  const rows: [string, string][] = [
    [
      t("node.network"),
      view.sample
        ? t("node.networkValue", { rx: format.rate(view.sample.networkRxBytesPerS), tx: format.rate(view.sample.networkTxBytesPerS) })
        : words.unknown,
    ],
    [t("node.daemon"), t("node.daemonValue", { version: view.version, rss: format.memory(view.sample?.rssBytes ?? "unknown") })],
    [t("node.system"), view.os],
    [t("node.serial"), view.serial],
    [t("node.up"), view.upMs === null ? words.unknown : format.duration(view.upMs)],
  ];
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-10 gap-y-2 max-mid:grid-cols-1">
      {rows.map(([name, value]) => (
        <div key={name} className="flex flex-wrap justify-between gap-x-4 text-second">
          <dt className="text-fg-2">{name}</dt>
          <dd className={stale ? "text-fg-3" : ""}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One node: who it is, how it is, how it was. */
export function NodeDetail({ view, receivedAt }: { view: NodeView; receivedAt: number }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const isMain = useConsole((state) => state.rack?.mainId === view.id);
  return (
    <>
      <div className="mb-4 flex items-end gap-6 max-full:block">
        <div className="min-w-0 flex-1">
          <h1 className="text-title font-strong">
            {view.name} <span className="font-regular text-fg-2">{rolesText(view.roles, words)}</span>
          </h1>
          <Identity view={view} />
        </div>
        <div className="flex flex-none flex-wrap gap-2 max-full:mt-3">
          <NodeActions view={view} isMain={isMain} />
        </div>
      </div>
      <VerdictLine view={view} receivedAt={receivedAt} />
      <Gauges view={view} receivedAt={receivedAt} />
      <More view={view} />
      <Suspense
        fallback={
          <Section title={t("node.trend")} className="mt-8">
            <Skeleton rows={4} label={t("ui.loading")} />
          </Section>
        }
      >
        <Trend id={view.id} />
      </Suspense>
    </>
  );
}
