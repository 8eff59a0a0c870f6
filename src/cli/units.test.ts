import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, bytes, parseSpan, show, span } from "./units.ts";

describe("units", () => {
  it.each([
    [0, "0초", "0 s"],
    [240, "0.2초", "0.2 s"],
    [9_999, "9.9초", "9.9 s"],
    [10_000, "10초", "10 s"],
    [65_000, "1분 5초", "1 min 5 s"],
    [3_600_000, "1시간", "1 h"],
    [93_784_000, "1일 2시간", "1 d 2 h"],
  ])("%d ms", (ms, ko, en) => {
    expect([span(ms, "ko"), span(ms, "en")]).toEqual([ko, en]);
    expect([age(ms, "ko"), age(ms, "en")]).toEqual([`${ko} 전`, `${en} ago`]);
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1 kB"],
    [8_400_000_000, "8.4 GB"],
    [5e15, "5,000 TB"],
  ])("%d bytes", (value, text) => {
    expect(bytes(value, "en")).toBe(text);
  });

  it("any length of time has words and never a minus, an empty text or NaN", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e13, noNaN: true }), fc.constantFrom("ko" as const, "en" as const), (ms, language) => {
        expect(span(ms, language)).toMatch(/^\d[\d,.]*( ?\S+)( \d+ ?\S+)?$/u);
      }),
      { numRuns: 1_000 },
    );
  });

  it("unknown is the word, 0 is 0", () => {
    expect(show("unknown", "알 수 없음", String)).toBe("알 수 없음");
    expect(show(undefined, "알 수 없음", String)).toBe("알 수 없음");
    expect(show(0, "알 수 없음", String)).toBe("0");
  });

  it("reads times as people type them and nothing else", () => {
    expect(["90s", "10m", "24h", "7d"].map(parseSpan)).toEqual([90_000, 600_000, 86_400_000, 604_800_000]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseSpan(text);
        expect(ms === undefined || /^\s*\d{1,6}[smhd]\s*$/.test(text)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
