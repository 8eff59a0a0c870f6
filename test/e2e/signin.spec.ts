import { breakerView } from "../../src/contract/breaker.ts";
import { audit } from "./support/audit.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { openWindow } from "./support/window.ts";
import { startLodger } from "./support/house.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`sign-in ${language}`, () => {
    test("a one-time link lets one browser in, and no second one", async ({ house, sit }) => {
      const link = await house.link();
      const first = await sit({ language, link });
      await expect(first.page.locator("main svg.rack")).toBeVisible();
      // What is not known to the address bar's history can't be found there later.
      expect(first.page.url()).not.toContain("token");
      const second = await sit({ language, link });
      await expect(second.page.locator("main").getByRole("alert")).toContainText(second.tongue.words.faults["access.link-invalid"].title);
      await expect(second.page.getByLabel(second.tongue.text.signin.code)).toBeVisible();
      expect(first.complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("the code of a new aosd makes its first owner, and shows the recovery key once", async ({ sit }) => {
      const lodger = await startLodger(["--discovery", "off", "--name", "첫 컴퓨터"]);
      try {
        const { page, tongue, complaints } = await sit({ language, link: null, at: lodger.aosd.loopback });
        const { text } = tongue;
        await expect(page.getByText(text.signin.unclaimed)).toBeVisible();
        const { window } = await lodger.cli.json(shapes.window, "pair", "code");
        await page.getByLabel(text.signin.deviceName).fill("계산대");
        await page.getByLabel(text.signin.code).pressSequentially(window.code ?? "");
        await page.getByRole("button", { name: text.signin.enter, exact: true }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.connect.recoveryTitle);
        await page.getByRole("button", { name: text.connect.recoveryDone }).click();
        await expect(page.locator("main svg.rack")).toBeVisible();
        const { devices } = await lodger.cli.json(shapes.devices, "devices");
        expect(devices).toContainEqual(expect.objectContaining({ name: "계산대", state: "admitted", role: "owner" }));
        // Nothing runs on a new rack until a person starts it.
        await expect(page.getByTestId("status")).toHaveText(text.breaker.said.boot);
        expect(await lodger.cli.json(breakerView, "breaker")).toMatchObject({ state: "stopped", cause: "boot" });
        expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
      } finally {
        await lodger.stop();
      }
    });

    test("a wrong code says how many tries are left", async ({ sit }) => {
      const lodger = await startLodger(["--discovery", "off", "--name", "첫 컴퓨터"]);
      try {
        const { page, tongue } = await sit({ language, link: null, at: lodger.aosd.loopback });
        const { text, words, say } = tongue;
        const { window } = await lodger.cli.json(shapes.window, "pair", "code");
        const wrong = `${window.code?.slice(0, 7)}${(Number(window.code?.at(7)) + 1) % 10}`;
        await page.getByLabel(text.signin.code).fill(wrong);
        await page.getByRole("button", { name: text.signin.enter, exact: true }).click();
        await expect(page.locator("main").getByRole("alert")).toContainText(say(words.faults["access.code-wrong"].meaning, { triesLeft: 4 }));
        await expect(page.getByLabel(text.signin.code)).toHaveAttribute("aria-invalid", "true");
        expect((await lodger.cli.json(shapes.window, "pair", "code")).window.triesLeft).toBe(4);
      } finally {
        await lodger.stop();
      }
    });

    test("the code of a rack that has an owner waits until the owner lets the device in", async ({ house, sit }) => {
      const owner = await sit({ language });
      const { text, words } = owner.tongue;
      const name = `새 태블릿 ${language}`;
      await owner.go("/settings");
      await openWindow(owner.page, owner.tongue);
      const code = (await owner.page.getByTestId("pairing-code").locator(".select-all").textContent()) ?? "";
      const guest = await sit({ language, link: null });
      await guest.page.getByLabel(text.signin.deviceName).fill(name);
      await guest.page.getByLabel(text.signin.code).fill(code);
      await guest.page.getByRole("button", { name: text.signin.enter, exact: true }).click();
      await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText(text.signin.waiting);
      // It is the daemon that remembers: a reload does not ask for the code again.
      await guest.page.reload();
      await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText(text.signin.waiting);
      expect((await house.cli.json(shapes.devices, "devices")).devices).toContainEqual(expect.objectContaining({ name, state: "waiting" }));
      await owner.page.getByRole("button", { name: `${text.settings.admit}: ${name}` }).click({ timeout: 10_000 });
      await owner.page.getByRole("dialog").getByRole("radio", { name: words.personRole.viewer }).check();
      await owner.page.getByRole("dialog").getByRole("button", { name: text.settings.admit }).click();
      await expect(guest.page.locator("main svg.rack")).toBeVisible({ timeout: 10_000 });
      expect((await house.cli.json(shapes.devices, "devices")).devices).toContainEqual(expect.objectContaining({ name, state: "admitted", role: "viewer" }));
      expect([...guest.complaints.consoleErrors, ...guest.complaints.cspReports]).toEqual([]);
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, complaints } = await sit({ language, link: null });
      await screens.signin.shows(page, tongue, house, 10_000);
      await audit(page, "signin", language, complaints);
    });
  });
}
