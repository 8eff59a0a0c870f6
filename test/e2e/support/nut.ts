import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNut } from "../../../demo/nut/start.ts";
import type { UpsSource } from "../../../demo/ups.ts";

/** One standing of the UPS, as the lines of a `.seq` file say it. */
export interface Standing {
  status: string;
  charge: number;
  runtime: number;
  load?: number;
  watts?: number;
}

export const mains: Standing = { status: "OL", charge: 100, runtime: 1620 };

/** Debian's real upsd and dummy-ups, whose `.seq` file is rewritten while they run. */
export interface SteeredUps extends UpsSource {
  port: number;
  /** Rewrites the `.seq` file: the physical cause of what the screens must show. */
  say(standing: Standing): void;
  /** Ends upsd and leaves the driver. */
  vanish(): Promise<void>;
  /** Says it, after starting upsd again on the same port where it vanished. */
  restore(standing: Standing): Promise<void>;
}

const lines = ({ status, charge, runtime, load = 24, watts = 212 }: Standing) =>
  [
    "device.mfr: Demo",
    "device.model: UPS 1500",
    `ups.status: ${status}`,
    `battery.charge: ${charge}`,
    `battery.runtime: ${runtime}`,
    `ups.load: ${load}`,
    `ups.realpower: ${watts}`,
    "",
  ].join("\n");

/** Starts the real NUT server with a `.seq` of one scene. Throws where Debian's nut-server is not installed. */
export async function startSteeredUps(first: Standing = mains): Promise<SteeredUps> {
  const room = mkdtempSync(join(tmpdir(), "aos-e2e-nut-"));
  const begin = async (standing: Standing, port: number) => {
    const dir = mkdtempSync(join(room, "run-"));
    const file = join(dir, "first.seq");
    writeFileSync(file, lines(standing));
    const nut = await startNut({ dir, port, scenario: "normal", file });
    if (nut === null) throw new Error("nut-server is not installed: apt-get install nut-server");
    return { dir, nut };
  };
  let { dir, nut } = await begin(first, 0);
  let gone = false;
  const { port } = nut;
  const say = (standing: Standing) => {
    // Renamed into place: the driver must never read half a file.
    const next = join(dir, "next.seq");
    writeFileSync(next, lines(standing));
    renameSync(next, join(dir, "aosups.seq"));
  };
  return {
    source: "nut",
    flags: ["--ups", "nut", "--ups-host", "127.0.0.1", "--ups-port", String(port), "--ups-name", "aosups"],
    // A server that comes back has another password; reading needs none.
    env: {},
    port,
    say,
    vanish: () => {
      gone = true;
      return nut.stopUpsd();
    },
    async restore(standing) {
      if (!gone) return say(standing);
      await nut.stop();
      ({ dir, nut } = await begin(standing, port));
      gone = false;
    },
    async stop() {
      await nut.stop();
      rmSync(room, { recursive: true, force: true });
    },
  };
}
