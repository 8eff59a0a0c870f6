import { networkInterfaces } from "node:os";
import { isIPv4 } from "node:net";
import type { Found } from "../../../contract/rack.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Sighting } from "./port.ts";

interface Entry {
  sighting: Sighting;
  at: number;
  foundBy: "mdns" | "static";
  announced: boolean;
}

/** Addresses in the order in which to try them: on this very machine 127.0.0.1 first, then IPv4, then IPv6 without a scope. */
function dialOrder(addresses: readonly string[]): string[] {
  const own = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((a) => a.address)));
  const usable = addresses.filter((a) => !a.startsWith("fe80:"));
  const here = usable.some((a) => own.has(a)) ? ["127.0.0.1"] : [];
  return [...new Set([...here, ...usable.filter((a) => isIPv4(a)), ...usable.filter((a) => !isIPv4(a))])];
}

/** Nodes that announced themselves or were added by address. Kept after a goodbye only while someone asks for their last address. */
export function createFoundList(clock: Clock) {
  const entries = new Map<string, Entry>();
  return {
    up(sighting: Sighting, foundBy: "mdns" | "static") {
      const known = entries.get(sighting.id);
      const addresses = sighting.addresses.length > 0 ? sighting.addresses : (known?.sighting.addresses ?? []);
      entries.set(sighting.id, { sighting: { ...sighting, addresses }, at: clock.mono(), foundBy, announced: true });
    },
    down(id: string) {
      const entry = entries.get(id);
      if (entry) entry.announced = false;
    },
    get: (id: string) => entries.get(id),
    /** Where to dial a node, best first; none when nobody has seen it. */
    targets(id: string): { host: string; port: number }[] {
      const sighting = entries.get(id)?.sighting;
      return sighting ? dialOrder(sighting.addresses).map((host) => ({ host, port: sighting.port })) : [];
    },
    announced: (id: string) => entries.get(id)?.announced === true,
    list: (member: (id: string) => boolean, ownId: string): Found[] =>
      [...entries.values()]
        .filter((e) => e.announced && e.sighting.id !== ownId)
        .map(({ sighting: s, at, foundBy }) => ({
          id: s.id,
          name: s.name,
          roles: [...s.roles],
          rackId: s.rackId,
          rackName: s.rackName,
          version: s.version,
          fp: s.fp,
          pairing: s.pairing,
          addresses: [...s.addresses],
          port: s.port,
          foundBy,
          seenAgeMs: clock.mono() - at,
          member: member(s.id),
        })),
  };
}
export type FoundList = ReturnType<typeof createFoundList>;
