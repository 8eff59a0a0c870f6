import type { ActivityEntry, ActivityFilter } from "../../../contract/breaker.ts";

export const periods = ["today", "days", "all"] as const;
export type Period = (typeof periods)[number];
export const tabs = ["all", "allow", "notify", "ask", "deny", "unknown"] as const;
export type Tab = (typeof tabs)[number];

/** What is chosen above the feed. Empty strings choose nothing. */
export interface Choice {
  text: string;
  period: Period;
  actor: string;
  kind: "" | ActivityEntry["kind"];
  tab: Tab;
  act: string | null;
}

const dayMs = 86_400_000;
const daysShown = 7;

/** Midnight of the day of `at`, by the clock of this screen. */
export function startOfDay(at: number): number {
  const day = new Date(at);
  return day.setHours(0, 0, 0, 0);
}

/** The filter as the daemon takes it. `now` is the rack's time; an act's own record is shown whenever it was. */
export function filterOf(choice: Choice, now: number): ActivityFilter {
  const { tab } = choice;
  const from = choice.act !== null || choice.period === "all" ? null : startOfDay(now) - (choice.period === "days" ? (daysShown - 1) * dayMs : 0);
  return {
    ...(choice.text.trim() === "" ? {} : { text: choice.text.trim() }),
    ...(from === null ? {} : { from }),
    ...(choice.actor === "" ? {} : { actor: choice.actor }),
    ...(choice.kind === "" ? {} : { kind: choice.kind }),
    ...(tab === "all" ? {} : tab === "unknown" ? { outcome: "unknown" as const } : { decision: tab }),
    ...(choice.act === null ? {} : { act: choice.act }),
  };
}
