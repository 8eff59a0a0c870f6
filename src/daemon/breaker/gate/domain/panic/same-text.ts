import { push } from "../bounded.ts";

/** A text that went out: its SimHash in two halves, and to whom. */
export interface Sent {
  mono: number;
  high: number;
  low: number;
  to: readonly string[];
}

export const WINDOW_MS = 600_000;
export const DISTANCE = 3;
export const LIMIT = 4;
const FEWEST_RECIPIENTS = 2;
const MOST = 128;

/** 64-bit SimHash of a text that is already normalised, as 16 hex digits: over character 4-grams, each hashed by FNV-1a in two 32-bit lanes. */
export function simhash(text: string): string {
  const votes = new Int32Array(64);
  const compact = text.replace(/\s+/g, " ").trim();
  const last = Math.max(1, compact.length - 3);
  for (let at = 0; at < last; at++) {
    let a = 0x811c9dc5;
    let b = 0x1000193;
    for (let i = at; i < Math.min(compact.length, at + 4); i++) {
      const unit = compact.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b);
      b ^= b >>> 13;
    }
    a ^= a >>> 15;
    for (let bit = 0; bit < 32; bit++) {
      votes[bit] = (votes[bit] ?? 0) + ((a >>> bit) & 1 ? 1 : -1);
      votes[bit + 32] = (votes[bit + 32] ?? 0) + ((b >>> bit) & 1 ? 1 : -1);
    }
  }
  const half = (from: number) => {
    let word = 0;
    for (let bit = 0; bit < 32; bit++) if ((votes[from + bit] ?? 0) > 0) word |= 1 << bit;
    return (word >>> 0).toString(16).padStart(8, "0");
  };
  return half(32) + half(0);
}

/** Bits in which two SimHashes differ. */
export function distance(a: { high: number; low: number }, b: { high: number; low: number }): number {
  return ones(a.high ^ b.high) + ones(a.low ^ b.low);
}

function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export const halves = (hex: string) => ({ high: Number.parseInt(hex.slice(0, 8), 16) | 0, low: Number.parseInt(hex.slice(8, 16), 16) | 0 });

/** Notes what goes out; answers how often this text went out in the last ten minutes, counting only when it reaches two people or more. */
export function noteText(sent: Sent[], now: Sent): number {
  while (sent[0] !== undefined && now.mono - sent[0].mono > WINDOW_MS) sent.shift();
  push(sent, now, MOST);
  return likeCount(sent, now);
}

function likeCount(sent: readonly Sent[], now: Sent): number {
  const alike = sent.filter((one) => now.mono - one.mono <= WINDOW_MS && distance(one, now) <= DISTANCE);
  const reached = new Set(alike.flatMap((one) => one.to));
  return reached.size >= FEWEST_RECIPIENTS ? alike.length : 0;
}
