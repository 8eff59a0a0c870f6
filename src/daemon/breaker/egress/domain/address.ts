/** What an address is, as far as letting something out to it goes. Only "public" is out there. */
export type AddressKind = "public" | "loopback" | "private" | "link-local" | "metadata" | "reserved" | "invalid";

/** The four bytes of a dotted IPv4 address; undefined for anything else, the shorthands of old resolvers too. */
function bytes4(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The eight groups of an IPv6 address; undefined for anything else. A zone (`%eth0`) is no part of an address that leaves the machine. */
function groups6(text: string): number[] | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last4 = tail ? bytes4(tail[2] ?? "") : undefined;
  if (tail && !last4) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = last4 ?? [];
  const plain = tail ? `${tail[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}` : text;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const written = [...head, ...(rest ?? [])];
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - written.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const filled = rest === undefined ? head : [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  return filled.map((group) => Number.parseInt(group, 16));
}

/** Ranges that are not out on the internet (IANA special-purpose registries), the narrower first. */
const ranges4: readonly [network: string, bits: number, kind: AddressKind][] = [
  ["169.254.169.254", 32, "metadata"],
  ["169.254.170.2", 32, "metadata"],
  ["100.100.100.200", 32, "metadata"],
  ["168.63.129.16", 32, "metadata"],
  ["0.0.0.0", 8, "reserved"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "private"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link-local"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "reserved"],
  ["192.0.2.0", 24, "reserved"],
  ["192.88.99.0", 24, "reserved"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "reserved"],
  ["198.51.100.0", 24, "reserved"],
  ["203.0.113.0", 24, "reserved"],
  ["224.0.0.0", 4, "reserved"],
  ["240.0.0.0", 4, "reserved"],
];

const number4 = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]) => ((a * 256 + b) * 256 + c) * 256 + d;

function kind4(bytes: readonly number[]): AddressKind {
  const address = number4(bytes);
  for (const [network, bits, kind] of ranges4) {
    const size = 2 ** (32 - bits);
    if (Math.floor(address / size) === Math.floor(number4(bytes4(network) ?? []) / size)) return kind;
  }
  return "public";
}

function kind6(groups: readonly number[]): AddressKind {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const inner = (high: number, low: number) => kind4([high >> 8, high & 255, low >> 8, low & 255]);
  const zeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  if (zeros(7) && h === 1) return "loopback";
  if (zeros(5) && f === 0xffff) return inner(g, h);
  // What a translator or a tunnel carries to an IPv4 address is judged by that address.
  if (a === 0x64 && b === 0xff9b && [c, d, e, f].every((group) => group === 0)) return inner(g, h);
  if (a === 0x2002) return inner(b, c);
  if (a === 0xfd00 && b === 0xec2 && h === 0x254) return "metadata";
  if ((a & 0xfe00) === 0xfc00) return "private";
  if ((a & 0xffc0) === 0xfe80) return "link-local";
  if ((a & 0xffc0) === 0xfec0) return "private";
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return "reserved";
  if (a === 0x3fff && b < 0x1000) return "reserved";
  // Only 2000::/3 is given out for the internet.
  return (a & 0xe000) === 0x2000 ? "public" : "reserved";
}

/** What the address is. Anything that isn't an address written out is "invalid", which no list lets through. */
export function addressKind(address: string): AddressKind {
  const four = bytes4(address);
  if (four) return kind4(four);
  const six = groups6(address);
  return six ? kind6(six) : "invalid";
}
