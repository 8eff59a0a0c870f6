import { audit } from "./support/audit.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { startLodger } from "./support/house.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`node ${language}`, () => {
    test("is renamed and placed on screen, and the CLI says so", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      const { text, say } = tongue;
      const { id } = house.rack.nodes[1] ?? house.rack.main;
      await go(`/nodes/${id}`);
      for (const name of [`꽃집 풀 ${language}`, "노드 2"]) {
        await page.getByRole("button", { name: text.node.rename, exact: true }).click();
        await page.getByRole("dialog").getByLabel(text.node.name).fill(name);
        await page.getByRole("dialog").getByRole("button", { name: text.ui.save }).click();
        await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
        expect((await house.cli.json(shapes.node, "node", id)).node.name).toBe(name);
      }
      const from = language === "ko" ? 4 : 5;
      await page.getByRole("button", { name: text.node.move, exact: true }).click();
      await page.getByRole("dialog").getByLabel(text.node.moveFrom).fill(String(from));
      await page.getByRole("dialog").getByLabel(text.node.moveHeight).fill("1");
      await page.getByRole("dialog").getByRole("button", { name: text.ui.save }).click();
      await expect(page.locator("main")).toContainText(say(text.rack.units, { from }));
      expect((await house.cli.json(shapes.node, "node", id)).node.unit).toEqual({ from, height: 1 });
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("a place that is taken is refused in words", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text, words } = tongue;
      const [, pool, llm] = house.rack.nodes;
      await house.rack.owner.ask((client) => client.rack.node.place({ nodeId: pool?.id ?? "", from: 4, height: 1 }));
      await go(`/nodes/${llm?.id}`);
      await page.getByRole("button", { name: text.node.move, exact: true }).click();
      await page.getByRole("dialog").getByLabel(text.node.moveFrom).fill("4");
      await page.getByRole("dialog").getByLabel(text.node.moveHeight).fill("1");
      await page.getByRole("dialog").getByRole("button", { name: text.ui.save }).click();
      await expect(page.getByRole("dialog").getByRole("alert")).toContainText(words.faults["rack.unit-taken"].title);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    });

    test("its values are the CLI's, and its charts have a table", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text, say, words } = tongue;
      await go(screens.node.path(house));
      await screens.node.shows(page, tongue, house, 10_000);
      const id = house.rack.nodes[2]?.id ?? "";
      const { node } = await house.cli.json(shapes.node, "node", id);
      await expect(page.locator("main")).toContainText(node.fingerprint.slice(0, 8));
      // What this machine can't read is unknown with its reason, never 0.
      await expect(page.getByRole("meter", { name: text.node.power })).toHaveAttribute("aria-valuetext", words.unknown);
      const chart = page.getByRole("img", { name: new RegExp(`^${words.metric.cpuPercent}, `) });
      await expect(chart.locator("canvas")).toBeVisible({ timeout: 15_000 });
      await page.getByRole("button", { name: text.ui.tableView }).click();
      const table = page.getByRole("region", { name: say(text.ui.tableOf, { name: text.node.trend }) }).getByRole("table");
      await expect(table.getByRole("columnheader", { name: say(text.node.average, { metric: words.metric.cpuPercent }) })).toBeVisible();
      expect(await table.getByRole("row").count()).toBeGreaterThan(1);
      await page.getByRole("radio", { name: text.node.range60 }).check();
      await expect(table).toBeVisible();
    });

    test("is removed after a question, and the CLI knows it no more", async ({ house, sit }) => {
      const lodger = await startLodger(["--discovery", "off", "--roles", "pool", "--name", `나갈 노드 ${language}`]);
      try {
        const { window } = await lodger.cli.json(shapes.window, "pair", "code");
        await house.rack.owner.ask((client) => client.rack.node.add({ address: `127.0.0.1:${lodger.aosd.lan}`, code: window.code ?? "" }));
        const { page, tongue, go } = await sit({ language });
        const { text, say } = tongue;
        await go(`/nodes/${lodger.aosd.id}`);
        await page.getByRole("button", { name: text.node.remove, exact: true }).click();
        const dialog = page.getByRole("dialog", { name: say(text.node.removeTitle, { name: `나갈 노드 ${language}` }) });
        await dialog.getByRole("button", { name: text.ui.cancel }).click();
        expect((await house.cli.json(shapes.status, "status")).nodes.map((node) => node.id)).toContain(lodger.aosd.id);
        await page.getByRole("button", { name: text.node.remove, exact: true }).click();
        await dialog.getByRole("button", { name: text.node.remove }).click();
        await expect(page).toHaveURL(/#\/nodes$/);
        await expect(page.locator(`main svg.rack a[href='#/nodes/${lodger.aosd.id}']`)).toHaveCount(0);
        expect((await house.cli.json(shapes.status, "status")).nodes.map((node) => node.id)).not.toContain(lodger.aosd.id);
        await go(`/nodes/${house.rack.main.id}`);
        await expect(page.getByText(text.node.removeMain)).toBeVisible();
      } finally {
        await lodger.stop();
      }
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go(screens.node.path(house));
      await screens.node.shows(page, tongue, house, 10_000);
      await expect(page.getByRole("button", { name: tongue.text.ui.tableView })).toBeVisible();
      await audit(page, "node", language, complaints);
    });
  });
}
