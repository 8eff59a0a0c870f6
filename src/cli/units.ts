import type { Reading } from "../contract/values.ts";
import type { Language } from "../words/index.ts";

const ladder = [
  { ms: 86_400_000, ko: "일", en: "d" },
  { ms: 3_600_000, ko: "시간", en: "h" },
  { ms: 60_000, ko: "분", en: "min" },
  { ms: 1_000, ko: "초", en: "s" },
] as const;

const number = (value: number, language: Language, digits = 0) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** A length of time by its two largest units: `1시간 5분`, `1 h 5 min`. Under ten seconds with one decimal. */
export function span(ms: number, language: Language): string {
  if (ms < 10_000) {
    const second = number(Math.floor(ms / 100) / 10, language, 1);
    return language === "ko" ? `${second}초` : `${second} s`;
  }
  const first = ladder.findIndex((step) => ms >= step.ms);
  const parts: string[] = [];
  let left = ms;
  for (const step of ladder.slice(first, first + 2)) {
    const count = Math.floor(left / step.ms);
    left -= count * step.ms;
    if (count > 0) parts.push(language === "ko" ? `${number(count, language)}${step.ko}` : `${number(count, language)} ${step.en}`);
  }
  return parts.join(" ");
}

/** How long ago: `3초 전`, `3 s ago`. */
export function age(ms: number, language: Language): string {
  return language === "ko" ? `${span(ms, language)} 전` : `${span(ms, language)} ago`;
}

/** Bytes in powers of 1000, as makers of disks print them. */
export function bytes(value: number, language: Language): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** power, language, power === 0 ? 0 : 1)} ${units[power] ?? "B"}`;
}

export const percent = (value: number, language: Language) => `${number(value, language, 0)} %`;
export const celsius = (value: number, language: Language) => `${number(value, language, 1)} °C`;
export const watts = (value: number, language: Language) => `${number(value, language, 0)} W`;

/** A moment on the clock of whoever reads it. */
export function moment(at: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", ...(timeZone === undefined ? {} : { timeZone }) }).format(at);
}

/** Shows a reading, or says that nobody could read it: never 0 and never a blank. */
export function show(value: Reading | undefined, unknownWord: string, format: (value: number) => string): string {
  return typeof value === "number" ? format(value) : unknownWord;
}

const spanUnits = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Milliseconds of `90s`, `10m`, `2h`, `7d`; undefined when it is none of these. */
export function parseSpan(text: string): number | undefined {
  const match = /^(\d{1,6})(s|m|h|d)$/.exec(text.trim());
  const factor = spanUnits.get(match?.[2] ?? "");
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}
