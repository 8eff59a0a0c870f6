import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionClasses, decisions, levels, type ActionClass, type Decision, type Level } from "../../../../contract/breaker.ts";
import { decide } from "./decide.ts";
import { actOf, policyOf, running, runs } from "./fake-events.ts";
import { changedCells, decideCell, matrix, sensitivityAt } from "./matrix.ts";
import { situationOf } from "./act.ts";
import type { Facts, Part } from "./types.ts";

/** The table of the specification, written out a second time. N? is N within the condition; what follows the slash holds without it. */
const table: Record<ActionClass, string> = {
  "1": "P A A A A",
  "1b": "P P P N N",
  "2": "P P A A A",
  "3": "P P P P N/P",
  "4": "P A A A A",
  "5a": "P P P N A",
  "5b": "P P P P N/P",
  "6": "D P! P! P! N/P!",
  "7a": "P P N A A",
  "7b": "D D D D D",
  "8a": "P P A A A",
  "8b": "P P P P N/P",
  "9": "D P! P! P! P!",
  "10": "P P N A A",
  "11": "P P P N N",
  "12": "D D D D D",
};
const words: Record<string, Decision> = { A: "allow", N: "notify", P: "ask", "P!": "ask-console", D: "deny" };
const cells = actionClasses.flatMap((one) => levels.map((level) => [one, level, table[one].split(" ")[level - 1] ?? ""] as const));

/** A part that is of the class, meeting its condition or not. */
function partOf(one: ActionClass, met: boolean): { part: Part; facts: Partial<Facts> } {
  if (one === "3") return { part: { kind: "class", class: "3", why: "delete" }, facts: { paths: [met ? "/srv/shop/tmp/a" : "/srv/shop/a"], pathsWhole: true } };
  if (one === "5a") return { part: { kind: "send", recipients: ["kakao:kim"], count: 1, publish: false }, facts: {} };
  if (one === "5b") return { part: { kind: "send", recipients: ["kakao:new"], count: met ? 3 : 30, publish: false }, facts: {} };
  if (one === "6") return { part: { kind: "pay", amount: met ? 1000 : 100_000, currency: "KRW" }, facts: {} };
  if (one === "7a" || one === "7b") return { part: { kind: "credential", handle: "shop", host: "api.shop.example", listed: one === "7a" }, facts: {} };
  if (one === "8a") return { part: { kind: "egress", host: "shop.example", get: false }, facts: {} };
  if (one === "8b") return { part: { kind: "egress", host: "new.example", get: met }, facts: {} };
  return { part: { kind: "class", class: one, why: "test" }, facts: {} };
}
const limits = { spendCap: 50_000, currency: "KRW", bulkCap: 10, declaredPaths: ["/srv/shop/tmp"], tokenCap: null };

function judged(one: ActionClass, level: Level, met: boolean) {
  const { part, facts } = partOf(one, met);
  const event = actOf("fs.read", { path: "a" });
  const policy = policyOf(level, { limits });
  return decide({ ...event, facts: { ...event.facts, parts: [part], ...facts } }, situationOf(running(policy), event, policy));
}

describe("the table", () => {
  it("has every class once, in the order of the contract", () => {
    expect(matrix.map((row) => row.class)).toEqual([...actionClasses]);
    expect(matrix.every((row) => row.cells.length === 5)).toBe(true);
  });

  it.each(cells)("class %s at level %s is %s", (one, level, cell) => {
    const [met, unmet = met] = cell.split("/");
    expect(judged(one, level, true)).toMatchObject({ decision: words[met ?? ""], class: one });
    expect(judged(one, level, false)).toMatchObject({ decision: words[unmet ?? ""], class: one });
  });

  it("names the limit that let something through, or that was too small", () => {
    expect(judged("6", 5, true).reason).toBe("within-limits");
    expect(judged("6", 5, false).reason).toBe("over-cap");
    expect(judged("5b", 5, false).reason).toBe("over-cap");
  });

  it("gives nothing under the limits as they ship", () => {
    for (const one of ["3", "5b", "6"] as const) {
      const { part, facts } = partOf(one, true);
      const event = actOf("fs.read", { path: "a" });
      const policy = policyOf(5);
      const found = decide({ ...event, facts: { ...event.facts, parts: [part], ...facts } }, situationOf(running(policy), event, policy));
      expect(found.decision, one).toBe(one === "6" ? "ask-console" : "ask");
    }
  });

  it("is monotone: a higher level never lets less through", () => {
    fc.assert(
      fc.property(fc.constantFrom(...actionClasses), fc.constantFrom(1, 2, 3, 4), fc.boolean(), (one, level, met) => {
        const here = decideCell(one, level, () => met).decision;
        const above = decideCell(one, (level + 1) as Level, () => met).decision;
        expect(decisions.indexOf(above)).toBeLessThanOrEqual(decisions.indexOf(here));
      }),
      { numRuns: runs },
    );
  });

  it("tells which cells a change of level touches", () => {
    expect(changedCells(3, 3)).toEqual([]);
    expect(changedCells(3, 4).map((one) => one.class)).toEqual(["1b", "5a", "7a", "10", "11"]);
    expect(sensitivityAt(2)).toEqual({ mediumInjection: "deny", panicScale: 0.5 });
    expect(sensitivityAt(3)).toEqual({ mediumInjection: "ask", panicScale: 1 });
  });
});
