/** Why nothing was let out. Each has a sentence on the screen. */
export type EgressRefusal =
  | "latched"
  | "unknown-sender"
  | "bad-request"
  | "ambiguous-length"
  | "connection-names-framing"
  | "upgrade"
  | "isolated"
  | "host-not-declared"
  | "policy"
  | "policy-unavailable"
  | "name-not-found"
  | "address-inside"
  | "ledger-unavailable"
  | "too-many";

/** 8a: a host the owner allowed. 8b: a new one. */
export type EgressClass = "8a" | "8b";

/** Who sends, as the daemon knows it; never as the sender says. */
export interface Traveller {
  epoch: number;
  act: string;
  agent: string;
  /** Hosts that the run declared; null: none declared, the policy alone decides. */
  hosts: readonly string[] | null;
}

/** A row as it is written before the first byte leaves. */
export interface OpenRow {
  act: string;
  agent: string;
  epoch: number;
  host: string;
  port: number;
  /** CONNECT for a tunnel, whose inside nobody reads. */
  method: string;
  /** The address that was checked and is dialled. */
  address: string;
  class: EgressClass;
  approvedBy: string;
}

/** done: both sides ended it. cut: the latch, or somebody's reset. failed: never connected, or the far side broke. unknown: the daemon died meanwhile. */
export type EgressOutcome = "done" | "cut" | "failed" | "unknown";

export interface Totals {
  bytesOut: number;
  bytesIn: number;
  /** SHA-256, hex, over the bytes that the system took for the far server. */
  sha256: string;
  /** Bytes handed over of which nobody knows whether they left: not in the hash. */
  bytesUnsure: number;
  outcome: EgressOutcome;
}

/** A row as it is read. While it is open the totals are unknown. */
export interface LedgerRow extends OpenRow {
  id: string;
  openedAt: number;
  closedAt: number | "unknown";
  bytesOut: number | "unknown";
  bytesIn: number | "unknown";
  bytesUnsure: number | "unknown";
  /** "unknown" while it is open. */
  sha256: string;
  outcome: EgressOutcome | "open";
}
