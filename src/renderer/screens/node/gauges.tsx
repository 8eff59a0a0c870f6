import { useTranslation } from "react-i18next";
import type { Metric, NodeView } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";
import { useNow, useStale } from "../../app/console.tsx";
import { known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { bands, percentOf } from "./bands.ts";

/** Six needles with their usual range. */
export function Gauges({ view, receivedAt }: { view: NodeView; receivedAt: number }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const stale = useStale();
  const { sample } = view;
  const since = Math.max(0, now - receivedAt);
  if (!sample) {
    return (
      <Section title={t("node.values")} className="mt-6">
        <EmptyState title={t("node.noValues")} />
      </Section>
    );
  }
  const aged = stale || view.state === "offline";
  const ends = (value: Reading, metric: Metric, low: string, high: string): [string, string] => {
    const reason = view.unknowns[metric];
    return known(value) ? [low, high] : [reason === undefined ? words.unknown : words.unknownReason[reason], ""];
  };
  const beat: Reading = view.beatAgeMs === null ? "unknown" : view.beatAgeMs + since;
  const whole = (used: Reading, total: Reading) => (known(used) && known(total) ? percentOf(used, total) : "unknown");
  return (
    <Section
      title={t("node.values")}
      more={t("node.valuesNote", { age: format.ago(view.sampleAgeMs === null ? null : view.sampleAgeMs + since) })}
      className="mt-6"
    >
      <div className="grid grid-cols-3 gap-x-10 max-full:grid-cols-2 max-full:gap-x-6 max-mid:grid-cols-1">
        <Meter
          {...bands.beatMs}
          label={t("node.beat")}
          value={beat}
          text={format.ago(known(beat) ? beat : null)}
          ends={["0", format.duration(bands.beatMs.max)]}
          aged={stale}
        />
        <Meter
          {...bands.cpuPercent}
          label={t("node.cpu")}
          value={sample.cpuPercent}
          text={format.percent(sample.cpuPercent)}
          ends={ends(sample.cpuPercent, "cpuPercent", "0", "100%")}
          aged={aged}
        />
        <Meter
          {...bands.memoryPercent}
          label={t("node.memory")}
          value={whole(sample.memoryUsedBytes, sample.memoryTotalBytes)}
          text={format.share(sample.memoryUsedBytes, sample.memoryTotalBytes, 1024)}
          ends={ends(sample.memoryUsedBytes, "memoryUsedBytes", "0", format.memory(sample.memoryTotalBytes))}
          aged={aged}
        />
        <Meter
          {...bands.temperatureC}
          label={t("node.temperature")}
          value={sample.temperatureC}
          text={format.temperature(sample.temperatureC)}
          ends={ends(sample.temperatureC, "temperatureC", "20", "100℃")}
          aged={aged}
        />
        <Meter
          {...bands.diskPercent}
          label={t("node.disk")}
          value={whole(sample.diskUsedBytes, sample.diskTotalBytes)}
          text={format.share(sample.diskUsedBytes, sample.diskTotalBytes, 1000)}
          ends={ends(sample.diskUsedBytes, "diskUsedBytes", "0", format.disk(sample.diskTotalBytes))}
          aged={aged}
        />
        <Meter
          {...bands.powerW}
          label={t("node.power")}
          value={sample.powerW}
          text={format.watts(sample.powerW)}
          ends={ends(sample.powerW, "powerW", "0", format.watts(bands.powerW.max))}
          aged={aged}
        />
      </div>
    </Section>
  );
}
