import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAosd, type Aosd } from "../../../demo/aosd.ts";
import { startDemoRack, type DemoRack } from "../../../demo/rack.ts";
import { createCli, type Cli } from "./cli.ts";
import { startSteeredUps, type SteeredUps } from "./nut.ts";

/** A real rack of four processes with a real NUT server, from empty folders. */
export interface House {
  rack: DemoRack;
  ups: SteeredUps;
  /** The CLI at the main node. */
  cli: Cli;
  /** A fresh one-time link of the owner. */
  link(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts four aosd that find each other by mDNS and pair, main reading a UPS that the specs steer. */
export async function startHouse(): Promise<House> {
  const ups = await startSteeredUps();
  let rack: DemoRack;
  try {
    rack = await startDemoRack({ ups, lan: false, signal: AbortSignal.timeout(60_000), say: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    await ups.stop();
    throw error;
  }
  return {
    rack,
    ups,
    cli: createCli(rack.main.stateDir),
    link: async () => (await rack.owner.ask((client) => client.access.session.link())).url,
    async stop() {
      await rack.stop();
      await ups.stop();
    },
  };
}

/** An aosd of its own with an empty folder, which may be ended and started again on the same folder. */
export interface Lodger {
  aosd: Aosd;
  cli: Cli;
  dir: string;
  stop(): Promise<void>;
}

const quiet = ["--lan-host", "127.0.0.1", "--lan-port", "0", "--loopback-port", "0"];

/** Starts one aosd in an empty folder. */
export async function startLodger(flags: readonly string[]): Promise<Lodger> {
  const dir = mkdtempSync(join(tmpdir(), "aos-e2e-"));
  const aosd = await startAosd(dir, [...quiet, ...flags]);
  return {
    aosd,
    dir,
    cli: createCli(dir),
    async stop() {
      await aosd.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
