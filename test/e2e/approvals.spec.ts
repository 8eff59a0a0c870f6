import { approval, approvalsView } from "../../src/contract/breaker.ts";
import { audit } from "./support/audit.ts";
import { letRun, startAgent } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

for (const language of languages) {
  test.describe(`approvals ${language}`, () => {
    test("what an agent asks shows its exact text; approved, denied and always allowed, the CLI agrees", async ({ house, sit }) => {
      test.setTimeout(120_000);
      await letRun(house);
      const agent = await startAgent(house);
      const { page, tongue, go, complaints } = await sit({ language });
      const { text } = tongue;
      const ask = async (words: string) => {
        const { approval: id, decision } = await agent.act("dm.reply", { channel: "kakao", to: "kim", text: words });
        expect(decision).toBe("ask");
        return id ?? "";
      };
      const state = async (id: string) => (await house.cli.json(approval, "approvals", "show", id)).state;

      const first = await ask(`hello ${language}`);
      await go(`/approvals/${first}`);
      await expect(page.getByTestId("payload")).toHaveText(`hello ${language}`);
      await page
        .getByRole("button", { name: text.approvals.approve["5a"] })
        .or(page.getByRole("button", { name: text.approvals.approve["5b"] }))
        .click();
      await expect.poll(() => state(first)).toMatch(/approved|used/);

      const second = await ask(`again ${language}`);
      await go(`/approvals/${second}`);
      await page.getByRole("button", { name: text.approvals.deny, exact: true }).click();
      await expect.poll(() => state(second)).toBe("denied");
      expect((await house.cli.json(approvalsView, "approvals")).waiting.map(({ id }) => id)).not.toContain(second);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("a new one is announced, and stands in the rail", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const { page, tongue } = await sit({ language });
      const { approval: id } = await agent.act("dm.reply", { channel: "kakao", to: "lee", text: `news ${language}` });
      await expect(page.getByTestId("said-approval")).not.toBeEmpty();
      await expect(page.getByRole("link", { name: new RegExp(`^${tongue.text.shell.approvals}`) }).first()).toContainText(/\d/);
      await house.cli.json(approvalsView, "approvals", "deny", id ?? "");
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const { approval: id } = await agent.act("dm.reply", { channel: "kakao", to: "park", text: "audit" });
      const { page, tongue, go, complaints } = await sit({ language });
      await go(`/approvals/${id ?? ""}`);
      await screens.approvals.shows(page, tongue, house, 10_000);
      await audit(page, "approvals", language, complaints);
      await house.cli.json(approvalsView, "approvals", "deny", id ?? "");
    });
  });
}
