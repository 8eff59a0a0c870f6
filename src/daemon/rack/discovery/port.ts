import type { NodeRole } from "../../../contract/values.ts";

/** Fixed identity as it is announced: `_aosnode._tcp`, TXT id, role, rack, rn, v, fp, pair. */
export interface Announcement {
  id: string;
  name: string;
  roles: readonly NodeRole[];
  rackId: string | null;
  rackName: string | null;
  version: string;
  fp: string;
  pairing: "open" | "closed";
  port: number;
  /** Set when the LAN listener is bound to the loopback address only: the announcement then says so. */
  loopbackOnly: boolean;
}

export interface Sighting extends Omit<Announcement, "loopbackOnly"> {
  addresses: readonly string[];
}

/** A hint, never liveness: a node that was seen is not thereby online. */
export interface Discovery {
  readonly adapter: "bonjour" | "dns-sd" | "none";
  start(): void;
  stop(): Promise<void>;
  /** Announces this, or what has changed of it. */
  announce(announcement: Announcement): void;
  /** Asks the network again soon (at most every 2 s). */
  rescan(): void;
  state(): "starting" | "listening" | "blocked" | "off";
}

export interface DiscoveryEvents {
  up(sighting: Sighting): void;
  /** It said goodbye or has not answered for a long time. */
  down(id: string): void;
}

export const SERVICE_TYPE = "aosnode";

/** TXT records of an announcement; each value stays far below 255 bytes. */
export function toTxt(a: Announcement): Record<string, string> {
  return {
    id: a.id,
    role: a.roles.join(","),
    rack: a.rackId ?? "",
    rn: (a.rackName ?? "").slice(0, 40),
    nn: a.name.slice(0, 40),
    v: a.version,
    fp: a.fp,
    pair: a.pairing,
  };
}

/** The announcement that TXT records carry; undefined when they are not ours or are damaged. Whatever it says is a claim only. */
export function fromTxt(txt: Readonly<Record<string, unknown>>, port: number, addresses: readonly string[]): Sighting | undefined {
  const text = (key: string) => {
    const value = txt[key];
    return typeof value === "string" ? value : Buffer.isBuffer(value) ? value.toString("utf8") : "";
  };
  const id = text("id");
  if (!/^[a-z2-7]{16}$/.test(id) || port < 1 || port > 65535) return undefined;
  const roles = text("role")
    .split(",")
    .filter((role): role is NodeRole => role === "main" || role === "pool" || role === "llm" || role === "storage");
  const name = text("nn").trim() || id;
  return {
    id,
    name: name.slice(0, 60),
    roles,
    rackId: text("rack") || null,
    rackName: text("rn") || null,
    version: text("v").slice(0, 40),
    fp: text("fp").slice(0, 40),
    pairing: text("pair") === "open" ? "open" : "closed",
    port,
    addresses: addresses.slice(0, 16),
  };
}
