import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, type Json } from "./canonical.ts";

const json = fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" }).map((value) => value as Json);
/** The same value with the keys of every object in another order. */
const shuffled = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, shuffled(item)]),
  );
};

describe("canonical JSON", () => {
  it("is JSON that says the same", () => {
    fc.assert(
      fc.property(json, (value) => {
        // -0 is 0 in JSON.
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 2000 },
    );
  });

  it("doesn't depend on the order in which keys were written", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonical(shuffled(value))).toBe(canonical(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same after a trip through JSON", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonical(JSON.parse(canonical(value)) as Json)).toBe(canonical(value));
      }),
      { numRuns: 1000 },
    );
  });

  it("tells different values apart, and only those", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const normal = (value: Json) => JSON.parse(JSON.stringify(value)) as Json;
        expect(canonical(a) === canonical(b)).toBe(isDeepStrictEqual(normal(a), normal(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it("writes the example of RFC 8785", () => {
    const example = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonical(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 units, as RFC 8785 shows", () => {
    const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(Object.values(JSON.parse(canonical(keys)) as object)).toHaveLength(7);
    expect(canonical(keys).match(/:\d/g)?.join("")).toBe(":2:4:6:7:1:5:3");
  });

  it("keeps a key named __proto__", () => {
    expect(canonical(JSON.parse('{"__proto__":{"a":1},"b":2}') as Json)).toBe('{"__proto__":{"a":1},"b":2}');
  });

  it.each([
    ["undefined in an object", { a: undefined }],
    ["a hole in a list", Object.assign([1], { length: 2 })],
    ["NaN", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a lone surrogate", "a\ud800b"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(2)],
    ["a big integer", 1n],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a symbol as key", { [Symbol("a")]: 1 }],
    [
      "a getter",
      {
        get a() {
          return 1;
        },
      },
    ],
  ])("refuses %s", (_, value) => {
    expect(() => canonical(value as Json)).toThrow(TypeError);
  });

  it("refuses a cycle and doesn't overflow the stack", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => canonical(cycle as Json)).toThrow("too deep");
  });
});
