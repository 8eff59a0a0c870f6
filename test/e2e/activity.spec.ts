import { readFileSync } from "node:fs";
import { audit } from "./support/audit.ts";
import { letRun, startAgent } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`activity ${language}`, () => {
    test("an act stands there with its intent, verdict and hashes; the chain is checked; the export has its row", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const path = `e2e-${language}.md`;
      const { act } = await agent.act("fs.read", { path });
      const { page, tongue, go, complaints } = await sit({ language });
      const { text } = tongue;
      await go("/activity");
      await page.getByRole("searchbox").fill(path);
      const row = page.locator(".feed tbody tr").filter({ hasText: path }).first();
      await expect(row).toContainText(text.activity.verdict.allow);
      await row.getByRole("link").click();
      await expect(page.locator(".trail")).toContainText(text.activity.trail.intent);
      await expect(page.locator(".insp")).toContainText(text.activity.hashes);
      await page.getByRole("button", { name: text.activity.chain.again }).click();
      await expect(page.getByTestId("chain")).toContainText(new RegExp(text.activity.chain.ok.replaceAll(/\{\{\w+\}\}/g, ".*")));
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: text.activity.export }).click()]);
      expect(readFileSync(await download.path(), "utf8")).toContain(act);
      await expect(page.getByTestId("pin-refused")).toHaveCount(0);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/activity");
      await screens.activity.shows(page, tongue, house, 10_000);
      await audit(page, "activity", language, complaints);
    });
  });
}
