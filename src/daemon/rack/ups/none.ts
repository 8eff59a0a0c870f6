import type { Clock } from "../../kernel/clock.ts";
import type { Ups } from "./port.ts";
import { createWatched } from "./watched.ts";

/** No UPS is configured. */
export function createNoUps({ clock }: { clock: Clock }): Ups {
  const { current, onChange } = createWatched({ clock, source: "none", name: null });
  return { current, onChange, start: () => () => undefined };
}
