import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { UpsView } from "../../../contract/rack.ts";
import { useConsole, useStale } from "../../app/console.tsx";
import { durationParts, known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Age } from "../../ui/age.tsx";
import { State } from "../../ui/glyph.tsx";
import { Tag } from "../../ui/section.tsx";
import { upsGlyph } from "../../ui/states.ts";

function Big({ name, value, note, isUnknown }: { name: string; value: ReactNode; note: ReactNode; isUnknown: boolean }) {
  const stale = useStale();
  return (
    <div className="border-line py-4 pr-6 mid:not-first:pl-6 full:not-first:border-l max-full:even:border-l max-full:even:pl-4 max-full:odd:pl-0! max-full:nth-[n+3]:border-t max-mid:pr-3">
      <dt className="text-second text-fg-2">{name}</dt>
      <dd className={`${isUnknown ? "text-lead leading-10" : "text-reading"} font-strong whitespace-nowrap ${stale || isUnknown ? "text-fg-3" : ""}`}>
        {value}
      </dd>
      <dd className="text-second text-fg-2">{note}</dd>
    </div>
  );
}

function Number({ value, unit }: { value: string; unit: string }) {
  return (
    <>
      {value}
      <small className="ml-0.5 text-lead font-regular text-fg-2">{unit}</small>
    </>
  );
}

function Flags({ ups }: { ups: UpsView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const receivedAt = useConsole((state) => state.receivedAt);
  const word = (flag: string) => (Object.hasOwn(words.upsFlag, flag) ? words.upsFlag[flag as keyof typeof words.upsFlag] : flag);
  if (ups.state === "none") return null;
  return (
    <p className="mt-3 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-second text-fg-2">
      <span>
        {[ups.source === "simulated" ? null : words.upsSource[ups.source], ups.model === "unknown" ? words.unknown : ups.model]
          .filter((part) => part !== null)
          .join(" · ")}{" "}
        {ups.source === "simulated" ? <Tag>{t("shell.simulated")}</Tag> : null}
      </span>
      <span>
        {t("power.flags")}: {ups.status.length === 0 ? t("power.noFlags") : ups.status.map(word).join(", ")}
      </span>
      {ups.source === "nut" ? <span>{ups.encrypted ? t("power.encrypted") : t("power.plainLink")}</span> : null}
      {ups.ageMs === null || receivedAt === null ? null : (
        <span>
          <Age ms={ups.ageMs} receivedAt={receivedAt} />
        </span>
      )}
      {ups.source === "simulated" ? <span>{t("power.simulatedNote")}</span> : null}
      {ups.problem === null ? null : <State glyph="attention">{words.upsProblem[ups.problem]}</State>}
      {ups.lowBatteryBecause === null ? null : <State glyph="attention">{words.lowBatteryBecause[ups.lowBatteryBecause]}</State>}
    </p>
  );
}

/** Source, minutes left, battery, load. What the UPS doesn't tell is unknown. */
export function UpsReadings({ ups }: { ups: UpsView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const stale = useStale();
  const charging = (["CHRG", "DISCHRG"] as const).find((flag) => ups.status.includes(flag));
  const hasUps = ups.state !== "none";
  const word = hasUps ? words.upsState[ups.state] : t("power.noUps");
  const onBattery = ups.state === "on-battery" || ups.state === "low-battery";
  const [first, second] = known(ups.runtimeSeconds) ? durationParts(ups.runtimeSeconds * 1000) : [];
  const glyph = stale ? "unknown" : upsGlyph(ups.state);
  return (
    <>
      <dl className="grid grid-cols-4 border-y border-line-2 max-full:grid-cols-2">
        <Big
          name={t("power.source")}
          value={
            glyph === "on" ? (
              word
            ) : (
              <State glyph={glyph} className="align-top">
                {word}
              </State>
            )
          }
          note={ups.forMs === null ? (hasUps ? words.upsSource[ups.source] : "") : t("power.sourceFor", { duration: format.duration(ups.forMs) })}
          isUnknown={ups.state === "unknown" || ups.state === "unreachable"}
        />
        <Big
          name={onBattery ? t("power.runtimeLeft") : t("power.runtime")}
          value={
            first ? (
              <>
                <Number value={String(first.value)} unit={t(`units.long.${first.unit}`, { value: "" }).trim()} />
                {second ? (
                  <span className="ml-2">
                    <Number value={String(second.value)} unit={t(`units.long.${second.unit}`, { value: "" }).trim()} />
                  </span>
                ) : null}
              </>
            ) : (
              words.unknown
            )
          }
          note={hasUps ? t("power.runtimeNote", { watts: format.watts(ups.powerW) }) : t("power.noUpsNote")}
          isUnknown={!first}
        />
        <Big
          name={t("power.battery")}
          value={known(ups.chargePercent) ? <Number value={format.number(Math.round(ups.chargePercent))} unit="%" /> : words.unknown}
          note={!hasUps ? t("power.noUpsNote") : charging === undefined ? words.upsState[ups.state] : words.upsFlag[charging]}
          isUnknown={!known(ups.chargePercent)}
        />
        <Big
          name={t("power.load")}
          value={known(ups.loadPercent) ? <Number value={format.number(Math.round(ups.loadPercent))} unit="%" /> : words.unknown}
          note={hasUps ? t("power.loadNote") : t("power.noUpsNote")}
          isUnknown={!known(ups.loadPercent)}
        />
      </dl>
      <Flags ups={ups} />
    </>
  );
}
