import { overflowsBy, violations } from "./support/audit.ts";
import { expect, test } from "./support/fixtures.ts";
import { screenNames } from "./support/report.ts";
import { screens } from "./support/screens.ts";
import { walkByTab } from "./support/tab.ts";
import { languages } from "./support/words.ts";

/** 200 % zoom halves the page's own pixels: 1440x900 becomes 720x450. */
const sizes = { "200 % zoom": { width: 720, height: 450 }, "a phone": { width: 390, height: 844 }, "the icon rail": { width: 1000, height: 800 } } as const;
const smallest = 24;

for (const language of languages) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`each screen holds at ${size} (${language})`, async ({ house, sit }) => {
      test.setTimeout(120_000);
      const inside = await sit({ language, viewport });
      const outside = await sit({ language, viewport, link: null });
      for (const screen of screenNames) {
        const { page, go, complaints } = screen === "signin" ? outside : inside;
        // From nowhere, so that the heading that is waited for can't be the last screen's.
        await page.goto("about:blank");
        await go(screens[screen].path(house));
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        expect(await overflowsBy(page), `${screen} is wider than ${size}`).toBeLessThanOrEqual(0);
        await expect(page.locator("[data-stop]")).toBeInViewport();
        // WCAG 2.2, 2.5.8: targets of 24 px; links inside of a sentence are excepted by it.
        const small = await page.locator("button:visible, main a[class*='btn']:visible").evaluateAll(
          (all, least) =>
            all.flatMap((one) => {
              const { width, height } = one.getBoundingClientRect();
              return width >= least && height >= least ? [] : [`${one.textContent ?? ""} ${width}x${height}`];
            }),
          smallest,
        );
        expect(small, screen).toEqual([]);
        if (size === "200 % zoom") {
          const walk = await walkByTab(page);
          expect({ screen, missed: walk.missed, hidden: walk.hidden }).toEqual({ screen, missed: [], hidden: [] });
        }
        expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
      }
    });
  }
}

test("between 821 and 1160 px the rail shows icons that keep their names", async ({ sit }) => {
  const { page, tongue } = await sit({ viewport: sizes["the icon rail"] });
  const rail = page.getByRole("navigation", { name: tongue.text.shell.rail });
  expect((await rail.boundingBox())?.width).toBeLessThanOrEqual(56);
  for (const name of [tongue.text.shell.overview, tongue.text.shell.power, tongue.text.shell.settings])
    await expect(rail.getByRole("link", { name, exact: true })).toBeVisible();
});

test("on a phone the menu opens, and each screen is in it", async ({ sit }) => {
  const { page, tongue } = await sit({ viewport: sizes["a phone"] });
  await page.getByRole("button", { name: tongue.text.shell.openMenu }).click();
  await page.getByRole("link", { name: tongue.text.shell.power, exact: true }).click();
  await expect(page).toHaveURL(/#\/power$/);
});

test("forced colours and reduced motion are drawn without an error", async ({ house, sit }) => {
  const inside = await sit();
  const outside = await sit({ link: null });
  for (const screen of screenNames) {
    const { page, tongue, go, complaints } = screen === "signin" ? outside : inside;
    await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    await page.goto("about:blank");
    await go(screens[screen].path(house));
    await screens[screen].shows(page, tongue, house, 10_000);
    expect((await violations(page)).filter(({ id }) => id !== "color-contrast")).toEqual([]);
    expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
  }
});
