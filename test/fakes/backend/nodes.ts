import { createHash } from "node:crypto";
import type { NodeView, Sample } from "../../../src/contract/rack.ts";
import type { NodeRole } from "../../../src/contract/values.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
const digest = (text: string) => createHash("sha256").update(text).digest();
const pairs = (bytes: Uint8Array, count: number) => [...bytes.subarray(0, count)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");

/** A node id made from a number, shaped like a real one. */
export const idOf = (index: number): string => [...digest(`node ${index}`).subarray(0, 16)].map((byte) => alphabet[byte % 32]).join("");
/** A short fingerprint made from a text. */
export const fingerprintOf = (text: string): string => pairs(digest(text), 8);

const GB = 1024 ** 3;
const appliance: { name: string; roles: NodeRole[]; model: string; memory: number; disk: number }[] = [
  { name: "노드 1", roles: ["main"], model: "Mac mini M4 Pro", memory: 24, disk: 512 },
  { name: "노드 2", roles: ["pool"], model: "Mac mini M4 Pro", memory: 24, disk: 512 },
  { name: "노드 3", roles: ["llm"], model: "Mac mini M4 Pro", memory: 64, disk: 1024 },
  { name: "노드 4", roles: ["storage"], model: "unknown", memory: 16, disk: 8192 },
];

/** A smooth, repeatable value between 0 and 1 for a node, a quantity and a time in ms. */
export function wave(index: number, salt: number, at: number): number {
  const t = at / 60_000;
  const value = Math.sin(t / 7 + index * 1.7 + salt) * 0.3 + Math.sin(t * 1.9 + salt * 3 + index) * 0.12 + Math.sin(t / 97 + salt) * 0.25;
  return Math.min(1, Math.max(0, 0.5 + value * 0.6));
}

/** What a node measured at a time; `late` lengthens the wait between two beats. */
export function sampleOf(index: number, at: number, late = false): Sample {
  const kind = appliance[index % 4] ?? { memory: 24, disk: 512 };
  const storage = index % 4 === 3;
  return {
    at,
    cpuPercent: Math.round(4 + wave(index, 1, at) * 52),
    memoryUsedBytes: Math.round(kind.memory * GB * (0.42 + wave(index, 2, at) * 0.3)),
    memoryTotalBytes: kind.memory * GB,
    diskUsedBytes: Math.round(kind.disk * 1e9 * (0.26 + (index % 4) * 0.09)),
    diskTotalBytes: kind.disk * 1e9,
    temperatureC: storage ? "unknown" : Math.round(44 + wave(index, 3, at) * 26),
    powerW: index % 4 === 1 || storage ? "unknown" : Math.round(22 + wave(index, 4, at) * 40),
    networkRxBytesPerS: Math.round(wave(index, 5, at) * 2_400_000),
    networkTxBytesPerS: Math.round(wave(index, 6, at) * 900_000),
    rssBytes: Math.round((104 + wave(index, 7, at) * 12) * 1024 * 1024),
    beatGapMs: late ? 1400 : Math.round(500 + wave(index, 8, at * 31) * 30),
  };
}

/** A node as it stands at first, placed as on the founding page when it is one of four. */
export function makeNode(index: number, count: number, now: number): NodeView {
  const kind = appliance[index % 4] ?? { name: "", roles: ["pool" as const], model: "unknown" };
  const alone = count === 1;
  const storage = index % 4 === 3;
  return {
    id: idOf(index),
    name: alone ? "이 컴퓨터" : count <= 4 ? kind.name : `노드 ${index + 1}`,
    roles: alone ? ["main", "pool", "llm", "storage"] : index < 4 ? kind.roles : ["pool"],
    state: "online",
    self: index === 0,
    foundBy: index === 0 ? "self" : "mdns",
    beatAgeMs: 200 + index * 60,
    missedBeats: 0,
    address: `10.0.10.${11 + index}`,
    port: 7443,
    fingerprint: fingerprintOf(`key ${index}`),
    certFp: pairs(digest(`certificate ${index}`), 32),
    certNotAfter: now + (61 + index) * 86_400_000,
    serial: `AOS-12U-${String(419 + index).padStart(4, "0")}`,
    model: alone ? "Mac mini M4 Pro" : kind.model,
    os: storage ? "Debian 13" : "macOS 26.1",
    version: "0.1.0",
    pid: 4100 + index,
    upMs: (9 * 24 + 4) * 3_600_000 + index * 60_000,
    lastRestart: { cause: index === 3 ? "power" : "update", at: now - (9 * 24 + 4) * 3_600_000 },
    sample: sampleOf(index, now),
    sampleAgeMs: 300,
    unknowns: storage ? { temperatureC: "no-sensor", powerW: "not-supported" } : index % 4 === 1 ? { powerW: "needs-macmon" } : {},
    services: [{ name: "aosd", state: "running", forMs: (9 * 24 + 4) * 3_600_000 }],
    unit: alone ? { from: 1, height: 2 } : count <= 4 ? { from: 2 + index * 2, height: 2 } : null,
  };
}
