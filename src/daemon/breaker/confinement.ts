import { lookup } from "node:dns/promises";
import type { Vault } from "../access/vault.ts";
import { fillHandles, handlesIn, type Json } from "../access/domain/vault-handles.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Config } from "../kernel/config.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { socketPath } from "../kernel/socket-path.ts";
import { detectCapabilities } from "./custody/capabilities.ts";
import { createCustody, custodyInstance } from "./custody/custody.ts";
import { sweepLeftovers } from "./custody/leftovers.ts";
import { createProcesses } from "./custody/processes.ts";
import type { FillSecrets } from "./custody/tool.ts";
import type { EgressPolicy } from "./egress/admission.ts";
import { createDoors } from "./egress/doors.ts";
import type { Ledger } from "./egress/ledger.ts";
import { createEgress } from "./egress/proxy.ts";
import type { PolicyStore } from "./gate/policy.ts";
import type { Keeper } from "./latch/keeper.ts";

export interface ConfinementDeps {
  config: Config;
  keeper: Keeper;
  policy: PolicyStore;
  decide: EgressPolicy["decide"];
  /** A text without its secrets, as the log may keep it. */
  redact(text: string): string;
  vault: Vault;
  ledger: Ledger;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Ports of this daemon's own servers. */
  ownPort(port: number): boolean;
}

/** Names of the demo's simulated far servers; only a demo finds them, on this machine. */
const demoWorld = ".shop.example";

/** Where tools run and how they get out: custody, the proxy, and the doors between them. */
export async function createConfinement({ config, keeper, policy, decide, redact, vault, ledger, clock, ids, log, ownPort }: ConfinementDeps) {
  const instance = custodyInstance(config.stateDir);
  const capabilities = await detectCapabilities({ instance, log });
  for (const left of await sweepLeftovers({
    instance,
    capabilities,
    processes: createProcesses(),
    clock,
    onError: (error) => log.warn("custody.sweep-failed", { error }),
  }))
    log.warn("custody.leftover-killed", { ...left });

  const egress = createEgress({
    fence: keeper.fence,
    ids,
    clock,
    log,
    ledger,
    policy: { decide },
    owner() {
      const kept = policy.kept();
      if (kept === null) throw new Error("no policy");
      const hosts = kept.hosts.map(({ host }) => host);
      return {
        mode: kept.egress === "hybrid" ? "open" : "isolated",
        hosts: hosts.filter((host) => !host.includes(":")),
        inside: hosts.filter((host) => host.includes(":")),
      };
    },
    forbidden: (_address, port) => ownPort(port),
    ...(config.demo
      ? { resolve: async (host: string) => (host.endsWith(demoWorld) ? ["127.0.0.1"] : (await lookup(host, { all: true })).map(({ address }) => address)) }
      : {}),
    onRefused: ({ traveller, host, port, method, reason, detail }) =>
      log.warn("egress.refused", {
        act: traveller?.act,
        agent: traveller?.agent,
        host: redact(host),
        port,
        method,
        reason,
        detail: detail === undefined ? undefined : redact(detail),
      }),
  });
  const custody = createCustody({
    fence: keeper.fence,
    keeper: keeper.reaper,
    ids,
    clock,
    log,
    capabilities,
    stateDir: config.stateDir,
    instance,
    hidden: [socketPath(config.stateDir)],
    doors: createDoors({ egress, capabilities, clock }),
    fillSecrets: createFill(vault),
    base: { path: "/usr/local/bin:/usr/bin:/bin", lang: "C.UTF-8" },
  });
  await egress.start(0);
  return {
    capabilities,
    custody,
    egress,
    async stop() {
      await custody.stop();
      await egress.stop();
    },
  };
}

/** Fills handles in stdin and environment, each only for the host that the act's own arguments name. */
function createFill(vault: Vault): FillSecrets {
  return ({ env, stdin }) => {
    const args = parsed(stdin);
    if (handlesIn({ ...env, args }).length === 0) return Promise.resolve({ env, stdin });
    const host = hostOf(args);
    const filled = fillHandles({ env: { ...env }, args }, (handle) => vault.take(handle, { host }));
    if (!filled.ok) return Promise.reject(new Error(`${filled.code} ${filled.handle}`));
    const { env: filledEnv, args: filledArgs } = filled.value as { env: Record<string, string>; args: Json };
    return Promise.resolve({ env: filledEnv, stdin: typeof filledArgs === "string" ? filledArgs : JSON.stringify(filledArgs) });
  };
}

function parsed(stdin: string | null): Json {
  try {
    return JSON.parse(stdin ?? "") as Json;
  } catch {
    // A shell's stdin is text as it is.
    return stdin ?? "";
  }
}

/** The one place that an act's arguments name; `local` where they name none. */
function hostOf(args: Json): string {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return "local";
  const { url, host } = args as { url?: Json; host?: Json };
  if (typeof host === "string") return host.toLowerCase();
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : "local";
}
