import type { Checkpoint } from "../../../contract/breaker.ts";
import { isGrown, type Sha256 } from "./consistency.ts";

/** What this console remembers of a log. `trail`: earlier pins, oldest first, at most 32. `aos audit verify --pin` reads the same shape. */
export interface Pin {
  logId: string;
  size: number;
  /** Hex. */
  root: string;
  /** Ed25519, raw, base64url. */
  publicKey: string;
  trail: readonly { size: number; root: string }[];
}
/** rebuilt: not the past that was seen. rolled-back: fewer rows than were seen. new-log: the known key began another log, as after a seal. */
export type PinRefusal = "signature" | "rebuilt" | "rolled-back" | "new-log" | "unchecked";
export type PinAnswer = { ok: true; pin: Pin } | { ok: false; kind: PinRefusal };

/** The cryptography of the browser. */
export interface PinCrypto {
  sha256: Sha256;
  /** Ed25519; false for anything malformed. */
  verify(publicKey: string, bytes: Uint8Array, signature: string): Promise<boolean>;
}

const LONGEST_TRAIL = 32;

/** What a checkpoint's signature covers: its fields as canonical JSON, keys in order. */
export const checkpointBytes = ({ at, logId, publicKey, root, size }: Omit<Checkpoint, "signature">): Uint8Array =>
  new TextEncoder().encode(`aos-audit-checkpoint-v1\n${JSON.stringify({ at, logId, publicKey, root, size })}`);

/**
 * Holds a checkpoint against the pin, with the log's proof between the two sizes. Without a pin a checkpoint is believed if its signature holds.
 * unchecked: this browser could not check; nothing is believed then.
 */
export async function checkPin(pin: Pin | null, checkpoint: Checkpoint, proof: readonly string[], { sha256, verify }: PinCrypto): Promise<PinAnswer> {
  const { logId, size, root, publicKey, signature } = checkpoint;
  try {
    if (!(await verify(publicKey, checkpointBytes(checkpoint), signature))) return { ok: false, kind: "signature" };
    if (pin === null) return { ok: true, pin: { logId, size, root, publicKey, trail: [] } };
    if (publicKey !== pin.publicKey) return { ok: false, kind: "rebuilt" };
    if (logId !== pin.logId) return { ok: false, kind: "new-log" };
    if (size < pin.size) return { ok: false, kind: "rolled-back" };
    const grown = pin.size === 0 || (await isGrown(sha256, { first: pin.size, firstRoot: pin.root, second: size, secondRoot: root, proof }));
    return grown
      ? { ok: true, pin: { ...pin, size, root, trail: size === pin.size || pin.size === 0 ? pin.trail : lengthened(pin) } }
      : { ok: false, kind: "rebuilt" };
  } catch (error) {
    console.warn("the log's checkpoint could not be checked", error);
    return { ok: false, kind: "unchecked" };
  }
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
