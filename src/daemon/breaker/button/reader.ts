import { createBackoff } from "../../kernel/backoff.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import { helloLine } from "./domain/frame.ts";
import { createButtonJudge, type ButtonVerdict } from "./domain/judge.ts";
import type { ButtonLink, LinkEvents } from "./link.ts";
import { hmacSha256 } from "./mac.ts";
import { openSerialApart } from "./serial-apart.ts";
import { openUdp } from "./udp.ts";

/** udp: the address of this machine at which the button's datagrams arrive. */
export type ButtonSource = { kind: "serial"; path: string } | { kind: "udp"; host: string; port: number };

export interface ButtonReaderDeps {
  source: ButtonSource;
  /** 32 bytes, as the button was enrolled with. */
  key: Uint8Array;
  clock: Clock;
  ids: Ids;
  /** At each change of state or reason. */
  onChange(view: ButtonVerdict): void;
  /** At each RUN that was believed: the only thing that may renew a lease. */
  onRenew(view: ButtonVerdict): void;
  /** A cable on which nothing at all came for so long is opened anew, ms: a port can hang while it looks open. */
  reopenAfterMs?: number;
  /** Why the link isn't there; for the log. */
  onLink?(event: { link: "open" } | { link: "closed"; why: string }): void;
}

const helloEveryMs = 1000;
const tickMs = 50;
/** A HELLO out of turn, for a button that just came or restarted; no more often than this. */
const helloAtMostEveryMs = 100;
const backoffMaxMs = 2000;

/**
 * Listens to the enrolled button, and opens the link again when it goes. Starts at once; until a genuine RUN came, it is stop. Works in a
 * worker thread.
 */
export function createButtonReader({ source, key, clock, ids, onChange, onRenew, onLink = () => undefined, reopenAfterMs = 15_000 }: ButtonReaderDeps) {
  const judge = createButtonJudge({ key, hmac: hmacSha256 });
  const ended = new AbortController();
  const backoff = createBackoff({ clock, random: ids.random, maxMs: backoffMaxMs });
  let told = judge.tick(clock.mono());
  const tell = (now: ButtonVerdict) => {
    const changed = now.state !== told.state || now.reason !== told.reason;
    const renewed = now.renewedAtMono !== null && now.renewedAtMono !== told.renewedAtMono;
    told = now;
    if (ended.signal.aborted) return;
    if (changed) onChange(now);
    if (renewed && now.state === "run") onRenew(now);
  };

  const freshNonce = () => Buffer.from(ids.token(), "base64url").toString("hex").slice(0, 16);

  let renew: () => void = () => undefined;

  /** From open to gone. Rejects when it can't be opened. */
  const listen = async () => {
    const gone = Promise.withResolvers<string>();
    const stopped = () => gone.resolve("stopped");
    ended.signal.addEventListener("abort", stopped, { once: true });
    const current: { nonce: string; link: ButtonLink | null; saidAt: number; lineAt: number } = {
      nonce: freshNonce(),
      link: null,
      saidAt: -Infinity,
      lineAt: -Infinity,
    };
    const hello = () => {
      current.saidAt = clock.mono();
      current.link?.send(helloLine(current.nonce));
    };
    renew = () => {
      if (!judge.wantsNonce()) return;
      current.nonce = freshNonce();
      judge.challenge(current.nonce);
      hello();
    };
    const events: LinkEvents = {
      onLine(line) {
        current.lineAt = clock.mono();
        const { verdict, genuine } = judge.line(line, clock.mono());
        tell(verdict);
        // Later, because a UDP link learns from the answer where the button is.
        if (genuine && verdict.state === "stop") clock.after(0, answer);
        return genuine;
      },
      onClosed: (why) => gone.resolve(why),
    };
    const answer = () => {
      const { reason } = judge.tick(clock.mono());
      const unheard = reason === "no-hello" || reason === "replayed";
      if (judge.wantsNonce()) renew();
      else if (unheard && clock.mono() - current.saidAt >= helloAtMostEveryMs) hello();
    };
    try {
      const link = await (source.kind === "serial" ? openSerialApart(source.path, events, { clock }) : openUdp(source, events));
      current.link = link;
      tell(judge.opened(current.nonce, clock.mono()));
      onLink({ link: "open" });
      backoff.reset();
      current.lineAt = clock.mono();
      hello();
      const stopHello = clock.every(helloEveryMs, () => {
        if (source.kind === "serial" && clock.mono() - current.lineAt > reopenAfterMs) gone.resolve("nothing came");
        hello();
      });
      const why = await gone.promise;
      stopHello();
      tell(judge.closed());
      onLink({ link: "closed", why });
      await link.close();
    } finally {
      renew = () => undefined;
      ended.signal.removeEventListener("abort", stopped);
    }
  };

  const run = async () => {
    while (!ended.signal.aborted) {
      try {
        await listen();
      } catch (error) {
        onLink({ link: "closed", why: error instanceof Error ? error.message : String(error) });
      }
      await backoff.wait(ended.signal);
    }
  };
  const stopTicks = clock.every(tickMs, () => {
    tell(judge.tick(clock.mono()));
    renew();
  });
  const running = run();

  return {
    /** What the button says now. */
    view: (): ButtonVerdict => judge.tick(clock.mono()),
    /** Resolves when the device is free again. Nothing is told afterwards. */
    async stop(): Promise<void> {
      ended.abort();
      stopTicks();
      await running;
    },
  };
}
