import { Cable, LayoutDashboard, PlugZap, Server, Settings, type LucideIcon } from "lucide-react";

/** The screens that exist, in the order of the rail. */
export const screens = [
  { id: "overview", to: "/", icon: LayoutDashboard, group: "first" },
  { id: "nodes", to: "/nodes", icon: Server, group: "rack" },
  { id: "power", to: "/power", icon: PlugZap, group: "rack" },
  { id: "connect", to: "/connect", icon: Cable, group: "manage" },
  { id: "settings", to: "/settings", icon: Settings, group: "manage" },
] as const satisfies readonly { id: string; to: string; icon: LucideIcon; group: "first" | "rack" | "manage" }[];
