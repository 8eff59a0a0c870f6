import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Builds main, preload and renderer as `npm run build` does, into a folder of its own, so that a spec never runs a
 * stale build. `trial` is the same main and preload with the trial page as renderer.
 */
export async function buildShell() {
  const folder = mkdtempSync(join(tmpdir(), "aos-build-"));
  const out = join(folder, "out");
  await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/electron-vite/bin/electron-vite.js"), "build", "--outDir", out, "--logLevel", "error"],
    {
      cwd: root,
      env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: join(folder, "none") },
    },
  );
  const trial = join(folder, "trial");
  for (const part of ["main", "preload"]) cpSync(join(out, part), join(trial, part), { recursive: true });
  cpSync(join(root, "test/fakes/electron/page"), join(trial, "renderer"), { recursive: true });
  return { out, trial, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
export type BuiltShell = Awaited<ReturnType<typeof buildShell>>;
