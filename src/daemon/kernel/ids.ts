import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Randomness as a port. */
export interface Ids {
  /** Unguessable id, 128 bits. */
  id(): string;
  /** Unguessable token, 256 bits, base64url. */
  token(): string;
  /** 0 to 1, for the jitter of back-offs. */
  random(): number;
}

export const createIds = (): Ids => ({
  id: () => randomUUID(),
  token: () => randomBytes(32).toString("base64url"),
  random: () => randomInt(2 ** 32) / 2 ** 32,
});
