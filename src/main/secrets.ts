import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { SafeStorage } from "electron";

export type SecretResult = { ok: true; value: string | null } | { ok: false; code: "no-keychain" | "unreadable" };

/**
 * Secrets of the desktop itself, each sealed with a key of the system's keychain. Where there is no keychain
 * (`basic_text`: a key that stands in Chromium's source) nothing is written and nothing is read.
 */
export function createSecrets(deps: { safeStorage: SafeStorage; platform: string; file(name: string): string }) {
  async function sealed(): Promise<boolean> {
    if (!(await deps.safeStorage.isAsyncEncryptionAvailable())) return false;
    if (deps.platform !== "linux") return true;
    const backend = deps.safeStorage.getSelectedStorageBackend();
    return backend !== "basic_text" && backend !== "unknown";
  }

  async function write(name: string, value: string): Promise<void> {
    const file = deps.file(name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, await deps.safeStorage.encryptStringAsync(value), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  return {
    /** The secret, or null when none was ever kept. */
    async get(name: string): Promise<SecretResult> {
      if (!(await sealed())) return { ok: false, code: "no-keychain" };
      let bytes: Buffer;
      try {
        bytes = await readFile(deps.file(name));
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? { ok: true, value: null } : { ok: false, code: "unreadable" };
      }
      try {
        const { result, shouldReEncrypt } = await deps.safeStorage.decryptStringAsync(bytes);
        if (shouldReEncrypt) await write(name, result);
        return { ok: true, value: result };
      } catch {
        // Another user's file, or a keychain that was reset: the same to us, the secret has to be given again.
        return { ok: false, code: "unreadable" };
      }
    },
    /** Keeps a secret; null forgets it. */
    async set(name: string, value: string | null): Promise<SecretResult> {
      if (value === null) {
        await rm(deps.file(name), { force: true });
        return { ok: true, value: null };
      }
      if (!(await sealed())) return { ok: false, code: "no-keychain" };
      await write(name, value);
      return { ok: true, value };
    },
  };
}
