import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Fence } from "../domain/fence.ts";
import type { Binary } from "./binary.ts";
import type { Capabilities } from "./domain/capabilities.ts";
import type { ReaperPort } from "./reaper-port.ts";

/** One tool to be started. */
export interface ToolSpec {
  /** Fencing epoch in which it was allowed. */
  epoch: number;
  command: string;
  args: readonly string[];
  /** Working folder; null: the agent's own. */
  cwd: string | null;
  /** Added to the tool's environment. Values may hold secrets by handle. */
  env: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed. May hold secrets by handle. */
  stdin?: string;
  network: "none" | "proxy";
  /** Where network is "proxy": only these hosts, within what the policy lets through. */
  hosts?: readonly string[];
  act: string;
  agent: string;
  limits: { ms: number; outputBytes: number };
  /** What was approved: another file under the name is refused. */
  binary?: Binary;
}

export type SpawnRefusal =
  | "latched"
  | "not-tracked"
  | "not-guarded"
  | "not-isolated"
  | "no-network-confinement"
  | "no-such-command"
  | "binary-changed"
  | "cwd-missing"
  | "cwd-hidden"
  | "secret-in-args"
  | "secret-unavailable"
  | "args-invalid"
  | "env-name"
  | "env-value"
  | "env-too-large"
  | "stopped"
  | "failed";

/** Refused or failed before the tool's first instruction. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
  readonly code: SpawnRefusal;
  constructor(code: SpawnRefusal, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** Opens the way to the proxy for one run, and says by which URL the tool reaches it. */
export interface Doors {
  /** `pid` lives in the tool's network namespace (Linux); null: the tool reaches the proxy's loopback port. */
  open(
    traveller: { epoch: number; act: string; agent: string; hosts: readonly string[] | null },
    pid: number | null,
  ): Promise<{ proxyUrl: string; port: number; close(): void }>;
}

/** Swaps secrets by handle for their values. Called once the tool waits with nothing left to do but start. Rejects when one is not to be had. */
export type FillSecrets = (asked: {
  env: Readonly<Record<string, string>>;
  stdin: string | null;
  act: string;
  agent: string;
}) => Promise<{ env: Readonly<Record<string, string>>; stdin: string | null }>;

export interface CustodyDeps {
  fence: Fence;
  keeper: ReaperPort;
  ids: Ids;
  clock: Clock;
  log: Log;
  capabilities: Capabilities;
  stateDir: string;
  /** Names this daemon in marks and cgroups; `custodyInstance(stateDir)`. */
  instance: string;
  /** Also kept from tools: the local socket, other nodes' folders on the same machine. */
  hidden: readonly string[];
  doors: Doors | null;
  fillSecrets: FillSecrets;
  /** PATH and LANG of tools. Nothing else of the daemon's environment reaches them. */
  base: { path: string; lang: string };
}
