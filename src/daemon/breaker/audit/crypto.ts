import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../../kernel/files.ts";
import { sameBytes } from "./domain/bytes.ts";
import type { Sha256 } from "./domain/merkle.ts";

export const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest();

/** Signs checkpoints. Ed25519; public key raw and signatures in base64url. */
export interface AuditKey {
  publicKey: string;
  sign(bytes: Uint8Array): string;
}

/** The key at `path` (PKCS #8 PEM, 0600); undefined when there is none. Throws when the file is damaged: a key is never replaced unasked. */
export function loadAuditKey(path: string): AuditKey | undefined {
  return existsSync(path) ? keyOf(createPrivateKey(readFileSync(path))) : undefined;
}

/** A new key, written to `path`. */
export function createAuditKey(path: string): AuditKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  writeWhole(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return keyOf(privateKey);
}

function keyOf(key: KeyObject): AuditKey {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (x === undefined || key.asymmetricKeyType !== "ed25519") throw new Error("the audit key is not an Ed25519 key");
  return { publicKey: x, sign: (bytes) => sign(null, bytes, key).toString("base64url") };
}

/** Whether a signature is of this public key; false for anything malformed. */
export function verifySignature(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return verify(null, bytes, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" }), Buffer.from(signature, "base64url"));
  } catch {
    // A key or signature that can't be read has signed nothing.
    return false;
  }
}

/** A payload under a key of its own. `hash` commits to it: SHA-256(salt || text). */
export interface SealedPayload {
  iv: Uint8Array;
  box: Uint8Array;
  key: Uint8Array;
  salt: Uint8Array;
  hash: Uint8Array;
}

const TAG_BYTES = 16;
const boundTo = (logId: string, seq: number) => Buffer.from(`${logId}\n${seq}`);

/** Seals canonical text with AES-256-GCM, bound to its row, so that a box can't be moved to another. */
export function sealPayload(logId: string, seq: number, text: string): SealedPayload {
  const random = randomBytes(76);
  const [iv, key, salt] = [random.subarray(0, 12), random.subarray(12, 44), random.subarray(44)];
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(boundTo(logId, seq));
  const box = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { iv, box, key, salt, hash: payloadHash(salt, Buffer.from(text)) };
}

/** The text of a sealed payload; undefined when box, key, row or hash don't belong together. */
export function openPayload(logId: string, seq: number, sealed: SealedPayload): string | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", sealed.key, sealed.iv).setAAD(boundTo(logId, seq));
    decipher.setAuthTag(sealed.box.subarray(-TAG_BYTES));
    const bytes = Buffer.concat([decipher.update(sealed.box.subarray(0, -TAG_BYTES)), decipher.final()]);
    return sameBytes(payloadHash(sealed.salt, bytes), sealed.hash) ? bytes.toString("utf8") : undefined;
  } catch {
    return undefined;
  }
}

const payloadHash = (salt: Uint8Array, bytes: Uint8Array) => createHash("sha256").update(salt).update(bytes).digest();
