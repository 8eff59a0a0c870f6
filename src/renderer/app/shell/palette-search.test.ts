import { describe, expect, it } from "vitest";
import { matching } from "./palette-search.ts";

const entries = [
  { id: "n1", group: "nodes" as const, text: "노드 1", also: "메인 ab2cd" },
  { id: "n2", group: "nodes" as const, text: "노드 2", also: "풀 xyz" },
  { id: "power", group: "screens" as const, text: "전원", also: "power" },
];

describe("finding by words", () => {
  it("puts what is called so before what merely holds the words somewhere", () => {
    expect(matching(entries, "노드 2").map(({ id }) => id)).toEqual(["n2", "n1"]);
  });
  it("keeps the own order of equals, and all of them without a query", () => {
    expect(matching(entries, "노드").map(({ id }) => id)).toEqual(["n1", "n2"]);
    expect(matching(entries, " ").map(({ id }) => id)).toEqual(["n1", "n2", "power"]);
  });
  it("finds by what stands beside the name, whatever the case", () => {
    expect(matching(entries, "POWER").map(({ id }) => id)).toEqual(["power"]);
  });
});
