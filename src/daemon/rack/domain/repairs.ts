import type { Found, Repair, UpsView } from "../../../contract/rack.ts";
import { diskShare, powerCut, type NodeFacts } from "./alert-rules.ts";

export interface RepairFacts {
  nowMs: number;
  nodes: readonly (NodeFacts & { offlineForMs: number | null; lateOften: boolean })[];
  ups: UpsView;
  found: readonly Pick<Found, "id" | "name" | "member" | "pairing">[];
  /** Devices that ask to be let in. */
  waiting: readonly { id: string; name: string }[];
  multicast: "works" | "blocked" | "unknown";
  /** Null where this daemon holds no rack CA. */
  recoveryKeyConfirmed: boolean | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const goneAfterMs = hourMs;
const certificateDays = 14;

/** What a person can do something about now, each with where to do it. A trouble that passes by itself is not here. */
export function repairsOf(facts: RepairFacts): readonly Repair[] {
  return [...ofUps(facts), ...facts.nodes.flatMap((node) => ofNode(node, facts)), ...ofConnecting(facts)];
}

const repair = (code: Repair["code"], fix: Repair["fix"], nodeId: string | null = null, params: Repair["params"] = {}, of: string = nodeId ?? ""): Repair => ({
  id: of === "" ? code : `${code}-${of}`,
  code,
  nodeId,
  params,
  fix,
});

function ofUps({ ups, nodes }: RepairFacts): Repair[] {
  // One machine alone is a laptop or a trial: it is not nagged about a UPS.
  if (ups.state === "none") return nodes.filter((node) => node.state !== "seen").length > 1 ? [repair("no-ups", "open-power")] : [];
  return ups.problem === "access-denied" ? [repair("ups-login", "open-power", null, { ups: ups.name ?? "" })] : [];
}

function ofNode(node: RepairFacts["nodes"][number], facts: RepairFacts): Repair[] {
  const out: Repair[] = [];
  const params = { name: node.name };
  if (node.state === "offline" && !powerCut(facts.ups) && node.offlineForMs !== null && node.offlineForMs >= goneAfterMs)
    out.push(repair("node-gone", "open-node", node.id, params));
  if (node.lateOften && node.state !== "offline") out.push(repair("node-cable", "by-hand", node.id, params));
  const disk = diskShare(node);
  if (node.diskFull === true || (disk !== "unknown" && disk >= 90)) out.push(repair("disk-space", "by-hand", node.id, { ...params, percent: disk }));
  const daysLeft = node.certNotAfter === null ? null : Math.floor((node.certNotAfter - facts.nowMs) / dayMs);
  if (daysLeft !== null && daysLeft < certificateDays && node.state !== "seen")
    out.push(repair("certificate-renew", "open-node", node.id, { ...params, days: Math.max(0, daysLeft) }));
  return out;
}

function ofConnecting(facts: RepairFacts): Repair[] {
  const unpaired = facts.found.filter((one) => !one.member && one.pairing === "open");
  return [
    ...unpaired.map((one) => repair("node-unpaired", "open-connect", one.id, { name: one.name })),
    ...facts.waiting.map((device) => repair("device-waiting", "open-settings", null, { name: device.name }, device.id)),
    ...(facts.multicast === "blocked" ? [repair("multicast-blocked", "open-connect")] : []),
    ...(facts.recoveryKeyConfirmed === false ? [repair("recovery-key-unconfirmed", "open-settings")] : []),
  ];
}
