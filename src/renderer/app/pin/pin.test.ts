import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Checkpoint } from "../../../contract/breaker.ts";
import vectors from "../../../../test/contract/support/merkle-vectors.json";
import { isGrown } from "./consistency.ts";
import { browserCrypto, createPinStore, pinOf } from "./keep.ts";
import { checkPin, checkpointBytes, type Pin } from "./pin.ts";

const { sha256, verify } = browserCrypto(crypto.subtle);
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const believing = { sha256, verify: () => Promise.resolve(true) };
/** A checkpoint whose signature is taken as good. */
const word = (size: number, root: string): Checkpoint => ({ logId: "log-1", size, root, at: 1, publicKey: "key", signature: "" });
const held = vectors.consistency.filter((v) => v.holds && v.first < v.second);
const pinAt = (size: number, root: string): Pin => ({ logId: "log-1", size, root, publicKey: "key", trail: [] });

/** A browser's storage in memory. */
function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (n) => [...kept.keys()][n] ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}

describe("the console's own verifier", () => {
  it("judges the shared vectors as the daemon does", async () => {
    expect(vectors.consistency).toHaveLength(200);
    for (const { holds, ...grown } of vectors.consistency) expect(await isGrown(sha256, grown)).toBe(holds);
    for (const { bytes, signature, ...body } of vectors.checkpoints) {
      expect(hex(checkpointBytes(body))).toBe(bytes);
      expect(await verify(body.publicKey, checkpointBytes(body), signature)).toBe(true);
      expect(await verify(body.publicKey, checkpointBytes({ ...body, size: body.size + 1 }), signature)).toBe(false);
      for (const bad of ["", "AAAA", "****", `${signature}AA`]) expect(await verify(body.publicKey, checkpointBytes(body), bad)).toBe(false);
    }
  });

  it("believes no proof in which one letter was changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...held), fc.nat(), fc.nat(63), async (grown, n, at) => {
        const hurt = (text: string) => `${text.slice(0, at)}${text[at] === "0" ? "1" : "0"}${text.slice(at + 1)}`;
        const proof = grown.proof.map((part, i) => (i === n % grown.proof.length ? hurt(part) : part));
        expect(await isGrown(sha256, { ...grown, proof })).toBe(false);
        expect(await isGrown(sha256, { ...grown, firstRoot: hurt(grown.firstRoot) })).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a pin", () => {
  it("follows a log that grew, and remembers where it was", async () => {
    for (const { first, firstRoot, second, secondRoot, proof } of held) {
      const answer = await checkPin(pinAt(first, firstRoot), word(second, secondRoot), proof, believing);
      expect(answer).toEqual({ ok: true, pin: { ...pinAt(second, secondRoot), trail: [{ size: first, root: firstRoot }] } });
    }
  });

  it("refuses a rebuilt, shorter, unsigned or other log", async () => {
    const [grown] = held;
    if (grown === undefined) throw new Error("no vectors");
    const { first, firstRoot, second, secondRoot, proof } = grown;
    const pin = pinAt(first, firstRoot);
    const next = word(second, secondRoot);
    expect(await checkPin(pin, word(second, firstRoot), proof, believing)).toEqual({ ok: false, kind: "rebuilt" });
    expect(await checkPin(pin, { ...next, publicKey: "other" }, proof, believing)).toEqual({ ok: false, kind: "rebuilt" });
    expect(await checkPin(pin, { ...next, logId: "log-2" }, proof, believing)).toEqual({ ok: false, kind: "new-log" });
    expect(await checkPin(pinAt(second, secondRoot), word(first, firstRoot), [], believing)).toEqual({ ok: false, kind: "rolled-back" });
    expect(await checkPin(pin, next, proof, { sha256, verify: () => Promise.resolve(false) })).toEqual({ ok: false, kind: "signature" });
  });

  it("believes nothing where the browser can't check", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const broken = { sha256, verify: () => Promise.reject(new Error("no Ed25519 here")) };
    expect(await checkPin(null, word(1, "00"), [], broken)).toEqual({ ok: false, kind: "unchecked" });
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });

  it("is kept by the browser, and one that was spoilt is not taken for none", () => {
    const storage = memory();
    const store = createPinStore(storage);
    expect(store.read("n")).toEqual({ state: "none" });
    const pin: Pin = { ...pinAt(5, "ab".repeat(32)), trail: [{ size: 2, root: "cd".repeat(32) }] };
    expect(store.write("n", pin)).toBe(true);
    expect(store.read("n")).toEqual({ state: "kept", pin });
    for (const spoilt of ["", "{", "null", "{}", JSON.stringify({ ...pin, size: "5" }), JSON.stringify({ ...pin, trail: [1] })]) {
      storage.setItem("aos.pin.n", spoilt);
      expect(store.read("n")).toEqual({ state: "unreadable" });
    }
    store.forget("n");
    expect(store.read("n")).toEqual({ state: "none" });
    expect(pinOf(JSON.parse(JSON.stringify(pin)))).toEqual(pin);
  });
});
