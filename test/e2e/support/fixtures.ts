import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { startHouse, type House } from "./house.ts";
import { stayHome, watchPage, type Complaints } from "./watch.ts";
import { locales, tongues, type Language, type Tongue } from "./words.ts";

/** A page of a person, watched from its first byte. */
export interface Seat {
  page: Page;
  context: BrowserContext;
  complaints: Complaints;
  tongue: Tongue;
  /** Requests that would have left this machine. */
  strayed: string[];
  /** Goes to a screen by its path behind the hash. */
  go(path: string): Promise<void>;
}

interface SeatOptions {
  language?: Language;
  /** A one-time link of somebody else; the owner's when left out; null signs nobody in. */
  link?: string | null;
  viewport?: { width: number; height: number };
  at?: string;
}

/** The owner's session of this worker: one sign-in serves all its specs. */
type Pass = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface Own {
  /** Opens a fresh browser context: signed in as the owner unless told otherwise. */
  sit: (options?: SeatOptions) => Promise<Seat>;
}

/** Playwright's `test` with one real rack a worker and seats at it. The rack starts from empty folders. */
export const test = base.extend<Own, { house: House; pass: Pass }>({
  house: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const house = await startHouse();
      await use(house);
      await house.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  pass: [
    async ({ browser, house }, use) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(await house.link());
      await page.locator("main svg.rack").waitFor();
      const { cookies } = await context.storageState();
      await context.close();
      // Language and theme belong to a browser: each seat has its own.
      await use({ cookies, origins: [] });
    },
    { scope: "worker" },
  ],
  sit: async ({ browser, house, pass }, use) => {
    const open: BrowserContext[] = [];
    await use(async ({ language = "ko", link, viewport = { width: 1440, height: 900 }, at = house.rack.main.loopback } = {}) => {
      const context = await browser.newContext({
        ...(link === undefined ? { storageState: pass } : {}),
        locale: locales[language],
        viewport,
        reducedMotion: "reduce",
        ignoreHTTPSErrors: at.startsWith("https:"),
      });
      open.push(context);
      const strayed = await stayHome(context);
      const page = await context.newPage();
      const complaints = await watchPage(page);
      const go = async (path: string) => {
        await page.goto(`${at}/#${path}`);
        await page.getByRole("heading", { level: 1 }).filter({ visible: true }).waitFor();
      };
      const seat: Seat = { page, context, complaints, tongue: tongues[language], strayed, go };
      if (link === null) await page.goto(at);
      else {
        await page.goto(link ?? at);
        // Entering takes a moment, and ends on the overview or with a refusal: going elsewhere before would be undone by it.
        await page.locator("main svg.rack, main [role=alert]").first().waitFor();
      }
      return seat;
    });
    for (const context of open) await context.close();
  },
});
export { expect } from "@playwright/test";
