import type { NodeState, UpsView } from "../../contract/rack.ts";
import type { Words } from "../app/language.tsx";
import type { GlyphName } from "../app/status.ts";

/** The shape of a node's state. */
export function nodeGlyph(state: NodeState): GlyphName {
  switch (state) {
    case "online":
      return "on";
    case "late":
      return "late";
    case "offline":
      return "failed";
    case "stopped":
      return "stopped";
    case "shutting-down":
    case "off-planned":
      return "off";
    case "seen":
    case "paired":
      return "ready";
  }
}

/** The shape of the UPS's state. */
export function upsGlyph(state: UpsView["state"]): GlyphName {
  switch (state) {
    case "on-line":
      return "on";
    case "on-battery":
    case "low-battery":
      return "attention";
    case "unknown":
    case "unreachable":
      return "unknown";
    case "none":
      return "off";
  }
}

const isRole = (words: Words, role: string): role is keyof Words["nodeRole"] => Object.hasOwn(words.nodeRole, role);

/** Roles in words: one in full, several in short, all four as such. */
export function rolesText(roles: readonly string[], words: Words): string {
  const named = roles.filter((role) => isRole(words, role));
  const [only] = named;
  if (named.length === 4) return words.allRoles;
  if (named.length === 1 && only !== undefined) return words.nodeRole[only];
  return named.map((role) => words.nodeRoleShort[role]).join(", ");
}
