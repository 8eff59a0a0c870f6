import { approvalsView, autonomyView, levelPreview, levels } from "../../src/contract/breaker.ts";
import { audit } from "./support/audit.ts";
import { letRun, startAgent } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`autonomy ${language}`, () => {
    test("prints the daemon's own table", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      await go("/autonomy");
      const view = await house.cli.json(autonomyView, "autonomy");
      for (const row of view.matrix) {
        for (const level of levels) {
          const cell = row.cells[level - 1];
          const word = cell?.within === null ? tongue.words.decision[cell.decision] : tongue.text.autonomy.conditional;
          await expect(page.locator(`tr[data-class="${row.class}"] td[data-level="${level}"]`)).toHaveText(word);
        }
      }
    });

    test("choosing previews as the CLI does, only the button changes, and lowering is at once", async ({ house, sit }) => {
      await letRun(house);
      const { page, tongue, go, complaints } = await sit({ language });
      const { text, say } = tongue;
      await go("/autonomy");
      const before = await house.cli.json(autonomyView, "autonomy");
      const to = before.level === 1 ? 2 : before.level - 1;
      await page.getByRole("radio", { name: new RegExp(`^L${before.level}`) }).focus();
      await page.keyboard.press(to < before.level ? "ArrowLeft" : "ArrowRight");
      const preview = await house.cli.json(levelPreview, "autonomy", "preview", "--level", String(to));
      await expect(page.getByTestId("cells").getByRole("listitem")).toHaveCount(preview.cells.length);
      await expect(page.getByTestId("replay")).toBeVisible();
      expect((await house.cli.json(autonomyView, "autonomy")).level).toBe(before.level);
      await page.getByRole("button", { name: say(text.autonomy.set, { level: to }) }).click();
      await expect(page.getByText(say(text.autonomy.done, { level: to }))).toBeVisible();
      expect((await house.cli.json(autonomyView, "autonomy")).level).toBe(to);
      await house.rack.owner.ask((client) => client.breaker.autonomy.set({ level: before.level }));
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("an approval that waits stands in the preview with what would become of it", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      // Asked at level 3, let through at level 4.
      const id = await agent.ask("schedule.create", { when: "daily", task: `preview ${language}` });
      const { pending } = await house.cli.json(levelPreview, "autonomy", "preview", "--level", "4");
      expect(pending).toContainEqual(expect.objectContaining({ id, before: "ask", after: "notify" }));
      const { page, tongue, go } = await sit({ language });
      await go("/autonomy");
      await page.getByRole("radio", { name: /^L3/ }).focus();
      await page.keyboard.press("ArrowRight");
      await expect(page.getByRole("listitem").filter({ has: page.locator(`a[href$='#/approvals/${id}']`) })).toContainText(tongue.words.decision.notify);
      await house.cli.json(approvalsView, "approvals", "deny", id);
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/autonomy");
      await screens.autonomy.shows(page, tongue, house, 10_000);
      await audit(page, "autonomy", language, complaints);
    });
  });
}
