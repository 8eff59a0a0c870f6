import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, runToEnd } from "./child.ts";

const sources = ["src/renderer", "src/main", "src/preload", "src/contract", "src/words", "electron.vite.config.ts", "package-lock.json"];
const built = ["out/main/index.js", "out/preload", "out/renderer/index.html"];

function newest(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

/** True when out/ lacks a part or is older than what it is made of. */
export function buildIsStale(): boolean {
  const outputs = built.map((path) => join(root, path));
  if (!outputs.every((path) => existsSync(path))) return true;
  const inputs = sources.map((path) => join(root, path)).filter((path) => existsSync(path));
  return Math.max(...inputs.map(newest)) > Math.min(...outputs.map(newest));
}

/** Runs `npm run build`; undefined when it went well, else what it said. */
export async function build(): Promise<string | undefined> {
  const npm = process.env["npm_execpath"];
  const command = npm === undefined ? ["npm", "run", "build"] : [process.execPath, npm, "run", "build"];
  const { code, tail } = await runToEnd(command, { limitMs: 180_000, env: { NO_COLOR: "1", FORCE_COLOR: "0" } });
  return code === 0 ? undefined : tail;
}
