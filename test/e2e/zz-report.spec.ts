import { expect, test } from "./support/fixtures.ts";
import { readReport, screenNames, themes } from "./support/report.ts";
import { languages } from "./support/words.ts";

// Last by its name among the specs with these fixtures: those before it have written test/e2e/report.json.
test("the report is complete, and there is nothing in it", () => {
  const rows = readReport();
  const wanted = screenNames.flatMap((screen) => languages.flatMap((language) => themes.map((theme) => `${screen} ${language} ${theme}`)));
  expect(rows.map(({ screen, language, theme }) => `${screen} ${language} ${theme}`).toSorted()).toEqual(wanted.toSorted());
  for (const { screen, language, theme, axe, focusable, reachedByTab, consoleErrors, cspReports } of rows) {
    const name = `${screen} ${language} ${theme}`;
    expect({ name, axe, consoleErrors, cspReports }).toEqual({ name, axe: [], consoleErrors: [], cspReports: [] });
    // The button's screen is the button and the way back.
    expect(focusable, name).toBeGreaterThanOrEqual(screen === "button" ? 2 : 4);
    expect(reachedByTab, name).toBe(focusable);
  }
});
