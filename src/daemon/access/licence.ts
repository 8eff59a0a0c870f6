import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { limitsOf, lowest, type Limits } from "./domain/licence.ts";

/** The vendor's public keys as `resources/licence/keys.json` holds them: Ed25519, SPKI, base64. */
export const licenceKeys = z.object({ keys: z.array(z.object({ id: z.string(), publicKey: z.string() })) });

/** Keys of the file at `path`; none when it can't be read, which leaves the lowest plan. */
export function readLicenceKeys(path: string, log: Log): string[] {
  try {
    return licenceKeys.parse(JSON.parse(readFileSync(path, "utf8"))).keys.map(({ publicKey }) => publicKey);
  } catch (error) {
    log.error("licence.keys-unreadable", { error });
    return [];
  }
}

const LOOK_MS = 1000;

/**
 * The limits in force, by the licence file at `path`. `keys`: trusted public keys (SPKI, base64). The file is looked at again when it changed, at most
 * each second; its dates are compared at each call. Never throws: without a good licence the lowest plan is in force, and `problem` says why.
 */
export function createLicence({ path, keys, clock, rackId, log }: { path: string; keys: readonly string[]; clock: Clock; rackId: () => string; log: Log }) {
  const trusted = keys.flatMap((key) => publicKey(key, log));
  const verified = (message: string, signature: string): boolean => {
    const bytes = Buffer.from(signature, "base64");
    return trusted.some((key) => verify(null, Buffer.from(message), key, bytes));
  };
  let lookedAt = -Infinity;
  let stamp = "";
  let text: string | undefined;
  let unread: "licence.absent" | "licence.unreadable" = "licence.absent";
  let told: Limits["problem"] | undefined;
  let checked: { text: string; message: string; signature: string; good: boolean } | undefined;

  function look(): void {
    const mono = clock.mono();
    if (mono - lookedAt < LOOK_MS) return;
    lookedAt = mono;
    try {
      const { mtimeMs, ctimeMs, size, ino } = statSync(path);
      const now = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      if (now === stamp && text !== undefined) return;
      text = size > 64 * 1024 ? "" : readFileSync(path, "utf8");
      stamp = now;
    } catch (error) {
      text = undefined;
      stamp = "";
      unread = error instanceof Error && "code" in error && error.code === "ENOENT" ? "licence.absent" : "licence.unreadable";
    }
  }

  return {
    /** The limits at this moment. */
    current(): Limits {
      let limits: Limits;
      try {
        look();
        const held = text;
        limits =
          held === undefined
            ? lowest(unread)
            : limitsOf(held, {
                now: clock.now(),
                rackId: rackId(),
                // One check a file: the gate asks at every action.
                verify(message, signature) {
                  if (checked?.text !== held || checked.message !== message || checked.signature !== signature)
                    checked = { text: held, message, signature, good: verified(message, signature) };
                  return checked.good;
                },
              });
      } catch (error) {
        log.error("licence.failed", { error });
        limits = lowest("licence.unreadable");
      }
      if (limits.problem !== told) {
        told = limits.problem;
        if (limits.problem !== null && limits.problem !== "licence.absent") log.warn("licence.lowest-plan", { problem: limits.problem });
        else log.info("licence.plan", { plan: limits.plan });
      }
      return limits;
    },
  };
}

function publicKey(text: string, log: Log): KeyObject[] {
  try {
    const key = createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType === "ed25519") return [key];
    log.error("licence.key-refused", { type: key.asymmetricKeyType });
  } catch (error) {
    log.error("licence.key-refused", { error });
  }
  return [];
}
