import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { buttonSource } from "../../contract/breaker.ts";
import { fault } from "../kernel/fault.ts";
import { writeWhole } from "../kernel/files.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { ButtonConfig } from "./latch/button-port.ts";

const saved = z.object({
  v: z.literal(1),
  source: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("serial"), path: z.string() }),
    z.object({ kind: z.literal("udp"), host: z.string(), port: z.number().int() }),
  ]),
  key: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface ButtonPorts {
  list(): Promise<{ path: string; maker: string | null }[]>;
  /** Hands the key to the button while it is held. Throws an error with the code `not-held` or `not-found`. */
  enrol(asked: { path: string; key: Uint8Array; host?: { address: string; port: number } }): Promise<void>;
}

/** The enrolled button: where it speaks and the key that it shares with this node, in `button.json` (0600). */
export function createButtonStore({ stateDir, ids, log, ports }: { stateDir: string; ids: Ids; log: Log; ports: ButtonPorts }) {
  const path = join(stateDir, "button.json");
  /** A button that nobody can hear: its silence is a stop. */
  const unheard = (): ButtonConfig => ({
    source: { kind: "serial", path: join(stateDir, "button-file-unreadable") },
    key: Buffer.from(ids.token(), "base64url").toString("hex"),
  });
  return {
    unheard,
    /** The enrolled button; null where none ever was. An unreadable file is a button that is silent. */
    load(): ButtonConfig | null {
      if (!existsSync(path)) return null;
      try {
        const { source, key } = saved.parse(JSON.parse(readFileSync(path, "utf8")));
        return { source, key };
      } catch (error) {
        log.error("button.file-unreadable", { error });
        return unheard();
      }
    },
    ports: () => ports.list(),
    async enrol(asked: z.infer<typeof buttonSource>): Promise<ButtonConfig> {
      const key = Buffer.from(ids.token(), "base64url");
      try {
        await ports.enrol({ path: asked.path, key, ...(asked.kind === "udp" ? { host: { address: asked.host, port: asked.port } } : {}) });
      } catch (error) {
        log.warn("button.not-enrolled", { error });
        throw (error as { code?: string }).code === "not-held" ? fault("breaker.button-not-held") : fault("breaker.button-not-found", { path: asked.path });
      }
      const source = asked.kind === "udp" ? { kind: "udp" as const, host: asked.host, port: asked.port } : { kind: "serial" as const, path: asked.path };
      const config: ButtonConfig = { source, key: key.toString("hex") };
      writeWhole(path, JSON.stringify({ v: 1, ...config }));
      return config;
    },
    forget: () => rmSync(path, { force: true }),
  };
}
export type ButtonStore = ReturnType<typeof createButtonStore>;
