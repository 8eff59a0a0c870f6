import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Cost of stretching the code; RFC 9383 leaves it to the application. */
export const ITERATIONS = 10_000;

/** What the verifier keeps of a code: it can check a proof with it but not make one. */
export interface Verifier {
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  w0: bigint;
  l: Uint8Array<ArrayBuffer>;
}

async function library() {
  const { Spake2p, StandardCrypto } = await import("@matter/general");
  return { Spake2p, crypto: new StandardCrypto() };
}

const bytes = (source: unknown): Uint8Array<ArrayBuffer> => {
  if (source instanceof Uint8Array) return new Uint8Array(source);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError("SPAKE2+ returned no bytes");
};

/** Binds both sides to one TLS connection (its exporter), one window and both ids: a relay that ends TLS gets another context. */
export function pairingContext(parts: { binding: string; windowId: string; initiatorId: string; responderId: string }): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(["AOS pairing v1", parts.binding, parts.windowId, parts.initiatorId, parts.responderId]);
  return new Uint8Array(createHash("sha256").update(text).digest());
}

export async function createVerifier(code: string): Promise<Verifier> {
  const { Spake2p, crypto } = await library();
  const salt = new Uint8Array(randomBytes(32));
  const { w0, L } = await Spake2p.computeW0L(crypto, { iterations: ITERATIONS, salt }, Number(code));
  return { salt, iterations: ITERATIONS, w0, l: bytes(L) };
}

export interface Proofs {
  /** Ours, to send. */
  own: Uint8Array;
  /** What the other side must send. */
  expected: Uint8Array;
}

/** Answers a prover's share `x`. Throws when `x` is no point of the curve. */
export async function respond(verifier: Verifier, context: Uint8Array<ArrayBuffer>, x: Uint8Array<ArrayBuffer>): Promise<Proofs & { y: Uint8Array }> {
  const { Spake2p, crypto } = await library();
  const spake = Spake2p.create(crypto, context, verifier.w0);
  const y = bytes(spake.computeY());
  const { hAY, hBX } = await spake.computeSecretAndVerifiersFromX(verifier.l, x, y);
  return { y, own: bytes(hBX), expected: bytes(hAY) };
}

/** The prover's side: its share, and the proofs once the other share is there. */
export async function initiate(code: string, salt: Uint8Array<ArrayBuffer>, iterations: number, context: Uint8Array<ArrayBuffer>) {
  const { Spake2p, crypto } = await library();
  const { w0, w1 } = await Spake2p.computeW0W1(crypto, { iterations, salt }, Number(code));
  const spake = Spake2p.create(crypto, context, w0);
  const x = bytes(spake.computeX());
  return {
    x,
    async proofs(y: Uint8Array<ArrayBuffer>): Promise<Proofs> {
      const { hAY, hBX } = await spake.computeSecretAndVerifiersFromY(w1, x, y);
      return { own: bytes(hAY), expected: bytes(hBX) };
    },
  };
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
export const fromHex = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "hex"));
export const toHex = (source: Uint8Array): string => Buffer.from(source).toString("hex");
