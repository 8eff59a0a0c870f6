import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import type { ButtonVerdict } from "../domain/judge.ts";
import { createButtonReader, type ButtonSource } from "../reader.ts";

/** A real reader, and everything that it told with the time at which it did. */
export function watchReader(source: ButtonSource, key: Uint8Array, options: { reopenAfterMs?: number } = {}) {
  const clock = createClock();
  const told: { at: number; view: ButtonVerdict }[] = [];
  const renewed: number[] = [];
  const links: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of waiting) one();
  };
  const reader = createButtonReader({
    source,
    key,
    ...options,
    clock,
    ids: createIds(),
    onChange(view) {
      told.push({ at: clock.mono(), view });
      look();
    },
    onRenew: () => {
      renewed.push(clock.mono());
    },
    onLink(event) {
      links.push(event.link);
      look();
    },
  });
  return {
    ...reader,
    clock,
    told,
    renewed,
    links,
    /** Resolves with the time of the first thing told from now on (or the present view) that fits; rejects with the present view. */
    until(fits: (view: ButtonVerdict) => boolean, withinMs = 8000): Promise<number> {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const check = () => {
        if (fits(reader.view())) resolve(clock.mono());
      };
      waiting.add(check);
      const timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms; now: ${JSON.stringify(reader.view())}`)), withinMs);
      check();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(check);
      });
    },
  };
}
