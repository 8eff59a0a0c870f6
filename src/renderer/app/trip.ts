import type { Clock } from "./clock.ts";
import type { Client } from "./link/link.ts";
import { tripped, type ConsoleStore } from "./store.ts";

/** An aosd at hand is told by itself when the rack has not answered for this long. */
const slowMs = 800;
/** A press that nobody heard is sent again when the link comes back, but not when it is history by then. */
const meantForMs = 60_000;

interface Ports {
  client: { breaker: Pick<Client["breaker"], "trip" | "tripHere"> };
  store: ConsoleStore;
  clock: Clock;
}

/**
 * Makes the act behind the stop control. It never claims more than an aosd has said: the store reads "asking" until the
 * rack answers, "here" when only the aosd at hand did, "unsent" when nobody did.
 */
export function createTrip({ client, store, clock }: Ports): () => void {
  let press = 0;

  /** Tells the aosd at hand; true once it is closed. */
  const stopHere = async (since: number): Promise<boolean> => {
    try {
      const { onDisk } = await client.breaker.tripHere({});
      if (store.getState().tripping.kind !== "none") store.setState({ tripping: { kind: "here", since, onDisk } });
      return true;
    } catch {
      // It may be gone as well; the caller says so.
      return false;
    }
  };

  const send = async (since: number) => {
    press += 1;
    const own = press;
    store.setState({ tripping: { kind: "asking", since } });
    let atHand: Promise<boolean> | null = null;
    const tellAtHand = () => (atHand ??= stopHere(since));
    const cancel = clock.after(store.getState().link.kind === "live" ? slowMs : 0, () => void tellAtHand());
    try {
      const view = await client.breaker.trip({});
      if (own === press) store.setState((state) => ({ ...tripped(state, view, clock.now()), tripping: { kind: "none" } }));
    } catch {
      const isClosed = await tellAtHand();
      if (!isClosed && own === press && store.getState().tripping.kind !== "none") store.setState({ tripping: { kind: "unsent", since } });
    } finally {
      cancel();
    }
  };

  store.subscribe((now, before) => {
    const { tripping } = now;
    if (now.link.kind !== "live" || before.link.kind === "live") return;
    if ((tripping.kind === "unsent" || tripping.kind === "here") && clock.now() - tripping.since < meantForMs) void send(tripping.since);
  });

  return () => void send(clock.now());
}
