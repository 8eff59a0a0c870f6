import { randomBytes, randomUUID } from "node:crypto";

/** Randomness as a port. */
export interface Ids {
  /** Unguessable id, 128 bits. */
  id(): string;
  /** Unguessable token, 256 bits, base64url. */
  token(): string;
}

export const createIds = (): Ids => ({ id: () => randomUUID(), token: () => randomBytes(32).toString("base64url") });
