import { readFileSync } from "node:fs";
import type { Clock } from "../../kernel/clock.ts";
import type { Config } from "../../kernel/config.ts";
import type { Log } from "../../kernel/log.ts";
import { createNoUps } from "./none.ts";
import { createNutUps } from "./nut.ts";
import { createPmsetUps } from "./pmset.ts";
import type { Ups } from "./port.ts";

/** The UPS adapter that the settings name. */
export function createUps(config: Config, { clock, log, random }: { clock: Clock; log: Log; random: () => number }): Ups {
  switch (config.ups) {
    case "none":
      return createNoUps({ clock });
    case "pmset":
      return createPmsetUps({ clock, log });
    case "nut":
      return createNutUps({
        clock,
        log,
        random,
        host: config.upsHost,
        port: config.upsPort,
        ups: config.upsName ?? null,
        login: config.upsUser !== undefined && config.upsPassword !== undefined ? { user: config.upsUser, password: config.upsPassword } : null,
        tls: config.upsTls,
        ...(config.upsCaFile === undefined ? {} : { ca: readFileSync(config.upsCaFile, "utf8") }),
        source: config.upsSimulated ? "simulated" : "nut",
      });
    default:
      return config.ups satisfies never;
  }
}
