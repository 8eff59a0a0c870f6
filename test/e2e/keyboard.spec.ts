import { letRun } from "./support/breaker.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`keyboard ${language}`, () => {
    test("a node is found, opened and renamed without a pointer", async ({ house, sit }) => {
      const { page, tongue, complaints } = await sit({ language });
      const { text } = tongue;
      const { id } = house.rack.nodes[1] ?? house.rack.main;
      const { name } = (await house.cli.json(shapes.node, "node", id)).node;
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("combobox", { name: text.shell.palette.label })).toBeFocused();
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(new RegExp(`#/nodes/${id}$`));
      const rename = page.getByRole("button", { name: text.node.rename, exact: true });
      for (let press = 0; press < 60 && !(await rename.evaluate((button) => button === document.activeElement)); press++) await page.keyboard.press("Tab");
      await expect(rename).toBeFocused();
      await page.keyboard.press("Enter");
      const field = page.getByRole("dialog").getByLabel(text.node.name);
      await expect(field).toBeFocused();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("Keyboard");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Keyboard");
      // The focus is back where the question was asked from.
      await expect(rename).toBeFocused();
      expect((await house.cli.json(shapes.node, "node", id)).node.name).toBe("Keyboard");
      await house.rack.owner.ask((client) => client.rack.node.rename({ nodeId: id, name }));
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("each screen has its key, ? lists them, and Shift-Escape stops above a dialog", async ({ house, sit }) => {
      await letRun(house);
      const { page, tongue } = await sit({ language });
      const { text } = tongue;
      for (const [digit, hash] of [
        ["2", "#/approvals"],
        ["3", "#/activity"],
        ["4", "#/breaker"],
        ["5", "#/autonomy"],
        ["6", "#/nodes"],
        ["7", "#/power"],
        ["8", "#/connect"],
        ["9", "#/settings"],
        ["1", "#/"],
      ] as const) {
        await page.keyboard.press(`Alt+Digit${digit}`);
        await expect(page).toHaveURL(new RegExp(`${hash.replaceAll("/", "\\/")}$`));
      }
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: text.shell.shortcuts.title })).toBeVisible();
      await page.keyboard.press("Shift+Escape");
      await expect(page.locator("[data-stop=stopped]")).toBeVisible();
      await expect(page.getByRole("dialog")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    });

    test("the skip link goes past the rail", async ({ sit }) => {
      const { page, tongue } = await sit({ language });
      await page.keyboard.press("Tab");
      await expect(page.getByRole("link", { name: tongue.text.shell.skip })).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(page.locator("#main")).toBeFocused();
    });
  });
}
