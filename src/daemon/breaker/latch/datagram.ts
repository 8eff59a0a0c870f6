import { createHmac, timingSafeEqual } from "node:crypto";
import type { Ack, Lease, OwnTrip, Processes } from "./domain/messages.ts";
import { causes, reasonLength, type Trip } from "./domain/trip.ts";

/**
 * One datagram between keepers: version, kind, session (8 bytes), sequence (8 bytes), JSON, HMAC-SHA256 over all before it.
 * The kind is under the MAC, so that a lease can't be sent back as an answer.
 */
const VERSION = 1;
const HEAD = 18;
const MAC = 32;
/** Fits an Ethernet frame. */
export const longestDatagram = 1400;
export const sessionBytes = 8;

const kinds = { lease: 1, ack: 2 } as const;
type Kind = keyof typeof kinds;

export function seal(kind: Kind, { session, key, seq }: { session: Buffer; key: Buffer; seq: number }, body: Lease | Ack): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const out = Buffer.alloc(HEAD + json.length + MAC);
  out.writeUInt8(VERSION, 0);
  out.writeUInt8(kinds[kind], 1);
  session.copy(out, 2, 0, sessionBytes);
  out.writeBigUInt64BE(BigInt(seq), 10);
  json.copy(out, HEAD);
  const signed = out.subarray(0, HEAD + json.length);
  createHmac("sha256", key)
    .update(signed)
    .digest()
    .copy(out, HEAD + json.length);
  return out;
}

/** The session that a datagram claims, in hex; undefined when it can't be one of ours. */
export function sessionOf(data: Buffer, kind: Kind): string | undefined {
  if (data.length < HEAD + MAC + 2 || data.length > longestDatagram) return undefined;
  if (data.readUInt8(0) !== VERSION || data.readUInt8(1) !== kinds[kind]) return undefined;
  return data.toString("hex", 2, 2 + sessionBytes);
}

/** Sequence and body of a datagram whose MAC is right; undefined otherwise. Call `sessionOf` first. */
export function unseal(data: Buffer, key: Buffer): { seq: number; body: unknown } | undefined {
  const signed = data.subarray(0, data.length - MAC);
  const mac = createHmac("sha256", key).update(signed).digest();
  if (!timingSafeEqual(mac, data.subarray(data.length - MAC))) return undefined;
  try {
    return { seq: Number(data.readBigUInt64BE(10)), body: JSON.parse(signed.toString("utf8", HEAD)) as unknown };
  } catch {
    return undefined;
  }
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isText = (value: unknown, most: number): value is string => typeof value === "string" && value.length <= most;
const isCause = (value: unknown): value is Trip["cause"] => (causes as readonly unknown[]).includes(value);

/** A lease, checked; undefined when any field is not what it has to be. */
export function leaseFrom(body: unknown): Lease | undefined {
  if (!isFields(body)) return undefined;
  const { epoch, state, echo, heard, excluded, cause } = body;
  if (state !== "run" && state !== "stopped" && state !== "ready") return undefined;
  if (!isCount(epoch) || !(echo === null || isTime(echo)) || !isCount(heard) || typeof excluded !== "boolean" || !isCause(cause)) return undefined;
  return { epoch, state, echo, heard, excluded, cause };
}

function tripFrom(value: unknown, nodeId: string): Trip | undefined {
  if (!isFields(value)) return undefined;
  const { cause, by, via, reason, at } = value;
  if (!isCause(cause) || !isTime(at) || !isText(via, 16) || !(reason === null || isText(reason, reasonLength))) return undefined;
  if (by === null) return { cause, by, via: via as Trip["via"], reason, nodeId, at };
  if (!isFields(by) || !isText(by["id"], 60) || !isText(by["name"], 60)) return undefined;
  // A node speaks of its own trips only, whatever id it writes.
  return { cause, by: { id: by["id"], name: by["name"] }, via: via as Trip["via"], reason, nodeId, at };
}

function ownFrom(value: unknown, nodeId: string): OwnTrip | null | undefined {
  if (value === null) return null;
  if (!isFields(value) || !isCount(value["n"]) || !isCount(value["epoch"])) return undefined;
  const trip = tripFrom(value["trip"], nodeId);
  return trip && { n: value["n"], epoch: value["epoch"], trip };
}

function processesFrom(value: unknown): Processes | "unknown" | undefined {
  if (value === "unknown") return value;
  if (!isFields(value)) return undefined;
  const { alive, killed, tookMs } = value;
  if (!isCount(alive) || !isCount(killed) || !(tookMs === "unknown" || isTime(tookMs))) return undefined;
  return { alive, killed, tookMs };
}

/** An answer of `nodeId`, checked; undefined when any field is not what it has to be. */
export function ackFrom(body: unknown, nodeId: string): Ack | undefined {
  if (!isFields(body)) return undefined;
  const { open, held, epoch, mono, cause, onDisk } = body;
  const own = ownFrom(body["own"], nodeId);
  const processes = processesFrom(body["processes"]);
  if (own === undefined || processes === undefined || typeof open !== "boolean" || typeof onDisk !== "boolean") return undefined;
  if (!isCount(held) || !isCount(epoch) || !isTime(mono) || !isCause(cause)) return undefined;
  return { open, held, epoch, mono, own, cause, onDisk, processes };
}
