import type { Page } from "@playwright/test";
import { audit } from "./support/audit.ts";
import { letRun, standing } from "./support/breaker.ts";
import { shapes } from "./support/cli.ts";
import { expect, test, type Seat } from "./support/fixtures.ts";
import { mains, type Standing } from "./support/nut.ts";
import { screens } from "./support/screens.ts";
import { languages, like } from "./support/words.ts";

const withinMs = 3000;

/** Milliseconds from now until a page's first heading says it. */
async function untilHeading(page: Page, name: string, timeout: number): Promise<number> {
  const began = performance.now();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor({ timeout });
  return performance.now() - began;
}

for (const language of languages) {
  test.describe(`power ${language}`, () => {
    test("shows what the CLI says of the UPS", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      const { words } = tongue;
      await go("/power");
      await screens.power.shows(page, tongue, house, 10_000);
      const { ups } = await house.cli.json(shapes.ups, "ups");
      expect(ups).toMatchObject({ state: "on-line", status: ["OL"], chargePercent: 100, runtimeSeconds: 1620 });
      const facts = page.locator("main dl").first();
      await expect(facts).toContainText(words.upsState["on-line"]);
      await expect(facts).toContainText(`${ups.chargePercent}%`);
      await expect(facts).toContainText(`${ups.loadPercent}%`);
      await expect(facts).toContainText(`${ups.powerW} W`);
      await expect(facts).toContainText(language === "ko" ? "27분" : "27min");
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("a changed threshold is in the CLI's plan and in the picture; a wrong one is not taken", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text } = tongue;
      await go("/power");
      const field = page.getByLabel(text.power.llmAfter);
      const wanted = language === "ko" ? 150 : 180;
      await field.fill("-1");
      await page.getByRole("button", { name: text.ui.save }).click();
      expect(await field.evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow)).toBe(true);
      expect((await house.cli.json(shapes.plan, "plan")).settings.llmAfterSeconds).not.toBe(-1);
      await field.fill(String(wanted));
      await page.getByRole("button", { name: text.ui.save }).click();
      await expect(page.getByText(text.ui.saved)).toBeVisible();
      expect((await house.cli.json(shapes.plan, "plan")).settings.llmAfterSeconds).toBe(wanted);
      await page.getByRole("button", { name: text.ui.tableView }).click();
      const table = page.getByRole("region", { name: tongue.say(text.ui.tableOf, { name: text.power.plan }) }).getByRole("table");
      await expect(table).toContainText(language === "ko" ? (wanted === 150 ? "2분 30초" : "3분") : wanted === 150 ? "2 min 30 s" : "3 min");
      const { steps } = await house.cli.json(shapes.plan, "plan");
      await expect(table.getByRole("row")).toHaveCount(steps.length + 1);
    });

    test("quiescing instead of powering off is one press, and back", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text } = tongue;
      await go("/power");
      await page.getByRole("button", { name: text.power.toQuiesce }).click();
      await expect(page.getByText(text.power.macDone)).toBeVisible();
      expect((await house.cli.json(shapes.plan, "plan")).settings.onShutdown).toBe("quiesce");
      await page.getByRole("button", { name: text.power.toPowerOff }).click();
      await expect(page.getByText(text.power.mac, { exact: true })).toBeVisible();
      expect((await house.cli.json(shapes.plan, "plan")).settings.onShutdown).toBe("power-off");
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/power");
      await screens.power.shows(page, tongue, house, 10_000);
      await audit(page, "power", language, complaints);
    });
  });
}

