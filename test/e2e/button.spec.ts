import { audit } from "./support/audit.ts";
import { letRun, standing } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`button ${language}`, () => {
    test("a kiosk sees the button alone, wherever it goes, and stops the rack with it", async ({ house, sit }) => {
      const { link } = await house.rack.owner.ask((client) => client.access.person.invite({ name: `버튼 ${language}`, role: "kiosk", days: null }));
      const desk = await sit({ language, link: null, at: new URL(link.url).origin });
      const { page, tongue } = desk;
      await page.goto(link.url);
      await expect(page.locator(".kiosk")).toBeVisible();
      for (const press of [
        () => page.locator("button.press").click(),
        () => page.keyboard.press("Enter"),
        () => page.keyboard.press("Space"),
        () => page.keyboard.press("Shift+Escape"),
      ]) {
        await letRun(house);
        await expect(page.locator(".kiosk h1")).toHaveText(tongue.words.latchState.run);
        await press();
        await expect(page.locator(".kiosk h1")).toHaveText(tongue.words.latchState.stopped);
        expect(await standing(house)).toMatchObject({ state: "stopped", cause: "kiosk" });
      }
      await page.goto(`${new URL(link.url).origin}/#/settings`);
      await expect(page.locator(".kiosk")).toBeVisible();
      await expect(page.getByRole("navigation")).toHaveCount(0);
    });

    test("the target is at least half of the screen", async ({ house, sit }) => {
      await letRun(house);
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 1280, height: 800 },
        { width: 390, height: 844 },
      ]) {
        const { page, go } = await sit({ language, viewport });
        await go("/button");
        const box = await page.locator(".press").boundingBox();
        expect(((box?.width ?? 0) * (box?.height ?? 0)) / (viewport.width * viewport.height)).toBeGreaterThanOrEqual(0.5);
      }
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      await letRun(house);
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/button");
      await screens.button.shows(page, tongue, house, 10_000);
      await audit(page, "button", language, complaints);
    });
  });
}
