import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { refuse } from "./refusal.ts";

const run = promisify(execFile);
const folder = "aos-support";

/**
 * Writes the files as one folder in a gzipped tar, readable by its owner alone. The system's own `tar` packs it
 * (GNU, BSD and Windows 10 have one): no archive format of ours, and no package for one command.
 */
export async function writeBundle(path: string, files: readonly { name: string; text: string }[]): Promise<void> {
  const room = await mkdtemp(join(tmpdir(), "aos-bundle-"));
  try {
    await mkdir(join(room, folder), { mode: 0o700 });
    for (const file of files) await writeFile(join(room, folder, safeName(file.name)), file.text, { mode: 0o600 });
    await mkdir(dirname(path), { recursive: true });
    // Made empty first, so that the archive never stands there readable by all.
    await writeFile(path, "", { mode: 0o600 });
    await run("tar", ["-czf", path, "-C", room, folder], { timeout: 60_000 });
  } catch (error) {
    refuse("cli.file-failed", { path, detail: error instanceof Error ? error.message : String(error) });
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

/** A name from the wire must stay inside the folder: `log/aosd.log` becomes `log-aosd.log`. */
function safeName(name: string): string {
  const parts = name.split(/[\\/]/).filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.join("-").replaceAll(/[^\w.-]/g, "_") || "unnamed";
}
