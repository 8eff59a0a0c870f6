import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { audit } from "./support/audit.ts";
import { shapes } from "./support/cli.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens } from "./support/screens.ts";
import { openWindow } from "./support/window.ts";
import { languages, tongues } from "./support/words.ts";

const bundle = z.object({ files: z.array(z.object({ name: z.string(), text: z.string() })) });

for (const language of languages) {
  test.describe(`settings ${language}`, () => {
    test("language and theme change at once and are kept", async ({ sit }) => {
      const { page, tongue, go } = await sit({ language });
      const other = language === "ko" ? "en" : "ko";
      await go("/settings");
      await page.getByRole("radio", { name: other === "en" ? "English" : "한국어" }).click();
      await expect(page.locator("html")).toHaveAttribute("lang", other);
      await expect(page.getByRole("link", { name: tongues[other].text.shell.power })).toBeVisible();
      await page.getByRole("radio", { name: tongues[other].text.settings.dark }).check();
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      await page.reload();
      await expect(page.getByRole("heading", { name: tongues[other].text.settings.people })).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("lang", other);
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      expect(tongue.language).toBe(language);
    });

    test("an invited person enters as that role, is given another, and is out within 3 s of being disconnected", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      const { text, words, say } = tongue;
      const name = `김보기 ${language}`;
      await go("/settings");
      await page.getByRole("button", { name: text.settings.invite }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox", { name: text.settings.inviteName }).fill(name);
      await dialog.getByRole("radio", { name: words.personRole.viewer }).check();
      await dialog.getByRole("button", { name: text.settings.inviteDo }).click();
      const link = (await dialog.locator(".mono .select-all").textContent()) ?? "";
      expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#\/enter\?token=/);
      await dialog.getByRole("button", { name: text.settings.done }).click();

      const guest = await sit({ language, link, at: new URL(link).origin });
      await guest.go("/settings");
      await expect(guest.page.getByText(text.ui.needsOwner).first()).toBeVisible();
      // It looks and says that it can't be pressed; a press all the same does nothing.
      await guest.page.getByRole("button", { name: text.settings.invite }).click({ force: true });
      await expect(guest.page.getByRole("dialog")).toHaveCount(0);
      expect((await house.cli.json(shapes.people, "people")).people.find((person) => person.name === name)?.role).toBe("viewer");

      await page
        .getByRole("button", { name: `${text.settings.edit}: ${name}` })
        .first()
        .click();
      await page.getByRole("dialog").getByRole("radio", { name: words.personRole.operator }).check();
      await page.getByRole("dialog").getByRole("textbox", { name: text.settings.inviteName }).fill(`${name} 2`);
      await page.getByRole("dialog").getByRole("button", { name: text.ui.save }).click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
      expect((await house.cli.json(shapes.people, "people")).people).toContainEqual(expect.objectContaining({ name: `${name} 2`, role: "operator" }));

      const row = page.getByRole("row").filter({ hasText: `${name} 2` });
      await row.getByRole("button", { name: new RegExp(`^${text.settings.revoke}`) }).click();
      await page.getByRole("dialog").getByRole("button", { name: text.settings.revoke }).click();
      const began = performance.now();
      await expect(guest.page.getByLabel(text.signin.code)).toBeVisible({ timeout: 6000 });
      const outMs = performance.now() - began;
      console.log(`revoked device out after ${Math.round(outMs)} ms`);
      expect(outMs).toBeLessThanOrEqual(3000);
      await expect(guest.page.getByTestId("status")).toHaveText(text.shell.link["signed-out"]);
      await expect(row).toContainText(text.settings.noDevice);
      await row.getByRole("button", { name: new RegExp(`^${text.settings.removePerson}`) }).click();
      await page.getByRole("dialog").getByRole("button", { name: text.settings.removePerson }).click();
      await expect(row).toHaveCount(0);
      expect((await house.cli.json(shapes.people, "people")).people.map((person) => person.name)).not.toContain(`${name} 2`);
      expect(say(text.settings.left, { duration: "" })).not.toContain("{{");
      expect([...complaints.consoleErrors, ...complaints.cspReports, ...guest.complaints.cspReports]).toEqual([]);
    });

    test("the rack's name is the CLI's", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text } = tongue;
      await go("/settings");
      for (const name of [`우리꽃집 ${language}`, "데모 랙"]) {
        await page.getByLabel(text.settings.rackName).fill(name);
        await page.locator("main form").getByRole("button", { name: text.ui.save }).click();
        await expect(page).toHaveTitle(tongue.say(text.shell.title, { screen: text.shell.settings, rack: name }));
        expect((await house.cli.json(shapes.status, "status")).name).toBe(name);
      }
    });

    test("the certificate to trust is the one that openssl reads", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      await go("/settings");
      const pem = await (await fetch(`${house.rack.main.loopback}/trust/ca.crt`)).text();
      const said = execFileSync("openssl", ["x509", "-noout", "-fingerprint", "-sha256"], { input: pem, encoding: "utf8" });
      const fingerprint = said.trim().split("=")[1] ?? "";
      expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      await expect(page.getByRole("region", { name: tongue.text.settings.trust })).toContainText(fingerprint);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: tongue.text.settings.trustDownload }).click()]);
      expect(readFileSync(await download.path(), "utf8")).toBe(pem);
    });

    test("the pairing window opens with a code, and closes; the CLI says the same", async ({ house, sit }) => {
      const { page, tongue, go } = await sit({ language });
      const { text, words } = tongue;
      await go("/settings");
      const section = page.getByRole("region", { name: text.settings.window });
      await openWindow(page, tongue);
      const { window } = await house.cli.json(shapes.window, "pair", "code");
      expect(window.state).toBe("open");
      await expect(section).toContainText(`${window.code?.slice(0, 4)} ${window.code?.slice(4)}`);
      await section.getByRole("button", { name: text.settings.windowClose }).click();
      await expect(section).toContainText(words.pairing.closed);
      expect((await house.cli.json(shapes.window, "pair", "code")).window.state).toBe("closed");
    });

    test("the checks are the CLI's, and the support bundle holds the same files without secrets", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      const { text, words } = tongue;
      await go("/settings");
      const { checks } = await house.cli.json(shapes.doctor, "doctor");
      const rows = page.getByRole("region", { name: text.settings.doctor }).getByRole("listitem");
      await expect(rows).toHaveCount(checks.length);
      for (const [index, check] of checks.entries())
        await expect(rows.nth(index)).toContainText(check.ok === "unknown" ? words.unknown : text.settings.checkIs[check.ok]);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: text.settings.bundle }).click()]);
      expect(download.suggestedFilename()).toBe("aos-support.json");
      const { files } = bundle.parse(JSON.parse(readFileSync(await download.path(), "utf8")));
      expect(files.map((file) => file.name)).toEqual(expect.arrayContaining(["version.json", "config.json", "checks.json", "rack.json"]));
      expect(JSON.stringify(files)).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      const { page, tongue, go, complaints } = await sit({ language });
      await go("/settings");
      await screens.settings.shows(page, tongue, house, 10_000);
      await audit(page, "settings", language, complaints);
    });
  });
}
