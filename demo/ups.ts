import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario } from "./nut/scenario.ts";
import { startNut } from "./nut/start.ts";
import { startSimulatedUpsd } from "./simulated-upsd/server.ts";

export interface UpsSource {
  source: "nut" | "simulated";
  /** Flags of the main aosd that reads it. */
  flags: readonly string[];
  /** Its login, in the environment: a command line can be read by everybody on the machine. */
  env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Debian's upsd with dummy-ups where it is installed, otherwise our simulator (which says so on every screen). */
export async function startUps(scenario: Scenario, signal: AbortSignal): Promise<UpsSource> {
  const dir = await mkdtemp(join(tmpdir(), "aos-nut-"));
  const clean = () => rm(dir, { recursive: true, force: true });
  signal.throwIfAborted();
  const real = await startNut({ dir, port: 0, scenario });
  const server = real ?? (await startSimulatedUpsd({ port: 0, scenario }));
  return {
    source: real ? "nut" : "simulated",
    flags: ["--ups", "nut", "--ups-host", "127.0.0.1", "--ups-port", String(server.port), "--ups-name", "aosups", ...(real ? [] : ["--ups-simulated"])],
    env: real ? { AOS_UPS_USER: real.user, AOS_UPS_PASSWORD: real.password } : {},
    async stop() {
      await server.stop();
      await clean();
    },
  };
}
