import type { UpsView } from "../../../contract/rack.ts";
import type { Clock } from "../../kernel/clock.ts";
import { newUps, observeUps, upsView, type UpsReport, type UpsSource } from "../domain/ups.ts";
import type { Ups } from "./port.ts";

export interface Watched extends Pick<Ups, "current" | "onChange"> {
  /** Takes a report in, or with null lets time pass (the 15 s rule needs no report). */
  report(report: UpsReport | null): void;
}

/** What every adapter has in common: remembers the UPS and tells listeners of changes. */
export function createWatched({ clock, source, name }: { clock: Clock; source: UpsSource; name: string | null }): Watched {
  let memory = newUps(source, name, clock.mono());
  let told = "";
  const listeners = new Set<(view: UpsView) => void>();
  const current = () => upsView(memory, clock.mono());
  return {
    current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    report(report) {
      memory = observeUps(memory, report, clock.mono());
      const view = current();
      const now = JSON.stringify({ ...view, ageMs: null, forMs: null });
      if (now === told) return;
      told = now;
      for (const listener of listeners) listener(view);
    },
  };
}
