import type { Role, Via } from "../../contract/roles.ts";

export type Listener = "socket" | "loopback" | "lan";

/** Who is on the other end, as the connection proved it. What that allows is asked anew at each call. */
export type Credential = { kind: "none" } | { kind: "local" } | { kind: "device"; deviceId: string; sessionToken?: string } | { kind: "node"; nodeId: string };

export interface Connection {
  listener: Listener;
  via: Via;
  credential: Credential;
  /** Exporter of this TLS connection (32 bytes, hex); only over TLS. */
  binding?: string;
  /** Headers of the answer; only over HTTP. */
  responseHeaders?: Headers;
  /** `https://host:port` as the browser sees this aosd; only over HTTP. */
  origin?: string;
  /** Lives as long as the connection: what belongs to one connection only is kept here. */
  scratch: Map<string, unknown>;
}

export interface Caller {
  role: Role;
  via: Via;
  person: { id: string; name: string } | null;
  device: { id: string; name: string } | null;
  /** Name of a device that nobody has admitted yet. */
  waiting: string | null;
}

export interface Context {
  connection: Connection;
  caller: Caller;
}
