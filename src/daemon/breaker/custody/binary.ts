import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "./errno.ts";

/** The file that a command means, and what is in it: what an approval binds to. */
export interface Binary {
  /** Absolute, links followed. */
  path: string;
  /** SHA-256 of the file, hex. */
  sha256: string;
}

export interface Binaries {
  /** Finds `command` as a shell would in `path` (from `cwd` when it has a slash) and hashes it; null when there is none that may be run. */
  resolve(command: string, where: { path: string; cwd: string }): Promise<Binary | null>;
  /** Whether the file is still the one that was resolved. */
  unchanged(binary: Binary): Promise<boolean>;
}

const remembered = 200;

/** Resolves and hashes programs. A hash is kept as long as the file's inode, size and change times are the same: no program can set the latter back. */
export function createBinaries(): Binaries {
  const hashes = new Map<string, string>();
  const hashOf = async (path: string): Promise<string> => {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const key = [path, dev, ino, size, mtimeNs, ctimeNs].join(":");
    let known = hashes.get(key);
    if (known === undefined) {
      known = await sha256Of(path);
      if (hashes.size >= remembered) hashes.clear();
      hashes.set(key, known);
    }
    return known;
  };
  return {
    async resolve(command, { path, cwd }) {
      const candidates = command.includes("/")
        ? [resolve(cwd, command)]
        : path
            .split(delimiter)
            .filter(isAbsolute)
            .map((folder) => join(folder, command));
      for (const candidate of candidates) {
        const found = await executable(candidate);
        if (found !== null) return { path: found, sha256: await hashOf(found) };
      }
      return null;
    },
    async unchanged(binary) {
      const found = await executable(binary.path);
      return found === binary.path && (await hashOf(found)) === binary.sha256;
    },
  };
}

async function executable(candidate: string): Promise<string | null> {
  try {
    await access(candidate, constants.X_OK);
    const real = await realpath(candidate);
    return (await stat(real)).isFile() ? real : null;
  } catch (error) {
    if (["ENOENT", "EACCES", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return null;
    throw error;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
