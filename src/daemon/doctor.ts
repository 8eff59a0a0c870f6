import { existsSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { contract } from "../contract/index.ts";
import type { Route } from "../contract/access.ts";
import type { Check } from "../contract/rack.ts";
import type { Meta } from "../contract/procedure.ts";
import type { Config } from "./kernel/config.ts";
import { redact } from "./kernel/redact.ts";

interface Procedure {
  "~orpc": { meta: Meta; route: { method?: string; path?: string } };
}

function procedures(node: unknown, path: string[] = []): { path: string[]; procedure: Procedure }[] {
  if (typeof node !== "object" || node === null) return [];
  if ("~orpc" in node) return [{ path, procedure: node as Procedure }];
  return Object.entries(node).flatMap(([key, child]) => procedures(child, [...path, key]));
}

/** Doors for runtimes on this machine; each call shows the token of one runtime. */
const doorPaths = [
  ["POST", "/v1/gate"],
  ["POST", "/v1/gate/inbound"],
  ["POST", "/v1/gate/span-gone"],
  ["POST", "/v1/gate/outcome"],
  ["GET", "/v1/gate/approvals/{id}"],
  ["POST", "/v1/act"],
] as const;

/** Every way in: each procedure over each transport, and what is served beside them. The roles table is made from this. */
export function routesOf({ lan, relays }: { lan: boolean; relays: boolean }): Route[] {
  const listeners = ["socket", "loopback", ...(lan ? ["lan" as const] : [])] as const;
  const plain = (path: string): Route[] => listeners.map((listener) => ({ transport: "http", listener, method: "GET", path, role: "public", also: [] }));
  const calls = procedures(contract).flatMap(({ path, procedure }): Route[] => {
    const { meta, route } = procedure["~orpc"];
    const access = { role: meta.role, also: [...meta.also] };
    return [
      ...listeners.flatMap((listener): Route[] => [
        { transport: listener === "socket" ? "socket" : "ws", listener, method: "CALL", path: `/rpc ${path.join(".")}`, ...access },
        { transport: "http", listener, method: route.method ?? "POST", path: `/api${route.path ?? `/${path.join("/")}`}`, ...access },
      ]),
      ...(relays && meta.scope === "rack" ? [{ transport: "relay" as const, listener: "none" as const, method: "CALL", path: path.join("."), ...access }] : []),
    ];
  });
  return [
    ...["/", "/healthz", "/openapi.json", "/trust", "/trust/ca.crt"].flatMap(plain),
    { transport: "udp", listener: "mdns", method: "RECEIVE", path: "224.0.0.251:5353", role: "public", also: [] },
    // Every datagram of these two carries a MAC under a key that only the other end holds.
    { transport: "udp", listener: "lan", method: "RECEIVE", path: "lease", role: "node", also: [] },
    { transport: "udp", listener: "lan", method: "RECEIVE", path: "button", role: "node", also: [] },
    ...doorPaths.map(([method, path]): Route => ({ transport: "http", listener: "loopback", method, path, role: "runtime", also: [] })),
    ...calls,
  ];
}

export interface DoctorDeps {
  config: Config;
  discoveryState: () => string;
  certNotAfter: () => number | null;
  upsState: () => string;
  now: () => number;
  diskFull: () => boolean;
  lanPort: () => number;
  /** Folder of the console that is served. */
  consoleDir: string | undefined;
}

/** What a person would check first, each as yes, no or unknown; its words stand with the CLI and the console. */
export function checksOf(deps: DoctorDeps): Check[] {
  const { config } = deps;
  const yes = (ok: boolean): Check["ok"] => (ok ? "yes" : "no");
  const disk = freeShare(config.stateDir);
  const notAfter = deps.certNotAfter();
  const discovery = deps.discoveryState();
  const ups = deps.upsState();
  return [
    { code: "daemon", ok: "yes", params: { pid: process.pid } },
    { code: "lan-listener", ok: yes(deps.lanPort() > 0), params: { host: config.lanHost, port: deps.lanPort() } },
    { code: "discovery", ok: discovery === "listening" ? "yes" : discovery === "starting" ? "unknown" : "no", params: { state: discovery } },
    {
      code: "certificate",
      ok: notAfter === null ? "unknown" : yes(notAfter > deps.now()),
      params: notAfter === null ? {} : { days: Math.floor((notAfter - deps.now()) / 86_400_000) },
    },
    { code: "ups", ok: ups === "on-line" ? "yes" : ups === "none" || ups === "unknown" ? "unknown" : "no", params: { state: ups } },
    {
      code: "disk",
      ok: disk === "unknown" ? "unknown" : yes(disk > 0.1 && !deps.diskFull()),
      params: disk === "unknown" ? {} : { freePercent: Math.round(disk * 100) },
    },
    { code: "console-built", ok: yes(deps.consoleDir !== undefined && existsSync(deps.consoleDir)), params: {} },
  ];
}

function freeShare(dir: string): number | "unknown" {
  try {
    const { bavail, blocks } = statfsSync(dir);
    return blocks > 0 ? bavail / blocks : "unknown";
  } catch {
    return "unknown";
  }
}

const MAX_LOG_BYTES = 512 * 1024;

/** Files of a support bundle: settings without secrets, versions, health, the end of the log. No content of the owner's. */
export function supportFiles(parts: { config: Config; logDir: string; checks: Check[]; snapshot: unknown; version: string }): { name: string; text: string }[] {
  const json = (value: unknown) => `${JSON.stringify(redact(value), null, 2)}\n`;
  const logs = readdirSync(parts.logDir)
    .filter((name) => /^aosd.*\.log$/.test(name))
    .toSorted()
    .slice(0, 2)
    .map((name) => ({ name: `log/${name}`, text: readFileSync(join(parts.logDir, name), "utf8").slice(-MAX_LOG_BYTES) }));
  return [
    { name: "version.json", text: json({ aosd: parts.version, node: process.version, platform: process.platform, arch: process.arch }) },
    { name: "config.json", text: json(parts.config) },
    { name: "checks.json", text: json(parts.checks) },
    { name: "rack.json", text: json(parts.snapshot) },
    ...logs,
  ];
}
