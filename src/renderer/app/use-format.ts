import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Reading } from "../../contract/values.ts";
import { agePart, bytes, durationParts, known } from "./format.ts";
import { useLanguage } from "./language.tsx";

/** What has just arrived has still taken a moment: 0.0 s would claim more than a clock that ticks twice a second can tell. */
const leastAge = 0.1;

/** Turns values into the words of the chosen language. What nobody could read comes out as the word for unknown. */
export function useFormat() {
  const { language, words } = useLanguage();
  const { t } = useTranslation();
  return useMemo(() => {
    const locale = language === "ko" ? "ko-KR" : "en-GB";
    const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    const dayFormat = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric" });
    const stamp = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
    const second = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
    const dayOf = new Intl.DateTimeFormat(locale, { year: "numeric", month: "2-digit", day: "2-digit" });
    const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
    const or = (value: Reading | null | undefined, show: (value: number) => string) => (known(value) ? show(value) : words.unknown);
    const size = (base: 1000 | 1024) => (value: number) => {
      const { value: rest, unit } = bytes(value, base);
      return `${plain.format(rest)} ${unit}`;
    };
    return {
      ago: (ms: number | null): string => {
        if (ms === null) return words.unknown;
        const { value, unit } = agePart(ms);
        return t(`units.ago.${unit}`, { value: unit === "second" && value < 10 ? Math.max(leastAge, value).toFixed(1) : value });
      },
      duration: (ms: number) =>
        durationParts(ms)
          .map(({ value, unit }) => t(`units.long.${unit}`, { value }))
          .join(" "),
      /** A short time in seconds with a tenth, for what a duration would round away. */
      seconds: (ms: number) => t("units.long.second", { value: plain.format(Math.round(ms / 100) / 10) }),
      number: (value: number) => plain.format(value),
      percent: (value: Reading) => or(value, (n) => `${plain.format(Math.round(n))}%`),
      temperature: (value: Reading) => or(value, (n) => `${plain.format(Math.round(n))}℃`),
      watts: (value: Reading) => or(value, (n) => `${plain.format(Math.round(n))} W`),
      memory: (value: Reading) => or(value, size(1024)),
      disk: (value: Reading) => or(value, size(1000)),
      rate: (value: Reading) => or(value, (n) => `${size(1000)(n)}/s`),
      /** 19.2 / 24 GB: the unit of the whole, once. */
      share(used: Reading, total: Reading, base: 1000 | 1024): string {
        if (!known(used) || !known(total)) return words.unknown;
        const whole = bytes(total, base);
        const scale = total / whole.value;
        return `${plain.format(Math.round((used / scale) * 10) / 10)} / ${plain.format(whole.value)} ${whole.unit}`;
      },
      day: (at: number) => dayFormat.format(at),
      stamp: (at: number) => stamp.format(at),
      clock: (at: number) => clock.format(at),
      /** 14:31:08 */
      time: (at: number) => second.format(at),
      /** Today 14:31:08, or the day before it; `now` says which day is today. */
      when: (at: number, now: number) =>
        dayOf.format(at) === dayOf.format(now) ? t("units.today", { time: second.format(at) }) : `${dayFormat.format(at)} ${second.format(at)}`,
      /** 13:20 today, else the day with it. */
      brief: (at: number, now: number) => (dayOf.format(at) === dayOf.format(now) ? clock.format(at) : stamp.format(at)),
      /** Milliseconds below a second, else seconds with a tenth. */
      took: (ms: Reading | null | undefined) =>
        or(ms, (n) => (n < 1000 ? `${plain.format(Math.round(n))} ms` : t("units.long.second", { value: plain.format(Math.round(n / 100) / 10) }))),
      money: (amount: number, currency: string) => new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 2 }).format(amount),
      count: (value: number) => value.toLocaleString(locale),
    };
  }, [language, words, t]);
}
export type Format = ReturnType<typeof useFormat>;
