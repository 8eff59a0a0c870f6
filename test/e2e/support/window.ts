import { expect, type Page } from "@playwright/test";
import type { Tongue } from "./words.ts";

/** Opens a new pairing window on Settings; one that was open already is closed first, for its code may be known. */
export async function openWindow(page: Page, { text, words }: Tongue): Promise<void> {
  const section = page.getByRole("region", { name: text.settings.window });
  await expect(section).toContainText(new RegExp(`${words.pairing.open}|${words.pairing.closed}`));
  const close = section.getByRole("button", { name: text.settings.windowClose });
  if (await close.isVisible()) await close.click();
  await section.getByRole("button", { name: text.settings.windowOpen }).click();
  await expect(section).toContainText(words.pairing.open);
}
