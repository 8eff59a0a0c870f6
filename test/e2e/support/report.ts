import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const screenNames = ["overview", "node", "power", "connect", "settings", "approvals", "activity", "breaker", "autonomy", "button", "signin"] as const;
export type ScreenName = (typeof screenNames)[number];
export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];

const row = z.object({
  screen: z.enum(screenNames),
  language: z.enum(["ko", "en"]),
  theme: z.enum(themes),
  axe: z.array(z.object({ id: z.string(), impact: z.string(), targets: z.array(z.string()) })),
  focusable: z.number().int(),
  reachedByTab: z.number().int(),
  consoleErrors: z.array(z.string()),
  cspReports: z.array(z.string()),
});
export type Row = z.infer<typeof row>;
const report = z.object({ runner: z.number().int(), rows: z.array(row) });

const file = fileURLToPath(new URL("../report.json", import.meta.url));
const same = (a: Row, b: Row) => a.screen === b.screen && a.language === b.language && a.theme === b.theme;

/** Rows that this run has written so far. Workers come and go with failures; the process that started them tells runs apart. */
export function readReport(): Row[] {
  if (!existsSync(file)) return [];
  const parsed = report.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return parsed.success && parsed.data.runner === process.ppid ? parsed.data.rows : [];
}

/** Adds one screen in one language and theme to test/e2e/report.json. */
export function writeRow(next: Row): void {
  const rows = [...readReport().filter((one) => !same(one, next)), next];
  writeFileSync(file, `${JSON.stringify({ runner: process.ppid, rows }, null, 2)}\n`);
}
