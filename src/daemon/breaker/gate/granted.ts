import { isListed } from "./domain/hosts.ts";
import type { Facts, Policy } from "./domain/types.ts";

/** Standing grants that an act used which was let through by them. */
export const grantsUsed = ({ tool, recipients, hosts }: Facts, grants: Policy["grants"]): string[] =>
  grants
    .filter((rule) => rule.tool === tool && (rule.scope === "recipient" ? recipients.includes(rule.value) : hosts.some((host) => isListed(host, [rule.value]))))
    .map(({ id }) => id);
