import { audit } from "./support/audit.ts";
import { letRun } from "./support/breaker.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens, unitsOf } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`overview ${language}`, () => {
    test("shows the rack as it stands and the same sentence as the CLI", async ({ house, sit }) => {
      await letRun(house);
      const { page, tongue, complaints, strayed } = await sit({ language });
      await screens.overview.shows(page, tongue, house, 10_000);
      await expect.poll(async () => (await house.cli.json(shapes.status, "status")).nodes.map((node) => node.state)).toEqual(Array(4).fill("online"));
      const status = await house.cli.json(shapes.status, "status", "--lang", language);
      await expect(page.getByTestId("status")).toHaveText(status.sentence.text);
      for (const node of status.nodes) {
        const unit = page.locator(`main svg.rack a[href='#/nodes/${node.id}']`);
        await expect(unit).toContainText(node.name);
        await expect(unit).toContainText(tongue.words.nodeState.online);
      }
      await expect(page.locator("main")).toContainText(tongue.say(tongue.text.overview.nodesValue, { running: 4, total: 4 }));
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
      expect(strayed).toEqual([]);
    });

    test("each unit of the rack is the way into its node", async ({ house, sit }) => {
      const { page } = await sit({ language });
      await expect(unitsOf(page)).toHaveCount(4);
      const pool = house.rack.nodes[1];
      await page.locator(`main svg.rack a[href='#/nodes/${pool?.id}']`).click();
      await expect(page).toHaveURL(new RegExp(`#/nodes/${pool?.id}$`));
      await expect(page.getByRole("heading", { level: 1 })).toContainText("노드 2");
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, complaints } = await sit({ language });
      await screens.overview.shows(page, tongue, house, 10_000);
      await audit(page, "overview", language, complaints);
    });
  });
}
