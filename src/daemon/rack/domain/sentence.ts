import type { NodeView, Repair, Sentence, UpsView } from "../../../contract/rack.ts";
import type { NodeFacts } from "./alert-rules.ts";
import { diskShare } from "./alert-rules.ts";

export interface SentenceFacts {
  nodes: readonly (NodeFacts & Pick<NodeView, "roles">)[];
  ups: UpsView;
  repairs: readonly Repair[];
  /** True until the first round of heartbeats and the first poll of the UPS could have come in. */
  starting: boolean;
}

/** The one sentence of truth: the worst true thing. Parameters are names and numbers; `minutes` may be unknown. */
export function sentenceOf(facts: SentenceFacts): Sentence {
  const members = facts.nodes.filter((node) => node.state !== "seen");
  const offline = members.filter((node) => node.state === "offline");
  const [gone] = offline;
  const full = members.find((node) => node.diskFull === true || isFull(node));
  const late = members.find((node) => node.state === "late");
  const minutes = facts.ups.runtimeSeconds === "unknown" ? "unknown" : Math.floor(facts.ups.runtimeSeconds / 60);
  const waiting = members.some((node) => node.state === "paired");

  if (facts.ups.lowBattery) return { code: "low-battery", params: { minutes } };
  if (facts.ups.state === "on-battery") return { code: "on-battery", params: { minutes } };
  if (full !== undefined) return { code: "disk-full", params: { name: full.name } };
  if (gone !== undefined) {
    return offline.length > 1
      ? { code: "nodes-offline", params: { count: offline.length, total: members.length } }
      : { code: "node-offline", params: { name: gone.name } };
  }
  if (facts.ups.state === "unreachable") return { code: "ups-unreachable", params: {} };
  if (late !== undefined) return { code: "node-late", params: { name: late.name } };
  if (facts.starting || members.length === 0 || waiting) return { code: "starting", params: {} };
  // A UPS that is configured and never answered: unknown outranks fine.
  if (facts.ups.state === "unknown") return { code: "ups-unreachable", params: {} };
  if (facts.repairs.length > 0) return { code: "things-to-do", params: { count: facts.repairs.length } };
  if (members.length === 1) return { code: "alone", params: { name: members[0]?.name ?? "" } };
  return { code: "all-well", params: { count: members.length } };
}

function isFull(node: NodeFacts): boolean {
  const percent = diskShare(node);
  return percent !== "unknown" && percent >= 99;
}
