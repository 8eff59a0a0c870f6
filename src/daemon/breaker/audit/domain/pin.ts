import type { Checkpoint } from "../../../../contract/breaker.ts";
import { fromHex } from "./bytes.ts";
import { proofOf, verifyConsistency, type Sha256Later } from "./merkle.ts";
import { checkpointBytes } from "./row.ts";

/** What a console remembers of a log: from then on nobody can put another past in its place unseen. */
export interface Pin {
  logId: string;
  size: number;
  /** Hex. */
  root: string;
  /** Ed25519, raw, base64url. */
  publicKey: string;
  /** Earlier pins, oldest first: they narrow down where a rebuilt log parts from the true one. */
  trail: readonly { size: number; root: string }[];
}

/** rebuilt: it isn't the same past. rolled-back: shorter than what was seen. new-log: signed by the known key, but it begins anew, as after a seal. */
export type PinRefusal = "signature" | "rebuilt" | "rolled-back" | "new-log";
export type PinAnswer = { ok: true; pin: Pin } | { ok: false; kind: PinRefusal };

export interface PinPorts {
  sha256: Sha256Later;
  /** Ed25519: raw public key in base64url, signature in base64url. False for anything malformed. */
  verify(publicKey: string, bytes: Uint8Array, signature: string): boolean | Promise<boolean>;
}

const LONGEST_TRAIL = 32;

/**
 * Holds a checkpoint against what was pinned. `proof` is the log's consistency proof (hex) from the pin's size to the checkpoint's; empty when they
 * are equal. Without a pin the checkpoint is believed if its signature holds: the first time is trust, every later one is proof.
 */
export async function checkPin(pin: Pin | null, checkpoint: Checkpoint, proof: readonly string[], { sha256, verify }: PinPorts): Promise<PinAnswer> {
  const { logId, size, root, publicKey, signature } = checkpoint;
  if (!(await verify(publicKey, checkpointBytes(checkpoint), signature))) return { ok: false, kind: "signature" };
  if (pin === null) return { ok: true, pin: { logId, size, root, publicKey, trail: [] } };
  if (publicKey !== pin.publicKey) return { ok: false, kind: "rebuilt" };
  if (logId !== pin.logId) return { ok: false, kind: "new-log" };
  if (size < pin.size) return { ok: false, kind: "rolled-back" };
  const [firstRoot, secondRoot, path] = [fromHex(pin.root), fromHex(root), proofOf(proof)];
  // An empty log that was pinned binds nothing yet.
  const grown =
    pin.size === 0 ||
    (firstRoot !== undefined &&
      secondRoot !== undefined &&
      path !== undefined &&
      (await verifyConsistency(sha256, { first: pin.size, firstRoot, second: size, secondRoot, proof: path })));
  return grown
    ? { ok: true, pin: { ...pin, size, root, trail: pin.size === size || pin.size === 0 ? pin.trail : lengthened(pin) } }
    : { ok: false, kind: "rebuilt" };
}

/** The trail with the present pin at its end; where it is too long, the entry whose neighbours stand closest goes. */
function lengthened({ trail, size, root }: Pin): Pin["trail"] {
  const longer = [...trail, { size, root }];
  if (longer.length <= LONGEST_TRAIL) return longer;
  const room = (i: number) => (longer[i + 1]?.size ?? 0) - (longer[i - 1]?.size ?? 0);
  let closest = 1;
  for (let i = 2; i < longer.length - 1; i++) if (room(i) < room(closest)) closest = i;
  return longer.toSpliced(closest, 1);
}
