import type { Authority } from "./authority.ts";

/** What the owner said of the network. */
export interface OwnerList {
  /** isolated: only `hosts`. open: what the policy lets through. */
  mode: "open" | "isolated";
  /** Hosts for isolated mode: `example.org`, or `*.example.org` for what lies below it. */
  hosts: readonly string[];
  /** Places inside the office that may be reached: `host:port`, each written out, as it is asked for. */
  inside: readonly string[];
}

/** Whether a host is named by a list. A pattern is a name, or `*.` and a name of at least two labels. */
export function hostListed(host: string, patterns: readonly string[]): boolean {
  return patterns.some((written) => {
    const pattern = written.toLowerCase().replace(/\.$/, "");
    if (!pattern.startsWith("*.")) return pattern !== "" && pattern === host;
    const below = pattern.slice(1);
    return below.split(".").length > 2 && !below.includes("*") && host.endsWith(below) && host.length > below.length;
  });
}

/** Whether the owner named this very place inside the office. */
export const insideListed = ({ host, port }: Authority, inside: readonly string[]): boolean =>
  inside.some((entry) => entry.toLowerCase() === `${host.includes(":") ? `[${host}]` : host}:${port}`);
