/** SHA-256 as the browser has it. */
export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

const NODE = Uint8Array.of(1);
const half = (n: number) => Math.floor(n / 2);
const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

/** 32 bytes of lower-case hex; undefined when it isn't that. */
export function hashOf(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export interface Grown {
  first: number;
  /** Hex, as all hashes here. */
  firstRoot: string;
  second: number;
  secondRoot: string;
  proof: readonly string[];
}

/**
 * RFC 9162 section 2.1.4.2: true when the log of `second` rows starts with the log of `first` rows. The console checks it itself: the daemon that it
 * asks is the one that might have changed the past. Nothing is proved about an empty first log: false.
 */
export async function isGrown(sha256: Sha256, { first, firstRoot, second, secondRoot, proof }: Grown): Promise<boolean> {
  const [from, to] = [hashOf(firstRoot), hashOf(secondRoot)];
  const parts = proof.map(hashOf).filter((part) => part !== undefined);
  if (from === undefined || to === undefined || parts.length !== proof.length || parts.length > 64) return false;
  if (!isCount(first) || !isCount(second) || first === 0 || first > second) return false;
  if (first === second) return parts.length === 0 && same(from, to);
  const join = (left: Uint8Array, right: Uint8Array) => {
    const bytes = new Uint8Array(65);
    bytes.set(NODE);
    bytes.set(left, 1);
    bytes.set(right, 33);
    return sha256(bytes);
  };
  let fn = first - 1;
  let sn = second - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  const [start, ...rest] = isPowerOfTwo(first) ? [from, ...parts] : parts;
  if (start === undefined || parts.length === 0) return false;
  let fr = start;
  let sr = start;
  for (const part of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = await join(part, fr);
      sr = await join(part, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else sr = await join(sr, part);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && same(fr, from) && same(sr, to);
}
