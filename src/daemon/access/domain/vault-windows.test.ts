import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMatcher, windowsOf, type Salt } from "./vault-windows.ts";

const salt: Salt = { base: 0x9e3779b1, digest: (text) => createHmac("sha256", "test").update(text, "utf16le").digest("base64") };
const matcherOf = (value: string) => createMatcher([windowsOf("shop", value, false, salt)], salt);
const alnum = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
const value = fc
  .array(fc.integer({ min: 0, max: alnum.length - 1 }), { minLength: 12, maxLength: 60 })
  .map((picks) => picks.map((pick) => alnum[pick]).join(""))
  .filter((text) => /\d/.test(text) && new Set(text.toLowerCase()).size > 6);
const around = fc.string({ maxLength: 40 });
const runs = { numRuns: 1000 };

const disguises: Record<string, (value: string) => string> = {
  "as it is": (v) => v,
  reversed: (v) => Array.from(v).toReversed().join(""),
  "in hex": (v) => Buffer.from(v).toString("hex"),
  "in HEX": (v) => Buffer.from(v).toString("hex").toUpperCase(),
  "in base64": (v) => Buffer.from(v).toString("base64"),
  "in base64url": (v) => Buffer.from(v).toString("base64url"),
  "in base64 twice": (v) => Buffer.from(Buffer.from(v).toString("base64")).toString("base64"),
  "in the middle of a longer base64": (v) => Buffer.from(`{"k":"${v}"}`).toString("base64"),
  "percent-encoded": (v) => [...Buffer.from(v)].map((byte) => `%${byte.toString(16)}`).join(""),
  "letter by letter": (v) => Array.from(v).join(" "),
  "with invisible characters": (v) => Array.from(v).join("\u200b"),
  "in another case": (v) => v.toUpperCase(),
  "in full width": (v) =>
    Array.from(v)
      .map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
      .join(""),
  "over several lines": (v) => `${v.slice(0, 5)}\n> ${v.slice(5)}`,
};

test.each(Object.entries(disguises))("a value is known again %s", (_name, disguise) => {
  fc.assert(
    fc.property(value, around, around, (secret, before, after) => {
      const shown = disguise(secret);
      const text = `${before} ${shown} ${after}`;
      const hits = matcherOf(secret).find(text);
      expect(hits.some((hit) => hit.handle === "shop" && hit.whole)).toBe(true);
      for (const { start, end } of hits) expect(start >= 0 && end > start && end <= text.length).toBe(true);
    }),
    runs,
  );
});

test("nothing is found where the value is not", () => {
  fc.assert(
    fc.property(value, fc.string({ maxLength: 400 }), (secret, text) => {
      fc.pre(!text.toLowerCase().includes(secret.toLowerCase().slice(0, 8)));
      expect(matcherOf(secret).find(text)).toEqual([]);
    }),
    runs,
  );
});

test("a piece of a long random value is known, a piece of an address is not", () => {
  const secret = "q8Zr2LmX0vTb7NcW4sYd6KpHf3GaJu1E";
  const [hit] = matcherOf(secret).find(`look: ${secret.slice(3, 25)}...`);
  expect(hit).toMatchObject({ handle: "shop" });
  expect(matcherOf("postgres://shop:pw-91x@db.internal.example.com/orders").find("see https://db.internal.example.com/orders")).toEqual([]);
});

test("a value of words is not found in a sentence with the same letters", () => {
  const matcher = matcherOf("goodmorning");
  expect(matcher.find("Good morning, team")).toEqual([]);
  expect(matcher.find("it is goodmorning")).toHaveLength(1);
  expect(matcher.find("it is g o o d m o r n i n g")).toHaveLength(1);
});

test("a short value counts only where it stands alone", () => {
  const matcher = matcherOf("4821");
  expect(matcher.find("핀은 4821 이에요")).toEqual([{ handle: "shop", start: 3, end: 7, whole: true, canary: false }]);
  expect(matcher.find("주문 1482199")).toEqual([]);
});

test("what is kept of a value does not hold it", () => {
  fc.assert(
    fc.property(value, (secret) => !JSON.stringify(windowsOf("shop", secret, false, salt)).includes(secret)),
    runs,
  );
});

test("64 KB are searched in bounded time, also when the first letters of the value are repeated", () => {
  const secret = "abcdefgh12345678".repeat(4);
  const started = performance.now();
  matcherOf(secret).find("abcdefgh".repeat(8192));
  matcherOf(secret).find(secret.slice(0, 16).repeat(4096));
  expect(performance.now() - started).toBeLessThan(2000);
});
