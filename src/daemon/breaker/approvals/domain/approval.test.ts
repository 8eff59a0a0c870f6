import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterRestart, answered, DRAFT_MS, isHasty, lifeAt, LIVE_MS, newLife, used, wordOf, type Life } from "./approval.ts";

const hash = "a".repeat(64);
const other = "b".repeat(64);
const approve = (life: Life, mono: number): Life => answered(life, "approve", mono) ?? life;

describe("an approval", () => {
  it("is used once, for exactly what was approved", () => {
    const life = approve(newLife("live", hash, 0), 10);
    expect(used(life, other, 20)).toMatchObject({ result: "approval-mismatch", life: { state: "approved" } });
    const first = used(life, hash, 30);
    expect(first.result).toBe("ok");
    expect(used(first.life, hash, 40).result).toBe("approval-used");
  });

  it("is no use before it was approved, after it was denied, after its time", () => {
    const life = newLife("live", hash, 0);
    expect(used(life, hash, 1).result).toBe("approval-denied");
    expect(used(answered(life, "deny", 1) ?? life, hash, 2).result).toBe("approval-denied");
    expect(used(approve(life, 1), hash, 1 + LIVE_MS).result).toBe("approval-expired");
    expect(lifeAt(life, LIVE_MS).state).toBe("expired");
    expect(answered(life, "approve", LIVE_MS)).toBeNull();
  });

  it("a draft keeps its day, and the answer gives it no longer one", () => {
    const draft = approve(newLife("draft", hash, 0), DRAFT_MS - 10);
    expect(used(draft, hash, DRAFT_MS - 1).result).toBe("ok");
    expect(used(draft, hash, DRAFT_MS).result).toBe("approval-expired");
  });

  it("a clock that gives no time expires it", () => {
    expect(lifeAt(newLife("draft", hash, 0), Number.NaN).state).toBe("expired");
  });

  it("a restart voids who waited, and leaves a draft what surely was left", () => {
    expect(afterRestart(newLife("live", hash, 0), 1000, 0, 5).state).toBe("expired");
    const draft = approve(newLife("draft", hash, 0), 1);
    expect(afterRestart(draft, 10_000, 4000, 5)).toMatchObject({ state: "approved", until: 6005 });
    for (const away of [null, -1, 10_000, Number.NaN]) expect(afterRestart(draft, 10_000, away, 5).state, String(away)).toBe("expired");
    expect(afterRestart(draft, DRAFT_MS + 1, 0, 5).state).toBe("expired");
  });

  it("nothing that happens to it makes it usable twice, or without an approval", () => {
    const event = fc.oneof(
      fc.record({ do: fc.constantFrom("approve" as const, "deny" as const, "restart" as const), after: fc.integer({ min: 0, max: LIVE_MS }) }),
      fc.record({ do: fc.constant("use" as const), right: fc.boolean(), after: fc.integer({ min: 0, max: LIVE_MS }) }),
    );
    fc.assert(
      fc.property(fc.constantFrom("live" as const, "draft" as const), fc.array(event, { maxLength: 12 }), (mode, events) => {
        let life = newLife(mode, hash, 0);
        let mono = 0;
        let uses = 0;
        let approvedAt: number | null = null;
        for (const one of events) {
          mono += one.after;
          if (one.do === "use") {
            const result = used(life, one.right ? hash : other, mono);
            life = result.life;
            if (result.result !== "ok") continue;
            uses += 1;
            expect(one.right).toBe(true);
            expect(approvedAt).not.toBeNull();
            expect(mono - (approvedAt ?? 0)).toBeLessThan(mode === "live" ? LIVE_MS : DRAFT_MS);
          } else if (one.do === "restart") life = afterRestart(life, life.until - mono, 0, mono);
          else {
            const next = answered(life, one.do, mono);
            if (next !== null && one.do === "approve") approvedAt = mono;
            life = next ?? lifeAt(life, mono);
          }
        }
        expect(uses).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  it("three approvals in a row, each within a second of the one before, are hasty", () => {
    expect(isHasty([0, 5000, 5900, 6800])).toBe(true);
    expect(isHasty([0, 900])).toBe(false);
    expect(isHasty([0, 900, 2000])).toBe(false);
    expect(isHasty([])).toBe(false);
    expect(wordOf("3fa2".padEnd(64, "0"))).toBe("3fa2");
  });
});
