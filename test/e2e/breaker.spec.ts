import type { Page } from "@playwright/test";
import { breakerView } from "../../src/contract/breaker.ts";
import { audit } from "./support/audit.ts";
import { letRun, standing } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import { screenNames } from "./support/report.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

/** The goal is 250 ms at p99, printed as a figure; the bound only tells a stop that works from one that doesn't, on a machine that does other work too. */
const goalMs = 250;
const boundMs = 1000;

/** In the page: the time from the press to the word, by the page's own clock. */
async function timeStop(page: Page, word: string, press: () => Promise<void>): Promise<number> {
  await page.evaluate((wanted) => {
    const seen: { pressed?: number; stopped?: number } = {};
    Object.assign(window, { aosStop: seen });
    const mark = () => (seen.pressed ??= performance.now());
    // Shift goes down first, and is no stop yet.
    window.addEventListener("keydown", (event) => event.code === "Escape" && mark(), { capture: true });
    window.addEventListener("pointerdown", mark, { capture: true });
    const look = () => {
      const control = document.querySelector("[data-stop]");
      if (control?.getAttribute("data-stop") === "stopped" && control.textContent?.includes(wanted)) seen.stopped ??= performance.now();
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  }, word);
  await press();
  await expect(page.locator("[data-stop=stopped]")).toBeVisible();
  return page.evaluate(() => {
    const { pressed, stopped } = (window as unknown as { aosStop: { pressed: number; stopped: number } }).aosStop;
    return stopped - pressed;
  });
}

/** Milliseconds at p50, p99 and the most, in words for the log. */
function figures(name: string, took: readonly number[]): string {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (part: number) => `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN)} ms`;
  return `${name} to the word: n ${took.length}, p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} (goal ${goalMs} ms)`;
}

for (const language of languages) {
  test.describe(`breaker ${language}`, () => {
    test("stops by key and by click on every screen, and the CLI agrees", async ({ house, sit }) => {
      test.setTimeout(180_000);
      const { page, tongue, go, complaints } = await sit({ language });
      const took = { key: [] as number[], click: [] as number[] };
      // The Korean run has the 20 presses of the figure.
      const ways = language === "ko" ? (["key", "key", "key", "click"] as const) : (["key", "click"] as const);
      for (const screen of screenNames.filter((name) => name !== "signin" && name !== "button")) {
        await go(screens[screen].path(house));
        await screens[screen].shows(page, tongue, house, 10_000);
        for (const way of ways) {
          await letRun(house);
          await expect(page.locator("[data-stop=stop]")).toBeVisible();
          took[way].push(
            await timeStop(page, tongue.text.shell.stopped, () => (way === "key" ? page.keyboard.press("Shift+Escape") : page.locator("[data-stop]").click())),
          );
        }
        expect((await standing(house)).state, screen).toBe("stopped");
      }
      console.log(`stop ${language}: ${figures("keydown", took.key)}; ${figures("click", took.click)}`);
      expect(Math.max(...took.key, ...took.click)).toBeLessThan(boundMs);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("stops from inside a dialog, a field and the palette, and says so at once", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text } = tongue;
      const ways = [
        () => page.keyboard.press("?"),
        () => page.keyboard.press("Control+k"),
        async () => {
          await go("/activity");
          await page.getByRole("searchbox").fill("x");
        },
      ];
      for (const open of ways) {
        await letRun(house);
        await expect(page.locator("[data-stop=stop]")).toBeVisible();
        await open();
        await page.keyboard.press("Shift+Escape");
        await expect(page.locator("[data-stop=stopped]")).toBeVisible();
        await expect(page.getByTestId("said-stop")).not.toBeEmpty();
        expect((await standing(house)).state).toBe("stopped");
        await page.keyboard.press("Escape");
      }
      expect(text.shell.stopped).not.toBe("");
    });

    test("reset and start are two acts; a reason is written down; a viewer can stop and nothing more", async ({ house, sit }) => {
      await letRun(house);
      const { page, tongue, go } = await sit({ language });
      const { text, words } = tongue;
      await go("/breaker");
      await page.keyboard.press("Shift+Escape");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.latchState.stopped);
      await page.getByRole("button", { name: text.breaker.whyAdd, exact: true }).click();
      await page.getByLabel(text.breaker.whyLabel).fill("e2e");
      await page.getByRole("button", { name: text.breaker.whySave }).click();
      await expect.poll(async () => (await standing(house)).reason).toBe("e2e");
      const start = page.getByRole("button", { name: text.breaker.start, exact: true });
      await expect(start).toHaveAttribute("aria-disabled", "true");
      const reset = page.getByRole("button", { name: text.breaker.reset, exact: true });
      await expect(reset).not.toHaveAttribute("aria-disabled", "true", { timeout: 15_000 });
      await reset.click();
      await expect(page.locator("[data-stop=ready]")).toBeVisible();
      expect((await standing(house)).state).toBe("ready");
      await start.click();
      await expect(page.locator("[data-stop=stop]")).toBeVisible();
      expect((await standing(house)).state).toBe("run");

      const { link } = await house.rack.owner.ask((client) => client.access.person.invite({ name: `보기 ${language}`, role: "viewer", days: null }));
      const guest = await sit({ language, link: link.url, at: new URL(link.url).origin });
      await guest.page.keyboard.press("Shift+Escape");
      await expect(guest.page.locator("[data-stop=stopped]")).toBeVisible();
      expect((await standing(house)).state).toBe("stopped");
      await guest.go("/breaker");
      await expect(guest.page.getByRole("button", { name: text.breaker.reset, exact: true })).toHaveAttribute("aria-disabled", "true");
      await expect(guest.page.getByText(text.ui.needsOwner).first()).toBeVisible();
    });

    test("is accessible stopped, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await house.cli.json(breakerView, "stop");
      await go("/breaker");
      await screens.breaker.shows(page, tongue, house, 10_000);
      await audit(page, "breaker", language, complaints);
    });
  });
}
