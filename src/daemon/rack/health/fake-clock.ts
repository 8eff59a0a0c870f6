import type { Clock } from "../../kernel/clock.ts";

export interface FakeClock extends Clock {
  /** Lets time pass: due tasks run in order, each at its time. */
  pass(ms: number): void;
  /** Sets the wall clock without time passing. */
  setWall(nowMs: number): void;
}

/** A clock that stands until it is moved, for tests. */
export function createFakeClock(startMs = 1_763_900_000_000): FakeClock {
  let mono = 1000;
  let wall = startMs;
  let tasks: { due: number; task: () => void }[] = [];
  const after = (ms: number, task: () => void) => {
    const entry = { due: mono + Math.max(0, ms), task };
    tasks.push(entry);
    return () => {
      tasks = tasks.filter((one) => one !== entry);
    };
  };
  return {
    now: () => wall,
    mono: () => mono,
    after,
    every(ms, task) {
      let cancel = () => {};
      const next = () => {
        cancel = after(ms, () => {
          next();
          task();
        });
      };
      next();
      return () => cancel();
    },
    pass(ms) {
      const end = mono + ms;
      for (;;) {
        const [first] = tasks.filter((one) => one.due <= end).toSorted((a, b) => a.due - b.due);
        if (first === undefined) break;
        tasks = tasks.filter((one) => one !== first);
        wall += Math.max(0, first.due - mono);
        mono = Math.max(mono, first.due);
        first.task();
      }
      wall += end - mono;
      mono = end;
    },
    setWall(nowMs) {
      wall = nowMs;
    },
  };
}
