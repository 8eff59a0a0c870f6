import { createORPCClient, type ClientLink } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { Me } from "../../../contract/access.ts";
import type { BreakerView } from "../../../contract/breaker.ts";
import type { Contract } from "../../../contract/index.ts";
import type { RackEvent } from "../../../contract/rack.ts";
import type { Clock } from "../clock.ts";
import { backoffMs } from "./backoff.ts";
import { LinkLostError, type Dial, type NoContext, type Wire } from "./wire.ts";

export type Client = ContractRouterClient<Contract>;

/** Silence after which the link is called lost. The rack sends at least one event a second. */
export const silenceMs = 2500;
const hangUpMs = 6000;
const askAgainMs = 4000;
const callWaitsMs = 4000;
const watchAgainMs = 1000;

/** What the link tells the store. */
export interface LinkSink {
  me(me: Me): void;
  event(event: RackEvent): void;
  breaker(view: BreakerView): void;
  /** The stop's state is overdue, though the link may live. */
  breakerSilent(): void;
  /** Connected, but nobody is signed in. */
  signedOut(): void;
  /** Connected to a desktop's aosd that has no rack. */
  noRack(): void;
  /** The rack refuses to be watched: the error says why. */
  refused(error: unknown): void;
  lost(): void;
}

interface Ports {
  dial: Dial;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  sink: LinkSink;
}

/** Keeps one connection to an aosd: dials, watches the rack, notices silence, dials again. The client stays the same across connections. */
export function createLink({ dial, clock, random, sink }: Ports) {
  let wire: Wire | null = null;
  let waiting: ((wire: Wire | null) => void)[] = [];
  let hurry = () => {};
  let lastEventAt: number | null = null;
  let lastBreakerAt: number | null = null;
  let attempt = 0;

  const pause = (ms: number) =>
    new Promise<void>((done) => {
      const cancel = clock.after(ms, done);
      hurry = () => {
        cancel();
        done();
      };
    });

  /** Lets the close event of a dying wire come first. */
  const settle = () => new Promise<void>((done) => void clock.after(20, done));

  const connected = (): Promise<Wire | null> =>
    wire
      ? Promise.resolve(wire)
      : new Promise((resolve) => {
          const cancel = clock.after(callWaitsMs, () => resolve(null));
          waiting.push((opened) => {
            cancel();
            resolve(opened);
          });
        });

  const delegate: ClientLink<NoContext> = {
    async call(path, input, options) {
      const current = await connected();
      if (!current) throw new LinkLostError("not connected");
      return current.link.call(path, input, options);
    },
  };
  const client: Client = createORPCClient(delegate);

  /** Closing the wire ends it: an abort would be one more message on a socket that may be gone. */
  const watch = async () => {
    const events = await client.rack.watch();
    for await (const event of events) {
      lastEventAt = clock.now();
      attempt = 0;
      sink.event(event);
    }
  };

  const watchBreaker = async (isKiosk: boolean) => {
    const views = await client.breaker.watch();
    for await (const view of views) {
      lastBreakerAt = clock.now();
      if (isKiosk) {
        lastEventAt = lastBreakerAt;
        attempt = 0;
      }
      sink.breaker(view);
    }
  };

  /** A stop's state that can't be had must not take the rack's values away, nor pass for "running": it is asked for again. */
  const keepWatchingBreaker = async (ended: AbortSignal) => {
    while (!ended.aborted) {
      try {
        await watchBreaker(false);
      } catch {
        // Whatever the cause, what follows is the same: the screens say that the state is unknown.
      }
      if (ended.aborted) return;
      sink.breakerSilent();
      await new Promise<void>((done) => void clock.after(watchAgainMs, done));
    }
  };

  /** Waits until the wire ends, asking now and then who we are, for somebody may have let us in meanwhile. */
  const linger = async (opened: Wire, before: Me) => {
    const ended = new AbortController();
    const closed = () => {
      ended.abort();
      hurry();
    };
    void opened.closed.finally(closed);
    while (!ended.signal.aborted) {
      await pause(askAgainMs + random() * 1000);
      if (ended.signal.aborted) return;
      const now = await client.access.me();
      if (now.role !== before.role || now.aosd.standing !== before.aosd.standing || now.link?.state !== before.link?.state) return;
    }
  };

  const follow = async (opened: Wire, ended: AbortSignal) => {
    const me = await client.access.me();
    sink.me(me);
    if (me.role === "public") {
      sink.signedOut();
      return linger(opened, me);
    }
    if (me.aosd.standing === "new" || (me.aosd.standing === "console" && me.link === null)) {
      sink.noRack();
      return linger(opened, me);
    }
    if (me.role === "kiosk") return watchBreaker(true);
    void keepWatchingBreaker(ended);
    return watch();
  };

  const connectOnce = async (signal: AbortSignal) => {
    const opened = await dial(signal);
    const ended = new AbortController();
    void opened.closed.finally(() => ended.abort());
    wire = opened;
    waiting.splice(0).forEach((resolve) => resolve(opened));
    try {
      await follow(opened, ended.signal);
    } catch (error) {
      // A wire that is gone fails whatever was under way; that is a lost link, not a refusal.
      await settle();
      if (!ended.signal.aborted && !signal.aborted) sink.refused(error);
    } finally {
      wire = null;
      lastEventAt = null;
      lastBreakerAt = null;
      ended.abort();
      opened.close();
      sink.breakerSilent();
    }
  };

  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        await connectOnce(signal);
      } catch (error) {
        if (!(error instanceof LinkLostError)) sink.refused(error);
      }
      if (signal.aborted) return;
      sink.lost();
      await pause(backoffMs(attempt, random()));
      attempt += 1;
    }
  };

  return {
    client,
    /** Begins to connect; returns what ends it. */
    start: (): (() => void) => {
      const life = new AbortController();
      const stopWatching = clock.every(250, () => {
        if (lastBreakerAt !== null && clock.now() - lastBreakerAt > silenceMs) sink.breakerSilent();
        if (lastEventAt === null) return;
        const silentFor = clock.now() - lastEventAt;
        if (silentFor > silenceMs) sink.lost();
        if (silentFor > hangUpMs) wire?.close();
      });
      void run(life.signal);
      return () => {
        stopWatching();
        life.abort();
        hurry();
      };
    },
    /** Hangs up and dials at once: after signing in, joining or leaving, the same connection would still be who it was. */
    relink: (): void => {
      attempt = 0;
      wire?.close();
      hurry();
    },
  };
}
