import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLicence, readLicenceKeys } from "../access/licence.ts";
import { createVault } from "../access/vault.ts";
import { createFileKey, createKeychainKey } from "../access/vault-key.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Config } from "../kernel/config.ts";
import type { Log } from "../kernel/log.ts";
import { createInjectionScreen, type InjectionScreen } from "./security/domain/injection.ts";
import { findSecrets, redact, type Finding } from "./security/domain/secrets.ts";
import { findVault } from "./security/domain/vault-match.ts";
import { loadInjectionModel } from "./security/model-file.ts";

const resource = (path: string) => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url));

/** What the gate looks through texts with, and what it guards: the injection screen, the vault and its secrets, the licence. */
export function createProtection({ config, clock, log, nodeId, rackId }: { config: Config; clock: Clock; log: Log; nodeId: string; rackId(): string }) {
  const key = process.platform === "darwin" ? createKeychainKey({ account: nodeId }) : createFileKey(config.stateDir);
  const vault = createVault({ stateDir: config.stateDir, clock, log, key, randomBytes });
  const extra = config.demo && config.licenceKey !== undefined ? [config.licenceKey] : [];
  const licence = createLicence({
    path: config.licenceFile ?? join(config.stateDir, "licence.json"),
    keys: [...readLicenceKeys(resource("licence/keys.json"), log), ...extra],
    clock,
    rackId,
    log,
  });

  let screen: InjectionScreen | undefined;
  try {
    screen = createInjectionScreen(loadInjectionModel(resource("breaker/injection")));
  } catch (error) {
    log.error("gate.model-unreadable", { error });
  }
  const find = (text: string) => findSecrets(text, { vault: vault.matcher() });
  return {
    vault,
    licence,
    screen: {
      /** Throws without a model: the gate then denies. */
      judge(text: string, surface: "message" | "tool" | "outbound") {
        if (screen === undefined) throw new Error("the injection model can't be read");
        return screen.judge(text, surface);
      },
    },
    secrets: { find },
    /** A text as the log may keep it. A locked vault can't say what its values are: then what looks like a secret goes. */
    /** A text without the vault's own values; nothing of it where the vault can't say what they are. */
    hide(text: string): string {
      if (vault.state().state !== "open") return "";
      const found: Finding[] = [];
      findVault(text, vault.matcher(), found);
      return redact(text, found);
    },
    redact: (text: string) => redact(text, vault.state().state === "open" ? find(text) : findSecrets(text)),
  };
}
