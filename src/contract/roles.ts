/**
 * Who may call what. A procedure names the lowest role of the ladder public < viewer < operator < owner; the roles
 * beside the ladder reach a procedure only where it names them.
 */
export const ladder = ["public", "viewer", "operator", "owner"] as const;
export type LadderRole = (typeof ladder)[number];

/** kiosk: the button mirror. support: health without content. installer: a time-limited operator for the rack. node: a rack member over mTLS. */
export const sideRoles = ["kiosk", "support", "installer", "node"] as const;
export type SideRole = (typeof sideRoles)[number];

export type Role = LadderRole | SideRole;
export const roles = [...ladder, ...sideRoles] as const;

/** Roles that an owner can give to a person. */
export const personRoles = ["owner", "operator", "viewer", "installer", "support", "kiosk"] as const;
export type PersonRole = (typeof personRoles)[number];

/** How a call came in; written to the audit log with each act. */
export const vias = ["ipc", "ws", "http", "cli", "peer"] as const;
export type Via = (typeof vias)[number];

export interface Access {
  /** Lowest role of the ladder that may call. "node" stands alone: only a rack member. */
  role: LadderRole | "node";
  /** Roles beside the ladder that may call too. */
  also: readonly SideRole[];
}

/** True when a caller with `role` may call a procedure with `access`. Anything unknown is refused. */
export function allows(role: Role, access: Access): boolean {
  if (access.role === "public") return true;
  if (access.role === "node") return role === "node";
  if ((access.also as readonly Role[]).includes(role)) return true;
  const have = (ladder as readonly Role[]).indexOf(role);
  return have >= 0 && have >= ladder.indexOf(access.role);
}
