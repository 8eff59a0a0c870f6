import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { createRecoveryKey, normaliseRecoveryKey, seal, unseal } from "./recovery.ts";

const caKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

test("a recovery key opens what it sealed, also typed in small letters without dashes", () => {
  const key = caKey();
  const recoveryKey = createRecoveryKey();
  expect(recoveryKey).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
  const sealed = seal(recoveryKey, key);
  expect(unseal(recoveryKey.toLowerCase().replaceAll("-", " "), sealed)?.equals(key)).toBe(true);
});

test("another recovery key, a flipped byte and garbage open nothing", () => {
  const recoveryKey = createRecoveryKey();
  const sealed = seal(recoveryKey, caKey());
  expect(unseal(createRecoveryKey(), sealed)).toBeUndefined();
  const parts = JSON.parse(sealed) as { data: string };
  const flipped = JSON.stringify({ ...parts, data: `${parts.data.startsWith("A") ? "B" : "A"}${parts.data.slice(1)}` });
  expect(unseal(recoveryKey, flipped)).toBeUndefined();
  expect(unseal(recoveryKey, "not json")).toBeUndefined();
  expect(unseal("", sealed)).toBeUndefined();
});

test("letters that look alike are read as the digit", () => {
  expect(normaliseRecoveryKey("o0-iL1")).toBe("00111");
});
