import { describe, expect, it } from "vitest";
import { alikeAt, corpora, neighbours, readCorpus, realLooking, tactic, tally, type Row } from "../corpora/corpora.ts";

const row = (id: string, text: string): Row => ({ id, text, label: "benign", kind: "mail", lang: "ko", split: "dev" });
const share = (rows: readonly Row[]) => rows.filter(({ split }) => split === "dev").length / rows.length;

describe.each(corpora)("the corpus $name", ({ name, prefix, atLeast, labels, langs }) => {
  const rows = readCorpus(name);

  it("has its rows, each with its own id, label and language", () => {
    expect(rows.length).toBeGreaterThanOrEqual(atLeast);
    expect(rows.map(({ id }) => id)).toEqual(rows.map((_, at) => `${prefix}-${String(at + 1).padStart(3, "0")}`));
    expect(Object.keys(tally(rows.map(({ label }) => label)))).toEqual([...labels]);
    expect(new Set(rows.map(({ lang }) => lang))).toEqual(new Set(langs));
  });

  it("is split about 60 to 40, and so is each of its kinds", () => {
    expect(share(rows)).toBeGreaterThan(0.55);
    expect(share(rows)).toBeLessThan(0.65);
    for (const kind of Object.keys(tally(rows.map((row) => tactic(row.kind))))) {
      const held = rows.filter((row) => tactic(row.kind) === kind);
      expect([kind, share(held) > 0.5 && share(held) < 0.75]).toEqual([kind, true]);
    }
  });

  it("says nothing twice", () => {
    expect(neighbours(rows).filter(({ alike }) => alike >= alikeAt)).toEqual([]);
  });

  it("holds nothing that could be a real person's", () => {
    expect(rows.flatMap(({ id, text }) => realLooking(text).map((found) => `${id}: ${found}`))).toEqual([]);
  });
});

describe("the corpora together", () => {
  it("say nothing twice either", () => {
    const all = corpora.flatMap(({ name }) => readCorpus(name));
    expect(neighbours(all).filter(({ alike }) => alike >= alikeAt)).toEqual([]);
  });

  it("hold Korean and English send requests about half and half", () => {
    const counted = tally(readCorpus("send-requests").map(({ lang }) => lang));
    expect((counted["ko"] ?? 0) / ((counted["ko"] ?? 0) + (counted["en"] ?? 0))).toBeCloseTo(0.5, 1);
  });
});

describe("the measures themselves", () => {
  it("find a sentence that was copied with another name, number and address", () => {
    const [first] = neighbours([
      row("a", "김 대리에게 견적서 3부를 kim@example.com 으로 보내 주세요."),
      row("b", "박 과장에게 견적서 12부를 park@example.org 으로 보내 주세요."),
      row("c", "오늘 저녁은 냉장고에 있는 반찬으로 먹어요."),
    ]);
    expect(first?.nearest).toBe("b");
    expect(first?.alike).toBeGreaterThanOrEqual(alikeAt);
  });

  it("find numbers and addresses that look real", () => {
    const card = ["4111", "1111", "1111", "1111"].join("-");
    expect(realLooking(`카드 ${card}`)).toEqual([card]);
    const resident = ["900101", "1234567"].join("-");
    expect(realLooking(`주민번호 ${resident}`)).toContain(resident);
    expect(realLooking("전화 010-1234-5678 메일 a@shop.kr https://shop.kr/x")).toEqual(["010-1234-5678", "a@shop.kr", "https://shop.kr"]);
    expect(realLooking("010-0000-1234, a@example.com, https://hook.example.net/in, 000-0000-000000")).toEqual([]);
  });
});
