import type { Page } from "@playwright/test";

/** How the keyboard gets round a screen. */
export interface TabWalk {
  focusable: number;
  reachedByTab: number;
  /** What Tab never came to, as it reads. */
  missed: string[];
  /** Stops without a visible focus ring. */
  ringless: string[];
  /** Stops that something else covers while they have the focus. */
  hidden: string[];
}

interface Stops {
  keys: string[];
  names: Record<string, string>;
}

/** Runs in the page: gives each focusable thing a key. A group of radios is one stop. */
function mark(): Stops {
  const selector =
    "a[href], button:not([disabled]), input:not([disabled]):not([type=hidden]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]";
  const names: Record<string, string> = {};
  let count = 0;
  for (const element of document.querySelectorAll(selector)) {
    if (!(element instanceof HTMLElement || element instanceof SVGElement) || element.tabIndex < 0) continue;
    if (element.closest("[inert]") || !element.checkVisibility({ visibilityProperty: true })) continue;
    const radio = element instanceof HTMLInputElement && element.type === "radio" ? `radio:${element.name}` : undefined;
    const key = radio ?? `stop:${(count += 1)}`;
    element.setAttribute("data-e2e-stop", key);
    names[key] ??= `${element.tagName.toLowerCase()} ${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}`;
  }
  return { keys: Object.keys(names), names };
}

/** Runs in the page: where the focus is now, and whether a person could see it. */
function where(): { key: string | null; ring: boolean; covered: boolean } {
  const element = document.activeElement;
  const key = element?.getAttribute("data-e2e-stop") ?? null;
  if (!element || key === null) return { key, ring: true, covered: false };
  const seen = (one: Element) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
  };
  // A drawn ring may stand on a child (a unit of the rack) or on the label of a hidden radio.
  const ringed = seen(element) || [...element.querySelectorAll("*")].some((one) => one.classList.contains("sel") && getComputedStyle(one).opacity !== "0");
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(
    Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)),
    Math.min(innerHeight - 1, Math.max(0, box.top + Math.min(box.height / 2, 20))),
  );
  const covered = at !== null && !element.contains(at) && !at.contains(element) && element.closest("label") !== at.closest("label");
  return { key, ring: ringed, covered };
}

/** Presses Tab from the top of the page until it comes round, and counts what was reached. */
export async function walkByTab(page: Page): Promise<TabWalk> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.scrollTo(0, 0);
    getSelection()?.removeAllRanges();
  });
  // Blurring keeps the place from which Tab goes on; the top of the page is a place too.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const { keys, names } = await page.evaluate(mark);
  const reached = new Set<string>();
  const ringless = new Set<string>();
  const hidden = new Set<string>();
  let first: string | null = null;
  for (let press = 0; press < keys.length + 8; press++) {
    await page.keyboard.press("Tab");
    const { key, ring, covered } = await page.evaluate(where);
    if (key === null) continue;
    if (key === first) break;
    first ??= key;
    reached.add(key);
    if (!ring) ringless.add(names[key] ?? key);
    if (covered) hidden.add(names[key] ?? key);
  }
  return {
    focusable: keys.length,
    reachedByTab: keys.filter((key) => reached.has(key)).length,
    missed: keys.filter((key) => !reached.has(key)).map((key) => names[key] ?? key),
    ringless: [...ringless],
    hidden: [...hidden],
  };
}
