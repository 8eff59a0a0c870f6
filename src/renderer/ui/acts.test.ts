import { describe, expect, it } from "vitest";
import { en } from "../../words/en.ts";
import { ko } from "../../words/ko.ts";
import { actTitle } from "./acts.tsx";

const money = (amount: number, currency: string) => `${currency} ${amount}`;

describe("an act in words", () => {
  it("is told by its code with its names filled in", () => {
    expect(actTitle({ title: { code: "fetch", params: { host: "example.com" } } }, ko, money)).toBe("example.com에서 읽어 오기");
    expect(actTitle({ title: { code: "pay", params: { to: "A", amount: 48_000, currency: "KRW" } } }, en, money)).toBe("Pay A KRW 48000");
  });
  it("says how many when a message goes to several", () => {
    const params = { to: "A", channel: "mail", count: 3 };
    expect(actTitle({ title: { code: "send", params } }, en, money)).toBe("Send to A and others, 3 in all · mail");
    expect(actTitle({ title: { code: "send", params: { ...params, count: 1 } } }, en, money)).toBe("Send to A · mail");
  });
  it("with a code that this console doesn't know it is told by its tool, then its class, then the code itself", () => {
    const title = { code: "brand-new", params: {} };
    expect(actTitle({ title, tool: "x.y", class: "6" }, en, money)).toBe("Use x.y");
    expect(actTitle({ title, class: "6" }, en, money)).toBe("Spend money");
    expect(actTitle({ title }, en, money)).toBe("brand-new");
  });
  it("never shows a sentence with a hole in it", () => {
    expect(actTitle({ title: { code: "exclude", params: {} }, class: "3" }, en, money)).toBe(en.actionClass["3"]);
    expect(actTitle({ title: { code: "schedule", params: { when: "daily" } }, tool: "schedule.create", class: "11" }, en, money)).toBe(en.actionClass["11"]);
    expect(actTitle({ title: { code: "constructor", params: {} } }, en, money)).toBe("constructor");
  });
});
