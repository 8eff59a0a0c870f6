import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../kernel/files.ts";

export type KeyProblem = "vault.key-unreadable" | "vault.key-unsafe" | "vault.key-damaged";
/** 32 bytes, the caller's own copy to zero; `absent` only when it is certain that there is none. */
export type KeyResult = { ok: true; key: Buffer } | { ok: false; code: "absent" | KeyProblem };

/** Where the vault's key lives. */
export interface VaultKey {
  load(): KeyResult;
  /** Keeps `key` (32 bytes) for good. Throws if it can't. */
  save(key: Buffer): void;
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** A file in the state folder, 0600 and ours; one that others may read or write, a link, or another's is refused, not repaired: it may have been read already. */
export function createFileKey(stateDir: string): VaultKey {
  const path = join(stateDir, "vault.key");
  return {
    load() {
      try {
        const stat = lstatSync(path);
        if (!stat.isFile() || (stat.mode & 0o077) !== 0 || (process.getuid !== undefined && stat.uid !== process.getuid()))
          return { ok: false, code: "vault.key-unsafe" };
        return decode(readFileSync(path, "utf8"));
      } catch (error) {
        return { ok: false, code: isMissing(error) ? "absent" : "vault.key-unreadable" };
      }
    },
    save: (key) => writeWhole(path, `${key.toString("hex")}\n`),
  };
}

function decode(text: string): KeyResult {
  const hex = text.trim();
  return /^[0-9a-f]{64}$/.test(hex) ? { ok: true, key: Buffer.from(hex, "hex") } : { ok: false, code: "vault.key-damaged" };
}

/** Exit code of `security` for "the specified item could not be found in the keychain". */
const NOT_FOUND = 44;
const MOST_MS = 5000;

/**
 * The system's keychain by its own tool (`man security`). The key is handed over on stdin in interactive mode: arguments are seen by every process.
 * Built against the tool's documentation; not verified on a Mac.
 */
export function createKeychainKey({
  account,
  service = "org.mupengism.aos.vault",
  command = "/usr/bin/security",
}: {
  account: string;
  service?: string;
  command?: string;
}): VaultKey {
  if (!/^[\w.-]+$/.test(account) || !/^[\w.-]+$/.test(service)) throw new Error("vault.key: account and service are plain words");
  return {
    load() {
      const out = spawnSync(command, ["find-generic-password", "-a", account, "-s", service, "-w"], { encoding: "utf8", timeout: MOST_MS });
      if (out.status === NOT_FOUND) return { ok: false, code: "absent" };
      return out.status === 0 ? decode(out.stdout) : { ok: false, code: "vault.key-unreadable" };
    },
    save(key) {
      const input = `add-generic-password -a ${account} -s ${service} -w ${key.toString("hex")}\n`;
      const out = spawnSync(command, ["-i"], { input, encoding: "utf8", timeout: MOST_MS });
      const kept = this.load();
      // Interactive mode answers 0 whatever happened: what counts is what can be read back.
      if (!kept.ok || !kept.key.equals(key)) throw new Error(`vault.key: the keychain kept nothing (exit ${out.status ?? "none"})`);
    },
  };
}
