import { Cable, LayoutDashboard, List, PlugZap, Server, Settings, Shield, SlidersHorizontal, Stamp, type LucideIcon } from "lucide-react";

/** The screens that exist, in the order of the rail. */
export const screens = [
  { id: "overview", to: "/", icon: LayoutDashboard, group: "first" },
  { id: "approvals", to: "/approvals", icon: Stamp, group: "first" },
  { id: "activity", to: "/activity", icon: List, group: "work" },
  { id: "breaker", to: "/breaker", icon: Shield, group: "agent" },
  { id: "autonomy", to: "/autonomy", icon: SlidersHorizontal, group: "agent" },
  { id: "nodes", to: "/nodes", icon: Server, group: "rack" },
  { id: "power", to: "/power", icon: PlugZap, group: "rack" },
  { id: "connect", to: "/connect", icon: Cable, group: "manage" },
  { id: "settings", to: "/settings", icon: Settings, group: "manage" },
] as const satisfies readonly { id: string; to: string; icon: LucideIcon; group: ScreenGroup }[];

export const groups = ["first", "work", "agent", "rack", "manage"] as const;
export type ScreenGroup = (typeof groups)[number];
