import { isGenuine, noNonce, parseFrame, type Hmac } from "./frame.ts";

/** RUN holds for so long without a new, genuine RUN. */
export const RUN_HOLDS_MS = 300;
/** So many bad lines within `STRIKE_WINDOW_MS` stop, also while good ones still come. */
export const STRIKES = 3;
export const STRIKE_WINDOW_MS = 1000;

/**
 * Why it is not RUN. pressed, held, fault: the button says so. silent: nothing genuine for 300 ms. bad-mac, replayed, garbage: something
 * came, but not from this button now. no-hello: the button hasn't taken the nonce yet. unplugged: no link to it.
 */
export type StopReason = "pressed" | "held" | "fault" | "silent" | "bad-mac" | "replayed" | "unplugged" | "no-hello" | "garbage";

interface Heard {
  /** Monotonic ms of the last RUN that was believed; null: none since the link was opened. */
  renewedAtMono: number | null;
  /** Monotonic ms of the last genuine frame of now, whatever it said; null: none since the link was opened. */
  heardAtMono: number | null;
}
type Said = { state: "run"; reason: null } | { state: "stop"; reason: StopReason };

/** What the button says, as far as it can be believed. */
export type ButtonVerdict = Heard & Said;

export interface ButtonJudge {
  /** A link is open, and this nonce (16 hex digits, never used before) will be said on it. */
  opened(nonce: string, mono: number): ButtonVerdict;
  closed(): ButtonVerdict;
  /** The next nonce on the same link; see `wantsNonce`. */
  challenge(nonce: string): void;
  /** One line from the link, without its end. `genuine`: it proves the key, whatever else is wrong with it. */
  line(line: string, mono: number): { verdict: ButtonVerdict; genuine: boolean };
  /** Time passed. To be called at least every 50 ms. */
  tick(mono: number): ButtonVerdict;
  /**
   * The nonce is spent: the button was not heard for 300 ms, or restarted. Nothing under it is believed again, because somebody may have
   * held back frames meanwhile, to play them while the button is pressed.
   */
  wantsNonce(): boolean;
}

/**
 * Judges a button's lines. Starts as stop (unplugged); only a genuine RUN under the present nonce and with a higher sequence gives run, for
 * 300 ms. Everything else is stop, or is ignored and lets RUN run out.
 */
export function createButtonJudge({ key, hmac }: { key: Uint8Array; hmac: Hmac }): ButtonJudge {
  type Doubt = "bad-mac" | "replayed" | "garbage" | "no-hello";
  let session: { nonce: string; spent: boolean; openedAt: number } | null = null;
  let seq = -1;
  let heard: Heard = { renewedAtMono: null, heardAtMono: null };
  let said: Said = { state: "stop", reason: "unplugged" };
  /** What came within the last second and could not be believed. */
  let doubts: { why: Doubt; mono: number }[] = [];

  const verdict = (): ButtonVerdict => ({ ...said, ...heard });
  const stop = (reason: StopReason) => {
    said = { state: "stop", reason };
  };
  const doubt = (why: Doubt, mono: number) => {
    doubts = [...doubts.filter((one) => mono - one.mono < STRIKE_WINDOW_MS).slice(-31), { why, mono }];
  };
  const strikes = (mono: number) => doubts.filter(({ why, mono: at }) => (why === "bad-mac" || why === "garbage") && mono - at < STRIKE_WINDOW_MS);
  const struck = (mono: number): StopReason => (strikes(mono).some(({ why }) => why === "bad-mac") ? "bad-mac" : "garbage");

  /** Why nothing could be believed lately: the worst of what came instead. */
  const silence = (mono: number): StopReason => {
    const since = Math.max(heard.heardAtMono ?? -Infinity, mono - STRIKE_WINDOW_MS);
    const lately = new Set(doubts.filter((one) => one.mono >= since).map(({ why }) => why));
    return (["bad-mac", "replayed", "garbage", "no-hello"] as const).find((why) => lately.has(why)) ?? "silent";
  };

  const tick = (mono: number): ButtonVerdict => {
    if (session === null) return verdict();
    if (mono - (heard.heardAtMono ?? session.openedAt) > RUN_HOLDS_MS) {
      stop(silence(mono));
      if (seq >= 0) session.spent = true;
    } else if (said.state === "run" && strikes(mono).length >= STRIKES) stop(struck(mono));
    return verdict();
  };

  /** Takes the word of a frame that is genuine, new and of now. */
  const believe = (claim: "RUN" | "STOP" | "HELD" | "FAULT", mono: number) => {
    heard = { ...heard, heardAtMono: mono };
    switch (claim) {
      case "RUN":
        if (strikes(mono).length >= STRIKES) return stop(struck(mono));
        said = { state: "run", reason: null };
        heard = { heardAtMono: mono, renewedAtMono: mono };
        return undefined;
      case "STOP":
        return stop("pressed");
      case "HELD":
        return stop("held");
      case "FAULT":
        return stop("fault");
    }
  };

  return {
    opened(nonce, mono) {
      session = { nonce, spent: false, openedAt: mono };
      seq = -1;
      heard = { renewedAtMono: null, heardAtMono: null };
      doubts = [];
      stop("no-hello");
      return verdict();
    },
    closed() {
      session = null;
      stop("unplugged");
      return verdict();
    },
    challenge(nonce) {
      if (session === null) return;
      session = { ...session, nonce, spent: false };
      seq = -1;
    },
    wantsNonce: () => session?.spent === true,
    tick,
    line(line, mono) {
      if (session === null) return { verdict: verdict(), genuine: false };
      // First what time has done: a frame that comes too late doesn't bridge the gap.
      tick(mono);
      const unbelieved = (why: Doubt, genuine: boolean) => {
        doubt(why, mono);
        return { verdict: tick(mono), genuine };
      };
      const frame = parseFrame(line);
      if (frame === null) return unbelieved("garbage", false);
      if (!isGenuine(frame, key, hmac)) return unbelieved("bad-mac", false);
      if (frame.nonce === noNonce) {
        // It restarted: what it counts begins anew, so nothing under this nonce may be signed a second time.
        if (seq >= 0) session.spent = true;
        stop("no-hello");
        return unbelieved("no-hello", true);
      }
      // The tail of an earlier session, or somebody who recorded it: it proves the key, and nothing about now.
      if (session.spent || frame.nonce !== session.nonce || frame.seq <= seq) return unbelieved("replayed", true);
      seq = frame.seq;
      believe(frame.claim, mono);
      return { verdict: verdict(), genuine: true };
    },
  };
}
