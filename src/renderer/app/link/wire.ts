import type { ClientLink } from "@orpc/client";

/** Calls carry nothing but their input. */
export type NoContext = Record<string, never>;

/** One open connection to an aosd. */
export interface Wire {
  readonly link: ClientLink<NoContext>;
  /** Fulfilled when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Opens a wire; rejects when it can't, or when the signal ends it. */
export type Dial = (signal: AbortSignal) => Promise<Wire>;

/** Nothing is connected, so a call could not be sent. */
export class LinkLostError extends Error {
  override readonly name = "LinkLostError";
}
