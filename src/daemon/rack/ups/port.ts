import type { UpsView } from "../../../contract/rack.ts";

/** A UPS as the rack sees it, whatever speaks to it. */
export interface Ups {
  /** Begins to watch; the returned function ends that. */
  start(): () => void;
  /** State now, with ages as of now. */
  current(): UpsView;
  /** Calls back after each change of state or values, not for mere ageing; the returned function ends that. */
  onChange(listener: (view: UpsView) => void): () => void;
}
