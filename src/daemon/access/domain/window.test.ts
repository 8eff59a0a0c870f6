import fc from "fast-check";
import { expect, test } from "vitest";
import { afterWrong, leftMs, neverOpened, openWindow, takeTry, windowAt, WINDOW_MS, WINDOW_TRIES, type Window } from "./window.ts";

test("a window gives five tries and no more, whatever the order of tries, waits and wrong proofs", () => {
  const step = fc.oneof(fc.constant("try" as const), fc.constant("wrong" as const), fc.record({ wait: fc.integer({ min: 0, max: 60_000 }) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let window: Window = openWindow("w", "12345678", 0);
      let mono = 0;
      let taken = 0;
      for (const one of steps) {
        if (one === "try") {
          const result = takeTry(window, mono);
          window = result.window;
          if (result.taken) taken += 1;
        } else if (one === "wrong") window = afterWrong(window);
        else mono += one.wait;
      }
      return taken <= WINDOW_TRIES;
    }),
    { numRuns: 1000 },
  );
});

test("no try is taken after fifteen minutes, nor when the clock went back before its opening", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), (openedAt, later) => {
      const result = takeTry(openWindow("w", "12345678", openedAt), openedAt + later);
      return result.taken === (later >= 0 && later < WINDOW_MS);
    }),
    { numRuns: 1000 },
  );
});

test("the fifth wrong proof closes the window and says why", () => {
  let window: Window = openWindow("w", "12345678", 0);
  for (let i = 0; i < 5; i++) window = afterWrong(takeTry(window, 1).window);
  expect(window).toEqual({ state: "closed", reason: "too-many-tries" });
});

test("a closed window has no time left and stays closed", () => {
  expect(leftMs(neverOpened, 5)).toBe(0);
  expect(windowAt(neverOpened, 5)).toEqual(neverOpened);
  expect(leftMs(openWindow("w", "1", 0), WINDOW_MS + 5)).toBe(0);
});
