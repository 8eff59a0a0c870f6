import type { BreakerView } from "../../contract/breaker.ts";
import type { Clock } from "../kernel/clock.ts";

/** Longest silence towards a console: a stream that says nothing for longer is a lost one. */
const SAY_MS = 500;

/** The view at each change, and twice a second for its ages, until the reader leaves. */
export async function* followed({
  view,
  clock,
  listeners,
  signal,
}: {
  view(): BreakerView;
  clock: Clock;
  listeners: Set<() => void>;
  signal: AbortSignal | undefined;
}): AsyncGenerator<BreakerView> {
  let changed = false;
  let wake = () => {};
  const listener = () => {
    changed = true;
    wake();
  };
  listeners.add(listener);
  try {
    while (signal?.aborted !== true) {
      changed = false;
      yield view();
      if (changed) continue;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(SAY_MS, resolve);
        wake = () => {
          cancel();
          resolve();
        };
        signal?.addEventListener("abort", wake, { once: true });
      });
    }
  } finally {
    listeners.delete(listener);
  }
}
