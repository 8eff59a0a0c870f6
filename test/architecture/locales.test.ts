import { describe, expect, it } from "vitest";
import { faultCodes } from "../../src/contract/faults.ts";
import { cliFaultCodes } from "../../src/cli/refusal.ts";
import { en as cliEn } from "../../src/cli/locales/en.ts";
import { ko as cliKo } from "../../src/cli/locales/ko.ts";
import { words } from "../../src/words/index.ts";
import { repositoryFiles } from "./sources.ts";

/** Paths of all texts. Plural forms differ between languages, so their endings don't count. */
function keys(value: unknown, path = ""): string[] {
  if (typeof value === "string") return [path.replace(/_(zero|one|two|few|many|other)$/, "")];
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.entries(value).flatMap(([key, child]) => keys(child, `${path}/${key}`)))].toSorted();
}

/** Texts by key path, plural forms apart. */
function texts(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => texts(child, `${path}/${key}`));
}

const blanks = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name = ""]) => name).toSorted();

describe("locales", () => {
  it("the CLI says the same things in both languages, with the same blanks", () => {
    expect(keys(cliEn)).toEqual(keys(cliKo));
    const english = new Map(texts(cliEn));
    for (const [path, korean] of texts(cliKo)) expect(blanks(english.get(path) ?? ""), path).toEqual(blanks(korean));
  });

  it("the shared words are the same in both languages", () => {
    expect(keys(words.en)).toEqual(keys(words.ko));
  });

  it("the console says the same things in both languages", async () => {
    const korean = repositoryFiles().filter((file) => /^src\/renderer\/locales\/ko(\/.*)?\.ts$/.test(file));
    expect(korean.length).toBeGreaterThan(0);
    for (const file of korean) {
      const load = async (language: string) => {
        const loaded: Record<string, unknown> = await import(/* @vite-ignore */ `../../${file.replace("/locales/ko", `/locales/${language}`)}`);
        // The export may be named after its language.
        return keys(Object.values(loaded).filter((value) => typeof value === "object"));
      };
      const found = await load("ko");
      expect(found.length, file).toBeGreaterThan(0);
      expect(await load("en"), file).toEqual(found);
    }
  });

  it.each(["ko", "en"] as const)("each fault has a title, a meaning and what to do in %s", (language) => {
    for (const code of faultCodes) {
      const said = words[language].faults[code];
      expect(
        [said.title, said.meaning, said.todo].every((line) => line.length > 0),
        code,
      ).toBe(true);
    }
    const own = language === "ko" ? cliKo : cliEn;
    expect(Object.keys(own.fault).toSorted()).toEqual([...cliFaultCodes].toSorted());
  });
});
