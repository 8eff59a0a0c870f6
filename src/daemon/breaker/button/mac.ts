import { createHash, createHmac } from "node:crypto";
import type { Hmac } from "./domain/frame.ts";

/** HMAC-SHA256 as the button's frames use it. */
export const hmacSha256: Hmac = (key, message) => createHmac("sha256", key).update(message, "ascii").digest("hex");

/** By which a button shows the key that it holds: the first 8 hex digits of SHA-256(key). */
export const fingerprintOf = (key: Uint8Array): string => createHash("sha256").update(key).digest("hex").slice(0, 8);
