import { expect, type Locator, type Page } from "@playwright/test";
import type { House } from "./house.ts";
import type { ScreenName } from "./report.ts";
import type { Tongue } from "./words.ts";

/** What must be on a screen for its spec to be green; run again on a blanked page, it must go red. */
export interface ScreenFacts {
  path: (house: House) => string;
  /** `patience` in milliseconds for each fact. */
  shows: (page: Page, tongue: Tongue, house: House, patience: number) => Promise<void>;
}

const h1 = (page: Page) => page.locator("main").getByRole("heading", { level: 1 }).filter({ visible: true });
const section = (page: Page, name: string): Locator => page.locator("main").getByRole("region", { name, exact: true });

/** The units of the drawn rack that are ways into a node. */
export const unitsOf = (page: Page) => page.locator("main svg.rack a[href^='#/nodes/']").filter({ visible: true });

export const screens: Record<ScreenName, ScreenFacts> = {
  overview: {
    path: () => "/",
    async shows(page, { text, words }, house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(unitsOf(page)).toHaveCount(house.rack.nodes.length, { timeout });
      await expect(section(page, text.overview.todo)).toBeVisible({ timeout });
      await expect(section(page, text.overview.readings).getByText(words.upsState["on-line"])).toBeVisible({ timeout });
    },
  },
  node: {
    path: (house) => `/nodes/${house.rack.nodes[2]?.id ?? ""}`,
    async shows(page, { text }, house, timeout) {
      const id = house.rack.nodes[2]?.id ?? "";
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator(`main svg.rack a[href='#/nodes/${id}'][aria-current]`)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("meter")).toHaveCount(6, { timeout });
      await expect(section(page, text.node.trend)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("button", { name: text.node.rename, exact: true })).toBeVisible({ timeout });
    },
  },
  power: {
    path: () => "/power",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator("main").getByText(text.power.notBuilt)).toBeVisible({ timeout });
      await expect(section(page, text.power.plan)).toBeVisible({ timeout });
      await expect(page.locator("main").getByLabel(text.power.llmAfter)).toBeVisible({ timeout });
    },
  },
  connect: {
    path: () => "/connect",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toHaveText(text.connect.titleAdd, { timeout });
      await expect(section(page, text.connect.found)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("button", { name: text.connect.byAddressDo })).toBeVisible({ timeout });
    },
  },
  settings: {
    path: () => "/settings",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(section(page, text.settings.people).getByRole("table")).toBeVisible({ timeout });
      await expect(section(page, text.settings.trust)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("group", { name: text.settings.language })).toBeVisible({ timeout });
      await expect(page.locator("main").getByLabel(text.settings.rackName)).toBeVisible({ timeout });
    },
  },
  approvals: {
    path: () => "/approvals",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(section(page, text.approvals.queue)).toBeVisible({ timeout });
      await expect(section(page, text.approvals.grants)).toBeVisible({ timeout });
    },
  },
  activity: {
    path: () => "/activity",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator("main").getByTestId("chain")).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("searchbox", { name: text.activity.search })).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("table", { name: text.activity.feed })).toBeVisible({ timeout });
    },
  },
  breaker: {
    path: () => "/breaker",
    async shows(page, { text }, house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("list", { name: text.breaker.steps })).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("table").first().getByRole("rowheader")).toHaveCount(house.rack.nodes.length, { timeout });
      await expect(section(page, text.breaker.panic)).toBeVisible({ timeout });
    },
  },
  autonomy: {
    path: () => "/autonomy",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toHaveText(text.autonomy.title, { timeout });
      await expect(page.locator("main").getByRole("group", { name: text.autonomy.levels }).getByRole("radio")).toHaveCount(5, { timeout });
      await expect(page.locator("main tr[data-class]")).toHaveCount(16, { timeout });
    },
  },
  button: {
    path: () => "/button",
    async shows(page, { text }, _house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator("main .press")).toContainText(new RegExp(`${text.button.press}|${text.button.pressed}`), { timeout });
    },
  },
  signin: {
    path: () => "/",
    async shows(page, { text }, house, timeout) {
      await expect(h1(page)).toBeVisible({ timeout });
      await expect(page.locator("main").getByLabel(text.signin.code)).toBeVisible({ timeout });
      await expect(page.locator("main").getByRole("button", { name: text.signin.enter, exact: true })).toBeVisible({ timeout });
      await expect(section(page, text.signin.identity)).toContainText(text.signin.fingerprintNote, { timeout });
    },
  },
};
