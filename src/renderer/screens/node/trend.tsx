import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { History, Metric } from "../../../contract/rack.ts";
import { useConsole, usePorts } from "../../app/console.tsx";
import type { Reading } from "../../../contract/values.ts";
import { known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat, type Format } from "../../app/use-format.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Plot } from "../../ui/plot.tsx";
import { Facets } from "../../ui/radio.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Table } from "../../ui/table.tsx";
import { bands } from "./bands.ts";
import { buckets, extent, recorded, thinned } from "./series.ts";

type Minutes = "10" | "60" | "1440" | "43200";
const shown = ["beatGapMs", "cpuPercent", "temperatureC", "memoryUsedBytes"] as const satisfies readonly Metric[];
type Shown = (typeof shown)[number];
const bandOf: Record<Shown, readonly [number, number] | null> = { beatGapMs: [0, 1000], cpuPercent: [0, 85], temperatureC: [20, 80], memoryUsedBytes: null };
const floors: Record<Shown, number> = { beatGapMs: 0, cpuPercent: 0, temperatureC: 20, memoryUsedBytes: 0 };
const ceilings: Record<Shown, number> = { beatGapMs: 2000, cpuPercent: 100, temperatureC: 100, memoryUsedBytes: 0 };
const mostPoints = 1200;
const asked = (id: string, minutes: Minutes) => ({
  input: { nodeId: id, minutes: Number(minutes), metrics: [...shown] },
  refetchInterval: minutes === "10" ? 10_000 : 60_000,
});

function valueText(metric: Shown, format: Format): (value: number) => string {
  switch (metric) {
    case "beatGapMs":
      return (value) => format.seconds(value);
    case "cpuPercent":
      return (value) => format.percent(value);
    case "temperatureC":
      return (value) => format.temperature(value);
    case "memoryUsedBytes":
      return (value) => format.memory(value);
  }
}

function Chart({
  history,
  metric,
  label,
  range,
  total,
  formatTime,
}: {
  history: History;
  metric: Shown;
  label: string;
  range: string;
  /** All the memory there is, for the height of its chart. */
  total: Reading;
  formatTime: (at: number) => string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { theme } = usePorts();
  const painted = useSyncExternalStore(theme.subscribe, theme.shown);
  const values = history.points[metric];
  const thin = useMemo(() => (values ? thinned(history.at, values, mostPoints) : null), [history.at, values]);
  const span = useMemo(() => (values ? extent(values) : null), [values]);
  const text = useMemo(() => valueText(metric, format), [metric, format]);
  const ceiling = metric === "memoryUsedBytes" && known(total) ? total : ceilings[metric];
  const max = Math.max(ceiling, span ? span.high * 1.05 : 0);
  const band = useMemo(() => bandOf[metric] ?? ([0, (max * bands.memoryPercent.band[1]) / 100] as const), [metric, max]);
  if (!thin || !span) return null;
  const said = t("node.trendOf", { metric: label, range, low: text(span.low), high: text(span.high) });
  return (
    <div className="pt-3">
      <p className="flex justify-between gap-4 text-second text-fg-2">
        <span>{label}</span>
        <span>
          {text(span.low)} – {text(span.high)}
        </span>
      </p>
      <Plot
        key={painted}
        at={thin.at}
        values={thin.values}
        band={band}
        min={floors[metric]}
        max={max}
        syncKey="node-trend"
        label={said}
        format={text}
        formatTime={formatTime}
      />
    </div>
  );
}

function TrendTable({
  history,
  metrics,
  labels,
  formatTime,
}: {
  history: History;
  metrics: readonly Shown[];
  labels: (metric: Shown) => string;
  formatTime: (at: number) => string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = metrics.map((metric) => ({ metric, rows: buckets(history.at, history.points[metric] ?? [], 24), text: valueText(metric, format) }));
  const times = columns[0]?.rows ?? [];
  return (
    <Table
      label={t("node.trend")}
      head={
        <>
          <th scope="col">{t("node.time")}</th>
          {columns.map(({ metric }) => (
            <th key={metric} scope="col" className="num">
              {t("node.average", { metric: labels(metric) })}
            </th>
          ))}
        </>
      }
    >
      {times.map((row, index) => (
        <tr key={row.at}>
          <th scope="row" className="whitespace-nowrap">
            {formatTime(row.at)}
          </th>
          {columns.map(({ metric, rows, text }) => {
            const mean = rows[index]?.mean ?? null;
            return (
              <td key={metric} className={`num ${mean === null ? "text-fg-3" : ""}`}>
                {mean === null ? t("node.hole") : text(mean)}
              </td>
            );
          })}
        </tr>
      ))}
    </Table>
  );
}

/** How a node was: small charts on one time axis, holes as holes, and the same as a table. */
export function Trend({ id }: { id: string }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { query } = usePorts();
  const [chosen, setMinutes] = useState<Minutes | null>(null);
  const [asTable, setAsTable] = useState(false);
  const total = useConsole((state) => state.nodes[id]?.view.sample?.memoryTotalBytes ?? "unknown");
  // Until somebody chooses, the shortest range that holds all that was recorded: a day that is empty but for one minute shows nothing.
  const day = useQuery(query.rack.node.history.queryOptions(asked(id, "1440")));
  const recordedMs = useMemo(() => (day.data ? recorded(day.data) : null), [day.data]);
  const minutes: Minutes = chosen ?? (recordedMs === null || recordedMs > 60 * 60_000 ? "1440" : recordedMs > 9 * 60_000 ? "60" : "10");
  const history = useQuery(
    query.rack.node.history.queryOptions({ ...asked(id, minutes), enabled: chosen !== null || recordedMs !== null, placeholderData: (before) => before }),
  );
  const formatTime = minutes === "43200" ? format.day : format.clock;
  const range = t(`node.range${minutes}`);
  const labels = (metric: Shown) => words.metric[metric];
  const { data } = history;
  const readable = data ? shown.filter((metric) => (data.points[metric] ?? []).some((value) => value !== null)) : [];
  return (
    <Section
      title={t("node.trend")}
      className="mt-8"
      more={
        readable.length > 0 ? (
          <button type="button" className="link min-h-6" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? t("ui.chartView") : t("ui.tableView")}
          </button>
        ) : undefined
      }
    >
      <Facets
        legend={t("node.range")}
        value={minutes}
        onChange={setMinutes}
        options={[
          { value: "10", label: t("node.range10") },
          { value: "60", label: t("node.range60") },
          { value: "1440", label: t("node.range1440") },
          { value: "43200", label: t("node.range43200") },
        ]}
      />
      {history.isError || day.isError ? <FaultNote error={history.error ?? day.error} className="mt-4" /> : null}
      {history.isPending && !day.isError ? <Skeleton rows={4} label={t("ui.loading")} /> : null}
      {data && readable.length === 0 ? <EmptyState title={t("node.noTrend")}>{t("node.noTrendWhy")}</EmptyState> : null}
      {data && readable.length > 0 ? (
        <>
          {asTable ? (
            <TrendTable history={data} metrics={readable} labels={labels} formatTime={minutes === "43200" ? format.stamp : format.clock} />
          ) : (
            readable.map((metric) => (
              <Chart key={metric} history={data} metric={metric} label={labels(metric)} range={range} total={total} formatTime={formatTime} />
            ))
          )}
          {data.missing > 0 ? (
            <p className="mt-3 text-second text-fg-2">{t("node.trendHoles", { duration: format.duration(data.missing * data.stepMs) })}</p>
          ) : null}
        </>
      ) : null}
    </Section>
  );
}
