import { audit } from "./support/audit.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { startLodger } from "./support/house.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

/** Another code, as a person would mistype it. */
const mistyped = (code: string) => `${code.slice(0, 7)}${(Number(code.at(7)) + 1) % 10}`;

for (const language of languages) {
  test.describe(`connect ${language}`, () => {
    test("a node found by mDNS is added with its code, after a wrong one", async ({ house, sit }) => {
      const name = `새 노드 ${language}`;
      const lodger = await startLodger(["--roles", "pool", "--name", name]);
      try {
        const { page, context, tongue, go, complaints } = await sit({ language });
        const { text, say } = tongue;
        await go("/connect");
        await page
          .locator("main")
          .getByRole("button", { name: new RegExp(name) })
          .click({ timeout: 20_000 });
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(say(text.connect.titleAddCode, { name }));
        // Who it is stands there before anything is asked for.
        await expect(page.locator("main dl").first()).toContainText((await lodger.aosd.link.ask((client) => client.access.me())).aosd.fingerprint);
        const { window } = await lodger.cli.json(shapes.window, "pair", "code");
        const code = window.code ?? "";
        const field = page.getByLabel(text.connect.code);
        await field.pressSequentially(mistyped(code));
        await page.getByRole("button", { name: text.connect.doAdd }).click();
        await expect(page.locator("main").getByRole("alert")).toContainText(say(text.connect.triesLeft, { count: 4 }), { timeout: 15_000 });
        expect((await lodger.cli.json(shapes.window, "pair", "code")).window.triesLeft).toBe(4);
        if (language === "ko") {
          await field.fill("");
          await field.pressSequentially(code);
        } else {
          // Pasted as the node's screen shows it, in two groups.
          await context.grantPermissions(["clipboard-read", "clipboard-write"]);
          await page.evaluate((digits) => navigator.clipboard.writeText(`${digits.slice(0, 4)} ${digits.slice(4)}\n`), code);
          await field.selectText();
          await page.keyboard.press("Control+V");
        }
        await expect(field).toHaveValue(`${code.slice(0, 4)} ${code.slice(4)}`);
        await page.getByRole("button", { name: text.connect.doAdd }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(say(text.connect.added, { name }), { timeout: 15_000 });
        await expect.poll(async () => (await house.cli.json(shapes.status, "status")).nodes.find((node) => node.id === lodger.aosd.id)?.state).toBe("online");
        await page.getByRole("button", { name: text.connect.seeNode }).click();
        await expect(page.locator(`main svg.rack a[href='#/nodes/${lodger.aosd.id}']`)).toContainText(tongue.words.nodeState.online);
        // The refused try was answered with an error's status: that is the browser's own line, not ours.
        expect(complaints.consoleErrors).toEqual([]);
        expect(complaints.cspReports).toEqual([]);
      } finally {
        await house.rack.owner.ask((client) => client.rack.node.remove({ nodeId: lodger.aosd.id })).catch(() => undefined);
        await lodger.stop();
      }
    });

    test("a node that nobody announced is added by its address; an address without an AOS is refused in words", async ({ house, sit }) => {
      const name = `조용한 노드 ${language}`;
      const lodger = await startLodger(["--discovery", "off", "--roles", "pool", "--name", name]);
      try {
        const { page, tongue, go } = await sit({ language });
        const { text, words, say } = tongue;
        await go("/connect");
        const address = page.getByPlaceholder(text.connect.addressPlaceholder);
        await address.fill("127.0.0.1:9");
        await page.getByRole("button", { name: text.connect.byAddressDo }).click();
        await expect(page.locator("main").getByRole("alert")).toContainText(words.faults["access.not-responding"].title, { timeout: 15_000 });
        await address.fill(`127.0.0.1:${lodger.aosd.lan}`);
        await page.getByRole("button", { name: text.connect.byAddressDo }).click();
        const { window } = await lodger.cli.json(shapes.window, "pair", "code");
        await page.getByLabel(text.connect.code).fill(window.code ?? "");
        await page.getByRole("button", { name: text.connect.doAdd }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(say(text.connect.added, { name }), { timeout: 15_000 });
        expect((await house.cli.json(shapes.status, "status")).nodes.map((node) => node.id)).toContain(lodger.aosd.id);
      } finally {
        await house.rack.owner.ask((client) => client.rack.node.remove({ nodeId: lodger.aosd.id })).catch(() => undefined);
        await lodger.stop();
      }
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/connect");
      await screens.connect.shows(page, tongue, house, 10_000);
      // Members of a rack that has only just been put together are still announced as new: they leave the list by themselves.
      await expect(page.locator("main").getByRole("button", { name: /노드 \d/ })).toHaveCount(0, { timeout: 20_000 });
      // With one picked, the code field and its button belong to the path.
      await page.getByPlaceholder(tongue.text.connect.addressPlaceholder).fill(`127.0.0.1:${house.rack.nodes[1]?.lan ?? 0}`);
      await page.getByRole("button", { name: tongue.text.connect.byAddressDo }).click();
      await expect(page.getByLabel(tongue.text.connect.code)).toBeVisible();
      await audit(page, "connect", language, complaints);
    });
  });
}
