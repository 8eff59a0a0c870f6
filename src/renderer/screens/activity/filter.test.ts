import { describe, expect, it } from "vitest";
import { filterOf, startOfDay, type Choice } from "./filter.ts";

const none: Choice = { text: "", period: "all", actor: "", kind: "", tab: "all", act: null };
const now = 1_795_000_000_000;

describe("the filter of the feed", () => {
  it("asks for nothing that was not chosen", () => {
    expect(filterOf(none, now)).toEqual({});
  });
  it("today starts at this screen's midnight, seven days at the sixth before it", () => {
    const midnight = startOfDay(now);
    expect(filterOf({ ...none, period: "today" }, now)).toEqual({ from: midnight });
    expect(filterOf({ ...none, period: "days" }, now)).toEqual({ from: midnight - 6 * 86_400_000 });
    expect(now - midnight).toBeLessThan(25 * 3_600_000);
  });
  it("a tab is a verdict, or an outcome that nobody knows", () => {
    expect(filterOf({ ...none, tab: "deny" }, now)).toEqual({ decision: "deny" });
    expect(filterOf({ ...none, tab: "unknown" }, now)).toEqual({ outcome: "unknown" });
  });
  it("the record of one act is found whatever its day", () => {
    expect(filterOf({ ...none, period: "today", act: "a1" }, now)).toEqual({ act: "a1" });
  });
});
