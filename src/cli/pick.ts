import type { NodeView } from "../contract/rack.ts";
import { refuse } from "./refusal.ts";
import { clean } from "./table.ts";

/** Things whose id or name starts a person's way of naming them. An exact id or name wins over a prefix. */
function candidates<T extends { id: string; name: string }>(all: readonly T[], given: string): T[] {
  const wanted = given.toLocaleLowerCase();
  const exact = all.filter((one) => one.id === given || one.name.toLocaleLowerCase() === wanted);
  return exact.length > 0 ? exact : all.filter((one) => one.id.startsWith(wanted));
}

/** The node that the person means, by unique prefix of its id or by its name. */
export function pickNode(nodes: readonly NodeView[], given: string): NodeView {
  const found = candidates(nodes, given);
  const [first] = found;
  if (first === undefined) refuse("rack.node-not-found", { nodeId: given });
  if (found.length > 1) refuse("cli.node-ambiguous", { given, matches: found.map((node) => `${clean(node.name)} (${node.id})`).join(", ") });
  return first;
}

/** The person or device that is meant; refuses when none or several fit. */
export function pickOne<T extends { id: string; name: string }>(all: readonly T[], given: string): T {
  const found = candidates(all, given);
  const [first] = found;
  if (first === undefined || found.length > 1) refuse("access.not-found");
  return first;
}
