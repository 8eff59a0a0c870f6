import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Unix socket paths end at about 100 bytes; a state folder deeper than that gets a short one named by its hash. */
export function socketPath(stateDir: string): string {
  const hash = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\aosd-${hash}`;
  const path = join(stateDir, "aosd.sock");
  return Buffer.byteLength(path) <= 100 ? path : join(tmpdir(), `aosd-${hash}.sock`);
}
