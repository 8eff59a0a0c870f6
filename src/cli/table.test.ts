import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clean, table } from "./table.ts";

/** Cells on a terminal: Hangul and its like take two. */
const width = (text: string) => Array.from(text).reduce((sum, character) => sum + (/[\u1100-\u115f\u3000-\u303e\u3131-\uff60]/.test(character) ? 2 : 1), 0);

describe("table", () => {
  it("columns line up whatever mix of Hangul and Latin stands in them", () => {
    const cell = fc.stringMatching(/^[가-힣a-z0-9]{1,12}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
        const lines = table(["이름", "STATE"], rows).split("\n").slice(1);
        const starts = lines.map((line, at) => width(line.slice(0, line.lastIndexOf(rows[at]?.[1] ?? ""))));
        expect(new Set(starts).size).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });

  it("clean leaves no control character, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(Array.from(clean(text)).some((character) => character < " " || (character >= "\u007F" && character <= "\u009F"))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(clean("a\u001B[2Jb\r\n\u202Ec")).toBe("a[2Jbc");
  });
});
