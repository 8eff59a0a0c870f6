import { createCipheriv, createDecipheriv, createPrivateKey, randomBytes, scryptSync, type KeyObject } from "node:crypto";
import { z } from "zod";

/** Crockford base32: no letter that is read as another. 26 characters carry 130 bits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 26;
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const sealedSchema = z.object({ v: z.literal(1), salt: z.string(), iv: z.string(), tag: z.string(), data: z.string() });

/** A new recovery key as it is printed: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX`. */
export function createRecoveryKey(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => alphabet[byte & 31]).join("");
  return letters.replace(/^(.{5})(.{5})(.{5})(.{5})(.{6})$/, "$1-$2-$3-$4-$5");
}

/** What a person typed, as the key means it: case, spaces and dashes don't matter, O reads 0, I and L read 1. */
export const normaliseRecoveryKey = (typed: string): string => typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

/** Seals the rack CA's private key (AES-256-GCM under scrypt of the recovery key); JSON text. */
export function seal(recoveryKey: string, caKey: KeyObject): string {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", scryptSync(normaliseRecoveryKey(recoveryKey), salt, 32, cost), iv);
  const data = Buffer.concat([cipher.update(caKey.export({ type: "pkcs8", format: "der" })), cipher.final()]);
  const b64 = (bytes: Buffer) => bytes.toString("base64");
  return JSON.stringify({ v: 1, salt: b64(salt), iv: b64(iv), tag: b64(cipher.getAuthTag()), data: b64(data) });
}

/** The CA key again, or undefined when the recovery key is wrong or the sealed text was altered. */
export function unseal(recoveryKey: string, sealed: string): KeyObject | undefined {
  try {
    const parts = sealedSchema.parse(JSON.parse(sealed));
    const from = (text: string) => Buffer.from(text, "base64");
    const decipher = createDecipheriv("aes-256-gcm", scryptSync(normaliseRecoveryKey(recoveryKey), from(parts.salt), 32, cost), from(parts.iv));
    decipher.setAuthTag(from(parts.tag));
    return createPrivateKey({ key: Buffer.concat([decipher.update(from(parts.data)), decipher.final()]), format: "der", type: "pkcs8" });
  } catch {
    return undefined;
  }
}
