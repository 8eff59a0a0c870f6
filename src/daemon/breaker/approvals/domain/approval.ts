import type { Approval } from "../../../../contract/breaker.ts";

export const LIVE_MS = 300_000;
export const DRAFT_MS = 86_400_000;
/** So many approvals in a row, each this soon after the one before, and the person may not be reading. */
export const HASTY_MS = 1000;
export const HASTY_COUNT = 3;

export type ApprovalState = Approval["state"];
/** What of an approval decides its life; times are monotonic milliseconds. */
export interface Life {
  state: ApprovalState;
  mode: "live" | "draft";
  /** SHA-256 of the canonical act. */
  hash: string;
  /** Until when it may be answered and used. */
  until: number;
}

export type UseResult = "ok" | "approval-mismatch" | "approval-used" | "approval-expired" | "approval-denied";

export const newLife = (mode: "live" | "draft", hash: string, mono: number): Life => ({
  state: "waiting",
  mode,
  hash,
  until: mono + (mode === "live" ? LIVE_MS : DRAFT_MS),
});

/** As it stands at `mono`: what is neither answered nor used in time is expired. A clock that can't be read expires it too. */
export function lifeAt(life: Life, mono: number): Life {
  if (life.state !== "waiting" && life.state !== "approved") return life;
  return mono < life.until ? life : { ...life, state: "expired" };
}

/** A person's answer; null when it is over. */
export function answered(life: Life, answer: "approve" | "deny", mono: number): Life | null {
  const now = lifeAt(life, mono);
  if (now.state !== "waiting") return null;
  if (answer === "deny") return { ...now, state: "denied" };
  // Whoever waits gets its five minutes from the answer on; a draft keeps its day.
  return { ...now, state: "approved", until: now.mode === "live" ? mono + LIVE_MS : now.until };
}

/** Uses it up. Only an approved one, once, in time, for exactly what was approved; a try with another act leaves it as it was. */
export function used(life: Life, hash: string, mono: number): { result: UseResult; life: Life } {
  const now = lifeAt(life, mono);
  switch (now.state) {
    case "waiting":
    case "denied":
      return { result: "approval-denied", life: now };
    case "expired":
    case "void":
      return { result: "approval-expired", life: now };
    case "used":
      return { result: "approval-used", life: now };
    case "approved":
      return now.hash === hash ? { result: "ok", life: { ...now, state: "used" } } : { result: "approval-mismatch", life: now };
  }
}

/**
 * After a restart: who waited is gone. A draft lives on with what surely was left of it; `awayMs` is how long nothing was seen of it, null when
 * that isn't known (then it is expired).
 */
export function afterRestart(life: Life, leftMs: number, awayMs: number | null, mono: number): Life {
  if (life.state !== "waiting" && life.state !== "approved") return life;
  if (life.mode === "live" || awayMs === null || !(awayMs >= 0) || !(leftMs <= DRAFT_MS) || !(awayMs < leftMs)) return { ...life, state: "expired" };
  return { ...life, until: mono + leftMs - awayMs };
}

/** Whether the last approvals came faster than anybody reads. `times`: monotonic instants of approvals, oldest first. */
export function isHasty(times: readonly number[]): boolean {
  let row = 1;
  for (let at = times.length - 1; at > 0; at--) {
    const [before, after] = [times[at - 1], times[at]];
    if (before === undefined || after === undefined || after - before >= HASTY_MS) break;
    row++;
  }
  return row >= HASTY_COUNT;
}

/** What has to be typed for an approval of kind ask-console: the first four digits of its hash, as the screen and the CLI show them. */
export const wordOf = (hash: string): string => hash.slice(0, 4);
