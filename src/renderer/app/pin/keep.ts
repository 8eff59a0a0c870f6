import type { Pin, PinCrypto } from "./pin.ts";

/** A pin that is there and can't be read is no missing pin: whoever spoils it must not get a first trust anew. */
export type KeptPin = { state: "none" } | { state: "kept"; pin: Pin } | { state: "unreadable" };

const keyOf = (nodeId: string) => `aos.pin.${nodeId}`;

/** Pins of this device, one a node, kept in its browser. */
export function createPinStore(storage: Storage) {
  return {
    read(nodeId: string): KeptPin {
      try {
        const text = storage.getItem(keyOf(nodeId));
        if (text === null) return { state: "none" };
        const pin = pinOf(JSON.parse(text));
        return pin === undefined ? { state: "unreadable" } : { state: "kept", pin };
      } catch {
        return { state: "unreadable" };
      }
    },
    /** False when this browser keeps nothing: then the next visit trusts anew, and the person should know. */
    write(nodeId: string, pin: Pin): boolean {
      try {
        storage.setItem(keyOf(nodeId), JSON.stringify(pin));
        return true;
      } catch (error) {
        console.warn("this browser keeps no pins", error);
        return false;
      }
    },
    /** After a person has looked and accepts another log. */
    forget: (nodeId: string) => storage.removeItem(keyOf(nodeId)),
  };
}
export type PinStore = ReturnType<typeof createPinStore>;

const isEntry = (value: unknown): value is { size: number; root: string } =>
  typeof value === "object" &&
  value !== null &&
  "size" in value &&
  "root" in value &&
  Number.isSafeInteger(value.size) &&
  typeof value.root === "string" &&
  /^[0-9a-f]{64}$/.test(value.root);

/** A pin from its JSON; undefined when it is none. */
export function pinOf(value: unknown): Pin | undefined {
  if (!isEntry(value) || !("logId" in value) || !("publicKey" in value) || !("trail" in value)) return undefined;
  const { logId, publicKey, trail, size, root } = value;
  if (typeof logId !== "string" || typeof publicKey !== "string" || !Array.isArray(trail) || !trail.every(isEntry)) return undefined;
  return { logId, publicKey, size, root, trail: trail.map((entry) => ({ size: entry.size, root: entry.root })) };
}

function base64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** Web Cryptography as pins need it. It is there on https and on 127.0.0.1 only, as the console is. */
export const browserCrypto = (subtle: SubtleCrypto): PinCrypto => ({
  sha256: async (bytes) => new Uint8Array(await subtle.digest("SHA-256", new Uint8Array(bytes))),
  async verify(publicKey, bytes, signature) {
    let key: Uint8Array<ArrayBuffer>;
    let signed: Uint8Array<ArrayBuffer>;
    try {
      [key, signed] = [base64url(publicKey), base64url(signature)];
    } catch {
      return false;
    }
    if (key.length !== 32 || signed.length !== 64) return false;
    return subtle.verify("Ed25519", await subtle.importKey("raw", key, "Ed25519", false, ["verify"]), signed, new Uint8Array(bytes));
  },
});
