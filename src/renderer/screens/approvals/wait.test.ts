import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../contract/breaker.ts";
import { alike, leftOf } from "./wait.ts";

const one = (part: Partial<Approval>) => ({ id: "a", state: "waiting", needs: "ask", class: "5a", tool: "dm.send", ...part }) as Approval;

describe("approvals that wait", () => {
  it("never have less than nothing left, whatever the clocks say", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -1e9, max: 1e9 }), (expiresInMs, elapsed) => {
        const left = leftOf({ expiresInMs }, elapsed);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(expiresInMs);
      }),
      { numRuns: 1000 },
    );
    expect(leftOf({ expiresInMs: null }, 5)).toBeNull();
  });

  it("may be decided together only when class and tool are the same and none has to be typed", () => {
    const first = one({ id: "a" });
    const waiting = [first, one({ id: "b" }), one({ id: "c", class: "5b" }), one({ id: "d", tool: "mail.send" }), one({ id: "e", needs: "ask-console" })];
    expect(alike(waiting, first).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(alike(waiting, one({ id: "e", needs: "ask-console" }))).toEqual([]);
  });
});
