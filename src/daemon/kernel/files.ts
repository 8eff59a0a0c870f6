import { chmodSync, renameSync, writeFileSync } from "node:fs";

/** Writes a file that only this user may read, whole or not at all (a new file, flushed, then renamed). */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.new`;
  writeFileSync(partial, text, { mode: 0o600, flush: true });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}
