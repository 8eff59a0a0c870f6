import { z } from "zod";
import { aos } from "../../contract/support/cli.ts";

/** The CLI in another process against one aosd: what the screens claim is read back from here. */
export interface Cli {
  json<T>(schema: z.ZodType<T>, ...args: readonly string[]): Promise<T>;
}

/** Runs `aos … --json --state-dir DIR` as the machine's own account. Throws with what it said when it failed. */
export function createCli(stateDir: string, tokenFile?: string): Cli {
  return {
    async json(schema, ...args) {
      const { code, out, err } = await aos(...args, "--json", "--state-dir", stateDir, ...(tokenFile === undefined ? [] : ["--token-file", tokenFile]));
      if (code !== 0) throw new Error(`aos ${args.join(" ")} ended with ${String(code)}: ${out}${err}`);
      return schema.parse(JSON.parse(out));
    },
  };
}

const reading = z.union([z.number(), z.literal("unknown")]);
const unit = z.object({ from: z.number(), height: z.number() }).nullable();
/** The keys that the specs read. */
export const shapes = {
  status: z.object({
    name: z.string(),
    sentence: z.object({ code: z.string(), text: z.string() }),
    nodes: z.array(z.object({ id: z.string(), name: z.string(), state: z.string(), pid: z.number().nullable(), unit })),
    alerts: z.array(z.object({ id: z.string(), code: z.string(), acknowledged: z.boolean(), mutedForMs: z.number().nullable() })),
    repairs: z.array(z.object({ code: z.string() })),
  }),
  node: z.object({ node: z.object({ id: z.string(), name: z.string(), state: z.string(), pid: z.number().nullable(), fingerprint: z.string(), unit }) }),
  ups: z.object({
    ups: z.object({
      state: z.string(),
      status: z.array(z.string()),
      chargePercent: reading,
      runtimeSeconds: reading,
      loadPercent: reading,
      powerW: reading,
      lowBatteryBecause: z.string().nullable(),
    }),
  }),
  plan: z.object({
    settings: z.object({ llmAfterSeconds: z.number(), pauseAfterSeconds: z.number(), onShutdown: z.string() }),
    steps: z.array(z.object({ id: z.string() })),
  }),
  people: z.object({ people: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })) }),
  devices: z.object({
    devices: z.array(z.object({ id: z.string(), name: z.string(), state: z.string(), personName: z.string().nullable(), role: z.string() })),
  }),
  window: z.object({ window: z.object({ state: z.enum(["open", "closed"]), code: z.string().optional(), triesLeft: z.number().optional() }) }),
  doctor: z.object({ ok: z.boolean(), checks: z.array(z.object({ code: z.string(), ok: z.enum(["yes", "no", "unknown"]) })) }),
} as const;
