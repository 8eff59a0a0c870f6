import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Builds the web console into out/renderer unless it is there; `say` hears that it takes a moment. Throws when the build fails. */
export function ensureConsole(say: (line: string) => void): void {
  if (existsSync(join(root, "out", "renderer", "index.html"))) return;
  say("Building the console (first start) ...");
  runBuild("vite", "the console");
}

/** Builds main, preload and renderer for Electron unless they are there. */
export function ensureDesktop(say: (line: string) => void): void {
  if (existsSync(join(root, "out", "main", "index.js"))) return;
  say("Building the desktop app (first start) ...");
  runBuild("electron-vite", "the desktop app");
}

function runBuild(tool: "vite" | "electron-vite", what: string): void {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", tool, "bin", `${tool}.js`), "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`${what} could not be built`);
}
