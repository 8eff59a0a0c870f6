import { expect, it } from "vitest";
import { mayUseNetwork, nothingConfined } from "./capabilities.ts";

it("where nothing confines a tool, it uses the network at levels 1 and 2 only", () => {
  const open = nothingConfined("namespaces-refused");
  expect([1, 2, 3, 4, 5].map((level) => mayUseNetwork(open, level))).toEqual([true, true, false, false, false]);
  for (const network of ["netns", "sandbox-exec"] as const) expect([1, 2, 3, 4, 5].every((level) => mayUseNetwork({ network }, level))).toBe(true);
});

it("a level or a capability that nobody knows is a no", () => {
  for (const level of [0, 6, 1.5, Number.NaN, -1]) expect(mayUseNetwork({ network: "netns" }, level)).toBe(false);
  const garbage: { network: "none" } = JSON.parse('{"network":"maybe"}');
  expect(mayUseNetwork(garbage, 1)).toBe(false);
});
