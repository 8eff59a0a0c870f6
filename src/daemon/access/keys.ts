import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../kernel/files.ts";

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/** P-256 private key at `path` (PKCS #8 PEM, 0600); made at the first call. */
export function loadOrCreateKey(path: string): KeyObject {
  if (existsSync(path)) return createPrivateKey(readFileSync(path));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeWhole(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return privateKey;
}

const spkiHash = (key: KeyObject): Buffer =>
  createHash("sha256")
    .update((key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" }))
    .digest();

/** Node id of a key: first 80 bits of SHA-256 over its SPKI, base32 (16 letters). */
export function nodeIdOf(key: KeyObject): string {
  const hash = spkiHash(key);
  let bits = BigInt(`0x${hash.subarray(0, 10).toString("hex")}`);
  let id = "";
  for (let i = 0; i < 16; i++) {
    id = (base32[Number(bits & 31n)] ?? "") + id;
    bits >>= 5n;
  }
  return id;
}

/** Fingerprint that people compare: first 8 bytes of SHA-256 over the SPKI. */
export const fingerprintOf = (key: KeyObject): string => pairs(spkiHash(key).subarray(0, 8));

/** SHA-256 of a certificate (DER), 32 hex pairs. */
export const certFingerprint = (der: Uint8Array): string => pairs(createHash("sha256").update(der).digest());

const pairs = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join(":");
