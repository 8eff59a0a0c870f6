import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityEntry } from "../../../contract/breaker.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Facets } from "../../ui/radio.tsx";
import { periods, tabs, type Choice } from "./filter.ts";

export type Counts = Readonly<Record<(typeof tabs)[number], number>>;
const kinds = ["act", "inbound", "decision", "latch", "setting", "secret", "grant", "log"] as const satisfies readonly ActivityEntry["kind"][];

function Select({ label, value, onChange, children }: { label: string; value: string; onChange: (value: string) => void; children: ReactNode }) {
  const id = useId();
  return (
    <span className="min-w-0">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select id={id} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </span>
  );
}

/** Search, when, who, which kind; then the verdicts as a line of words with their counts. */
export function Filters({
  choice,
  onChange,
  actors,
  counts,
}: {
  choice: Choice;
  onChange: (part: Partial<Choice>) => void;
  actors: readonly string[];
  counts: Counts | undefined;
}) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const id = useId();
  return (
    <>
      <search className="mb-2 flex flex-wrap gap-2">
        <span className="min-w-40 flex-1 max-mid:basis-full">
          <label htmlFor={id} className="sr-only">
            {t("activity.search")}
          </label>
          <input
            id={id}
            type="search"
            className="field"
            placeholder={t("activity.searchHint")}
            value={choice.text}
            maxLength={200}
            onChange={(event) => onChange({ text: event.target.value })}
          />
        </span>
        <Select
          label={t("activity.period.label")}
          value={choice.period}
          onChange={(value) => onChange({ period: periods.find((one) => one === value) ?? "today" })}
        >
          {periods.map((period) => (
            <option key={period} value={period}>
              {t(`activity.period.${period}`)}
            </option>
          ))}
        </Select>
        <Select label={t("activity.actor.label")} value={choice.actor} onChange={(actor) => onChange({ actor })}>
          <option value="">{t("activity.actor.all")}</option>
          {[...new Set([...actors, ...(choice.actor === "" ? [] : [choice.actor])])].map((actor) => (
            <option key={actor} value={actor}>
              {actor}
            </option>
          ))}
        </Select>
        <Select label={t("activity.kind.label")} value={choice.kind} onChange={(value) => onChange({ kind: kinds.find((one) => one === value) ?? "" })}>
          <option value="">{t("activity.kind.all")}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.entryKind[kind]}
            </option>
          ))}
        </Select>
      </search>
      <Facets
        legend={t("activity.tabs.label")}
        value={choice.tab}
        onChange={(tab) => onChange({ tab })}
        options={tabs.map((tab) => ({ value: tab, label: t(`activity.tabs.${tab}`), ...(counts ? { count: format.count(counts[tab]) } : {}) }))}
      />
    </>
  );
}
