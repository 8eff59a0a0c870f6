import { describe, expect, it } from "vitest";
import { en } from "./en/index.ts";
import { ko } from "./ko/index.ts";

const texts = (value: unknown, path = ""): [string, string][] =>
  typeof value === "string" ? [[path, value]] : Object.entries(value as Record<string, unknown>).flatMap(([key, child]) => texts(child, `${path}/${key}`));
const parameters = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").toSorted();

describe("text of the screens", () => {
  it("has the same keys in ko and en", () => {
    expect(
      texts(en)
        .map(([path]) => path)
        .toSorted(),
    ).toEqual(
      texts(ko)
        .map(([path]) => path)
        .toSorted(),
    );
  });

  it("takes the same parameters in ko and en", () => {
    const english = new Map(texts(en));
    expect(texts(ko).filter(([path, text]) => parameters(english.get(path) ?? "").join() !== parameters(text).join())).toEqual([]);
  });

  it("has no empty text and no exclamation mark", () => {
    expect([...texts(ko), ...texts(en)].filter(([, text]) => text.trim() === "" || /[!！]/.test(text))).toEqual([]);
  });
});
