import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { themes, writeRow, type Row, type ScreenName, type Theme } from "./report.ts";
import { walkByTab } from "./tab.ts";
import type { Complaints } from "./watch.ts";
import type { Language } from "./words.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong on a page: WCAG 2.0 to 2.2 A and AA, and best practice. */
export async function violations(page: Page): Promise<Row["axe"]> {
  const result = await new AxeBuilder({ page })
    .withTags(tags)
    .options({ resultTypes: ["violations"] })
    .analyze();
  return result.violations.map(({ id, impact, nodes }) => ({ id, impact: impact ?? "unknown", targets: nodes.map((node) => node.target.join(" ")) }));
}

async function auditOne(page: Page, screen: ScreenName, language: Language, theme: Theme, complaints: Complaints): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
  const walk = await walkByTab(page);
  // Read before axe: what the tool itself may ask for is not the page's doing.
  const { consoleErrors, cspReports } = { consoleErrors: [...complaints.consoleErrors], cspReports: [...complaints.cspReports] };
  const axe = await violations(page);
  writeRow({ screen, language, theme, axe, focusable: walk.focusable, reachedByTab: walk.reachedByTab, consoleErrors, cspReports });
  expect(axe, `axe on ${screen} ${language} ${theme}`).toEqual([]);
  expect(walk.missed, "Tab never comes to these").toEqual([]);
  expect(walk.ringless, "the focus can't be seen on these").toEqual([]);
  expect(walk.hidden, "the focus is covered on these").toEqual([]);
  expect(consoleErrors).toEqual([]);
  expect(cspReports).toEqual([]);
}

/** Audits a screen as it stands, light and dark, and writes both rows of the report. */
export async function audit(page: Page, screen: ScreenName, language: Language, complaints: Complaints): Promise<void> {
  // The pointer must not hover: hover colours are not what axe should see.
  await page.mouse.move(0, 0);
  for (const theme of themes) await auditOne(page, screen, language, theme, complaints);
  await page.emulateMedia({ colorScheme: "light" });
}

/** True when nothing stands further right than the viewport. */
export async function overflowsBy(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
