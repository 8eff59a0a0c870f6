import type { Clock } from "../../../src/main/clock.ts";

/** A clock that moves only when told. `move` lets everything that became due run, in its order. */
export function createFakeClock() {
  let time = 0;
  const due = new Set<{ at: number; done(): void }>();
  const clock: Clock = {
    now: () => time,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const entry = { at: time + ms, done: resolve };
        due.add(entry);
        signal?.addEventListener("abort", () => {
          due.delete(entry);
          resolve();
        });
      }),
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    clock,
    settle,
    async move(ms: number): Promise<void> {
      const end = time + ms;
      await settle();
      for (;;) {
        const [next] = [...due].filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        time = next.at;
        due.delete(next);
        next.done();
        await settle();
      }
      time = end;
    },
    waiting: () => due.size,
  };
}
