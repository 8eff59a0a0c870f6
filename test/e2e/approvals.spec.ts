import { approval, approvalsView } from "../../src/contract/breaker.ts";
import { audit } from "./support/audit.ts";
import { letRun, startAgent } from "./support/breaker.ts";
import { expect, test } from "./support/fixtures.ts";
import type { House } from "./support/house.ts";
import { screens } from "./support/screens.ts";
import { languages } from "./support/words.ts";

/** An approval as the CLI shows it, in another process. */
const shown = (house: House, id: string) => house.cli.json(approval, "approvals", "show", id);
const liveMs = 5 * 60_000;

for (const language of languages) {
  test.describe(`approvals ${language}`, () => {
    test("what an agent asks shows its exact text; approved and denied, the CLI and the gate agree", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const { page, tongue, go, complaints } = await sit({ language });
      const { text } = tongue;
      const message = (words: string) => ({ channel: "kakao", to: `${words}-${language}`, text: `${words} ${language}` });
      const ask = (words: string) => agent.ask("dm.reply", message(words));

      const first = await ask("hello");
      await go(`/approvals/${first}`);
      await expect(page.getByTestId("payload")).toHaveText(`hello ${language}`);
      await page
        .getByRole("button", { name: text.approvals.approve["5a"] })
        .or(page.getByRole("button", { name: text.approvals.approve["5b"] }))
        .click();
      await expect.poll(async () => (await shown(house, first)).state).toBe("approved");
      // One letter more than was approved.
      expect((await agent.act("dm.reply", { ...message("hello"), text: `hello ${language}!` }, { approval: first })).decision).toBe("deny");
      expect((await agent.act("dm.reply", message("hello"), { approval: first })).decision).toMatch(/^(allow|notify)$/);
      expect((await agent.act("dm.reply", message("hello"), { approval: first })).decision).toBe("deny");
      expect((await shown(house, first)).state).toBe("used");
      await go(`/approvals/${first}`);
      await expect(page.locator("main")).toContainText(text.approvals.over.used);

      const second = await ask("again");
      await go(`/approvals/${second}`);
      await page.getByRole("button", { name: text.approvals.deny, exact: true }).click();
      await expect.poll(async () => (await shown(house, second)).state).toBe("denied");
      expect((await agent.act("dm.reply", message("again"), { approval: second })).decision).toBe("deny");
      expect((await house.cli.json(approvalsView, "approvals")).waiting.map(({ id }) => id)).not.toContain(second);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("what always may go is a grant in the list, goes unasked, and is asked again once it was taken back", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const { page, tongue, go, complaints } = await sit({ language });
      const { text, say } = tongue;
      const message = (words: string) => ({ channel: "kakao", to: `han-${language}`, text: words });
      // A grant is for one class of acts: whoever was written to once is no longer somebody new.
      const hello = await agent.ask("dm.reply", message(`we have your order ${language}`));
      const { hash } = await shown(house, hello);
      await house.rack.owner.ask((client) => client.breaker.approvals.decide({ items: [{ id: hello, hash }], answer: "approve" }));
      const id = await agent.ask("dm.reply", message(`the order is ready ${language}`));
      const { grant } = await shown(house, id);
      const value = grant?.value ?? "no grant is offered";
      await go(`/approvals/${id}`);
      await page.getByRole("button", { name: say(text.approvals.always.recipient, { value }), exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: text.approvals.alwaysDo }).click();
      await expect.poll(async () => (await house.cli.json(approvalsView, "approvals")).grants.map((one) => one.value)).toContain(value);
      expect(await agent.act("dm.reply", message(`come by before seven ${language}`))).toMatchObject({ decision: "notify", reason: "granted" });
      await go("/approvals");
      await page.getByRole("button", { name: say(text.approvals.revokeThing, { value }), exact: true }).click();
      await expect.poll(async () => (await house.cli.json(approvalsView, "approvals")).grants.map((one) => one.value)).not.toContain(value);
      const again = await agent.ask("dm.reply", message(`we close at eight ${language}`));
      await house.cli.json(approvalsView, "approvals", "deny", again);
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("what nobody answers for five minutes is denied on the screen, in the CLI and at the gate", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house, { rehearsal: true });
      const { page, tongue, go, complaints } = await sit({ language });
      const { text } = tongue;
      const message = { channel: "kakao", to: `choi-${language}`, text: `nobody reads this ${language}` };
      // The rehearsal's time begins here, and goes on from its last instant.
      const id = await agent.ask("dm.reply", message, { at: new Date().toISOString() });
      await go(`/approvals/${id}`);
      const deny = page.getByRole("button", { name: text.approvals.deny, exact: true });
      await expect(deny).toBeVisible();
      const { askedAt } = await shown(house, id);
      await agent.act("fs.read", { path: "README.md" }, { at: new Date(askedAt + liveMs + 1000).toISOString() });
      await expect(page.locator("main")).toContainText(text.approvals.over.expired);
      await expect(deny).toHaveCount(0);
      expect((await shown(house, id)).state).toBe("expired");
      expect((await agent.act("dm.reply", message, { approval: id })).decision).toBe("deny");
      expect(complaints).toEqual({ consoleErrors: [], cspReports: [] });
    });

    test("a new one is announced, and stands in the rail", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const { page, tongue, go } = await sit({ language });
      // What stood there when the page opened is no news: the page has to know the queue first.
      await go("/breaker");
      await screens.breaker.shows(page, tongue, house, 10_000);
      const id = await agent.ask("dm.reply", { channel: "kakao", to: `lee-${language}`, text: `news of the week ${language}` });
      await expect(page.getByTestId("said-approval")).not.toBeEmpty();
      await expect(page.getByRole("link", { name: new RegExp(`^${tongue.text.shell.approvals}`) }).first()).toContainText(/\d/);
      await house.cli.json(approvalsView, "approvals", "deny", id);
    });

    test("is accessible, and its keyboard path is whole", async ({ house, sit }) => {
      await letRun(house);
      const agent = await startAgent(house);
      const id = await agent.ask("dm.reply", { channel: "kakao", to: `park-${language}`, text: `to be looked at ${language}` });
      const { page, tongue, go, complaints } = await sit({ language });
      await go(`/approvals/${id}`);
      await screens.approvals.shows(page, tongue, house, 10_000);
      await audit(page, "approvals", language, complaints);
      await house.cli.json(approvalsView, "approvals", "deny", id);
    });
  });
}
