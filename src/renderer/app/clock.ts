/** Time by a clock that nobody sets. Ages are differences of `now`, never of two wall-clock times. */
export interface Clock {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Calls once after `ms`; returns what cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
  /** Calls every `ms`; returns what stops it. */
  readonly every: (ms: number, call: () => void) => () => void;
}

/** The browser's clock. */
export function createBrowserClock(): Clock {
  return {
    now: () => performance.now(),
    after(ms, call) {
      const id = setTimeout(call, ms);
      return () => clearTimeout(id);
    },
    every(ms, call) {
      const id = setInterval(call, ms);
      return () => clearInterval(id);
    },
  };
}
