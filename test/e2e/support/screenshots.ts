import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { rehearse } from "../../../demo/rehearsal/rehearse.ts";
import { letRun, startAgent } from "./breaker.ts";
import { startHouse, type House } from "./house.ts";

// Run as `node test/e2e/support/screenshots.ts [folder]`: pictures of each screen from a real rack that has run a while and whose
// rehearsal agent has worked a day. AOS_SHOTS_ONLY=breaker,button takes these screens alone.
const folder = process.argv[2] ?? fileURLToPath(new URL("../../../docs/screenshots", import.meta.url));
const ageMs = Number(process.env["AOS_SHOTS_AGE_MS"] ?? 75_000);
const wanted = process.env["AOS_SHOTS_ONLY"]?.split(",");
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
let house: House;
/** The approval whose picture is taken. */
let waiting = "";

async function enter(browser: Browser, locale: "ko-KR" | "en-US"): Promise<BrowserContext> {
  const context = await browser.newContext({ locale, reducedMotion: "reduce", deviceScaleFactor: 1, timezoneId: "Asia/Seoul" });
  const page = await context.newPage();
  await page.goto(await house.link());
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("svg.rack").first().waitFor();
  await page.close();
  return context;
}

const paths = (id: string) => ({
  overview: "/",
  node: `/nodes/${id}`,
  power: "/power",
  connect: "/connect",
  settings: "/settings",
  approvals: `/approvals/${waiting}`,
  activity: "/activity",
  breaker: "/breaker",
  autonomy: "/autonomy",
  button: "/button",
});

async function shoot(page: Page, name: string) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await wait(1300);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  process.stdout.write(`${name}.png\n`);
}

/** What a person would do on a screen before its picture says something. */
async function act(page: Page, screen: string) {
  if (screen === "autonomy") {
    await page.getByRole("radio", { name: /^L3/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByTestId("replay").waitFor();
  }
  if (screen === "activity") await page.locator(".feed tbody tr a").first().click();
}

/** A day of the shop, played by the rehearsal agent through the real gate; at its end three acts wait for the owner. */
async function workADay() {
  await rehearse(house.rack, { name: "shop-day", level: 3, signal: AbortSignal.timeout(240_000), say: () => {} });
  const agent = await startAgent(house);
  waiting = await agent.ask("post.publish", {
    channel: "instagram",
    text: "이번 주 토요일에는 리시안셔스 다발을 준비했어요. 예약은 금요일 저녁 6시까지 받아요.",
  });
  await agent.ask("dm.reply", { channel: "instagram", to: "flower_0417", text: "네, 내일 오후 3시에 찾아가실 수 있게 준비해 둘게요." });
  await agent.ask("schedule.create", { when: "매주 월요일 09:00", task: "지난주 매출을 정리해 사장님께 보내기" });
}

async function all(context: BrowserContext, base: string, prefix: string, only?: readonly string[]) {
  const node = house.rack.nodes[2]?.id ?? house.rack.main.id;
  const page = await context.newPage();
  for (const [screen, path] of Object.entries(paths(node))) {
    if (only && !only.includes(screen)) continue;
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.goto(`${base}/#${path}`);
        await page.reload();
        await page.getByRole("heading", { level: 1 }).filter({ visible: true }).waitFor();
        await act(page, screen);
        const parts = [prefix, screen, ...(theme === "dark" ? ["dark"] : []), ...(size === "narrow" ? ["narrow"] : [])];
        await shoot(page, parts.filter((part) => part !== "").join("-"));
      }
    }
  }
  await page.close();
}

async function doors(browser: Browser, base: string) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const theme of ["light", "dark"] as const) {
      const context = await browser.newContext({ locale: "ko-KR", viewport, colorScheme: theme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(base);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await shoot(page, ["signin", ...(theme === "dark" ? ["dark"] : []), ...(size === "narrow" ? ["narrow"] : [])].join("-"));
      await context.close();
    }
  }
}

async function theRest(browser: Browser, korean: BrowserContext, base: string) {
  await letRun(house);
  const english = await enter(browser, "en-US");
  await all(english, base, "en", ["overview"]);
  const page = await korean.newPage();
  await page.setViewportSize(sizes.wide);
  house.ups.say({ status: "OB DISCHRG LB", charge: 14, runtime: 170, load: 26, watts: 228 });
  await page.goto(`${base}/#/power`);
  await page.getByRole("heading", { level: 1, name: "배터리가 거의 없어요" }).waitFor();
  await shoot(page, "power-low");
  await page.goto(`${base}/#/`);
  await shoot(page, "overview-low");
}

mkdirSync(folder, { recursive: true });
house = await startHouse();
const began = performance.now();
const browser = await chromium.launch({
  executablePath: process.env["AOS_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
});
try {
  const base = house.rack.main.loopback;
  const korean = await enter(browser, "ko-KR");
  if (!wanted) await doors(browser, base);
  await workADay();
  await wait(Math.max(0, ageMs - (performance.now() - began)));
  await all(korean, base, "", wanted);
  await house.rack.owner.ask((client) => client.breaker.trip({ reason: "사진을 찍느라 멈췄어요" }));
  await all(korean, base, "stopped", ["breaker", "button", "overview"]);
  if (!wanted) await theRest(browser, korean, base);
} finally {
  await browser.close();
  await house.stop();
}
