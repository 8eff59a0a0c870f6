/** Time as a port. `now` is wall-clock milliseconds since the epoch (may jump); `mono` is monotonic milliseconds (never goes back): ages and deadlines use `mono` only. */
export interface Clock {
  now(): number;
  mono(): number;
  /** Runs `task` after `ms`; the returned function cancels. Doesn't keep the process alive. */
  after(ms: number, task: () => void): () => void;
  /** Runs `task` every `ms` by the monotonic clock, without drift; the returned function stops it. */
  every(ms: number, task: () => void): () => void;
}

export function createClock(): Clock {
  const mono = () => performance.now();
  const after = (ms: number, task: () => void) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  };
  return {
    now: () => Date.now(),
    mono,
    after,
    every(ms, task) {
      let due = mono() + ms;
      let cancel = () => {};
      const next = () => {
        cancel = after(Math.max(0, due - mono()), () => {
          const late = mono() - due;
          due += ms * (1 + Math.max(0, Math.floor(late / ms)));
          next();
          task();
        });
      };
      next();
      return () => cancel();
    },
  };
}
