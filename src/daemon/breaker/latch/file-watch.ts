import type { Clock } from "../../kernel/clock.ts";
import type { Store } from "./store.ts";

const LOOK_MS = 1000;

/** While something may run, looks once a second whether the latch's file is still the one that was written. Whoever deletes or changes it stops the rack. */
export function createFileWatch({ clock, store, watched, onSpoilt }: { clock: Clock; store: Store; watched(): boolean; onSpoilt(why: string): void }) {
  let lookedAt = 0;
  let looking = false;
  const look = async () => {
    looking = true;
    const why = await store.spoilt().catch((error: unknown) => String(error));
    looking = false;
    if (why !== null && watched()) onSpoilt(why);
  };
  return {
    /** Call it often: it looks when it is time to. */
    beat(): void {
      if (looking || clock.mono() - lookedAt < LOOK_MS || !watched()) return;
      lookedAt = clock.mono();
      void look();
    },
  };
}