test.describe("a power cut", () => {
  test.afterEach(async ({ house }) => {
    await house.ups.restore(mains);
    await expect.poll(async () => (await house.cli.json(shapes.ups, "ups")).ups.state).toBe("on-line");
  });

  test("each line of the .seq file is on both screens within 3 s, and the low battery of a UPS that vanished after 15 s", async ({ house, sit }) => {
    test.setTimeout(90_000);
    await letRun(house);
    const seats: Seat[] = [];
    for (const language of languages) {
      const seat = await sit({ language });
      await seat.go("/power");
      seats.push(seat);
    }
    const took: Record<string, number> = {};
    const scenes: readonly [string, Standing, "battery" | "low"][] = [
      ["OB", { status: "OB DISCHRG", charge: 82, runtime: 1290 }, "battery"],
      ["OB LB", { status: "OB DISCHRG LB", charge: 14, runtime: 170 }, "low"],
    ];
    for (const [name, standing, title] of scenes) {
      house.ups.say(standing);
      const times = await Promise.all(seats.map(({ page, tongue }) => untilHeading(page, tongue.text.power.title[title], 2 * withinMs)));
      took[name] = Math.max(...times);
      for (const { page } of seats) await expect(page.locator("main dl").first()).toContainText(`${standing.charge}%`);
    }
    // An empty battery stops the rack: of all that is true this comes first.
    for (const { page, tongue } of seats) await expect(page.getByTestId("status")).toHaveText(like(tongue.text.breaker.said["low-battery"]));
    expect(await standing(house)).toMatchObject({ state: "stopped", cause: "low-battery" });
    expect((await house.cli.json(shapes.ups, "ups")).ups).toMatchObject({ state: "low-battery", lowBatteryBecause: "flag" });

    house.ups.say({ status: "OL CHRG", charge: 22, runtime: 330 });
    const began = performance.now();
    await Promise.all(
      seats.map(({ page, tongue }) => expect(page.locator("main dl").first()).toContainText(tongue.words.upsState["on-line"], { timeout: 2 * withinMs })),
    );
    took["OL"] = performance.now() - began;

    house.ups.say({ status: "OB DISCHRG", charge: 80, runtime: 1200 });
    await Promise.all(seats.map(({ page, tongue }) => untilHeading(page, tongue.text.power.title.battery, 2 * withinMs)));
    await house.ups.vanish();
    const gone = performance.now();
    await Promise.all(seats.map(({ page, tongue }) => untilHeading(page, tongue.text.power.title.unreachable, 8000)));
    took["unreachable"] = performance.now() - gone;
    await Promise.all(seats.map(({ page, tongue }) => untilHeading(page, tongue.text.power.title.low, 20_000)));
    took["vanished on battery"] = performance.now() - gone;
    for (const { page, tongue } of seats) await expect(page.getByText(tongue.words.lowBatteryBecause["vanished-on-battery"])).toBeVisible();
    expect((await house.cli.json(shapes.ups, "ups")).ups.lowBatteryBecause).toBe("vanished-on-battery");
    test.info().annotations.push({ type: "ms", description: JSON.stringify(took) });
    console.log(`power ms ${JSON.stringify(Object.fromEntries(Object.entries(took).map(([name, ms]) => [name, Math.round(ms)])))}`);
    for (const name of ["OB", "OB LB", "OL"]) expect(took[name], name).toBeLessThanOrEqual(withinMs);
    expect(took["vanished on battery"]).toBeGreaterThan(13_000);
    expect(took["vanished on battery"]).toBeLessThan(19_000);
    for (const { complaints } of seats) expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
  });

  test("its alert is muted and told again on one screen, acknowledged on the other", async ({ house, sit }) => {
    const ko = await sit({ language: "ko" });
    const en = await sit({ language: "en" });
    await ko.go("/");
    await en.go("/");
    const on = ({ tongue: { text, words, say } }: Seat) => {
      const title = words.alert["on-battery"].title;
      return {
        quiet: text.overview.quiet,
        title,
        mute: say(text.overview.muteThing, { title }),
        unmute: say(text.overview.unmuteThing, { title }),
        acknowledge: say(text.overview.acknowledgeThing, { title }),
      };
    };
    const cli = async () => (await house.cli.json(shapes.status, "status")).alerts.find((alert) => alert.code === "on-battery");
    // Whatever an earlier cut left behind is over first: an alert is told once for one cause.
    await expect.poll(cli, { timeout: 30_000 }).toBeUndefined();
    await letRun(house);
    house.ups.say({ status: "OB DISCHRG", charge: 80, runtime: 1200 });
    await ko.page.getByRole("button", { name: on(ko).mute }).click({ timeout: 20_000 });
    for (const seat of [ko, en]) await expect(seat.page.getByRole("list", { name: on(seat).quiet })).toContainText(on(seat).title);
    expect((await cli())?.mutedForMs).toBeGreaterThan(3_500_000);
    await ko.page.getByRole("button", { name: on(ko).unmute }).click();
    await en.page.getByRole("button", { name: on(en).acknowledge }).click();
    await expect(en.page.getByText(en.tongue.text.overview.seen, { exact: true })).toBeVisible();
    await expect(ko.page.getByText(ko.tongue.text.overview.seen, { exact: true })).toBeVisible();
    expect(await cli()).toMatchObject({ acknowledged: true, mutedForMs: null });
    for (const { page, tongue } of [ko, en]) await expect(page.getByTestId("status")).toHaveText(tongue.words.sentence["on-battery"]);
  });
});
