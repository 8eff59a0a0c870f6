import { createHash } from "node:crypto";
import type { Sha256 } from "./merkle.ts";
import { genesisOf, rowHash, type ChainedRow } from "./row.ts";

/** SHA-256 for tests of the domain. */
export const hash256: Sha256 = (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** A sound chain of `count` rows. */
export function fakeChain(count: number, logId = "log-1"): ChainedRow[] {
  const rows: ChainedRow[] = [];
  let prev = genesisOf(hash256, logId);
  for (let seq = 1; seq <= count; seq++) {
    const row = linked({ ...fakeBody(seq), prev });
    rows.push(row);
    prev = row.hash;
  }
  return rows;
}

export const fakeBody = (seq: number) => ({
  seq,
  at: 1_763_900_000_000 + seq,
  actor: "agent:1",
  via: "self",
  class: "5a",
  kind: "intent",
  decision: "allow",
  reason: "matrix",
  act: `act-${seq}`,
  subject: `{"code":"message.send","params":{"n":${seq}}}`,
  epoch: 1,
  payloadHash: null,
});

/** A row with the hash that its content and `prev` make. */
export const linked = (row: Omit<ChainedRow, "hash">): ChainedRow => ({ ...row, hash: rowHash(hash256, { ...row, payloadHash: row.payloadHash }, row.prev) });
