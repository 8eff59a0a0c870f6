import { expect, test } from "./support/fixtures.ts";
import { screenNames } from "./support/report.ts";
import { screens } from "./support/screens.ts";

// The proof that the screens' specs can fail: the same facts, asked of a page whose body was emptied.
for (const screen of screenNames) {
  test(`blanking the body of ${screen} turns its facts red`, async ({ house, sit }) => {
    const { page, tongue, go } = await sit(screen === "signin" ? { link: null } : {});
    await go(screens[screen].path(house));
    await screens[screen].shows(page, tongue, house, 10_000);
    // A style, not a removal: React would find its own nodes gone and say so instead of showing nothing.
    await page.locator("main > *").evaluateAll((children) => {
      for (const child of children) if (child instanceof HTMLElement) child.style.display = "none";
    });
    await expect(screens[screen].shows(page, tongue, house, 700)).rejects.toThrow();
    await page.locator("main > *").evaluateAll((children) => {
      for (const child of children) if (child instanceof HTMLElement) child.style.display = "";
    });
    await screens[screen].shows(page, tongue, house, 5000);
  });
}
