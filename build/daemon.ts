import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { builtinModules, stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

// Lays out the daemon for packaging in out/daemon: its sources, stripped of their types by the very stripper that runs
// them here (so that the shipped daemon needn't load it: 24 MB less memory), and the packages that they import. Not
// bundled: what is shipped is what was tested, workers and native files included.

const folders = ["src/daemon", "src/contract", "src/words", "src/cli", "bin"];
/** What the daemon reads while it runs. */
const resources = ["resources/licence/keys.json", "resources/breaker/injection/model.bin", "resources/breaker/injection/model.sha256"];
const importing = /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["']([^"'.][^"']*)["']|import\(\s*["']([^"'.][^"']*)["']\s*\)/g;
/** Never part of the daemon, whatever names them. */
const foreign = new Set(["electron", "electron-updater"]);
/** Left out of every package: what no program loads. */
const leftOut = /\.(?:map|md|markdown|d\.[mc]?ts|gyp|flow)$/;

const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const isBuiltin = (name: string) => name.startsWith("node:") || builtinModules.includes(name);

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}
const shipped = (path: string) => !/\.test\.ts$|\.d\.ts$|__snapshots__|\/testing\//.test(path);

/** Names of the packages that the daemon's and the CLI's sources under `root` import. */
export function importedPackages(root: string): string[] {
  const names = new Set<string>();
  for (const folder of folders.filter((one) => existsSync(join(root, one)))) {
    for (const file of filesUnder(join(root, folder))) {
      if (!file.endsWith(".ts") || !shipped(file)) continue;
      for (const [, named, lazy] of readFileSync(file, "utf8").matchAll(importing)) {
        const name = packageOf(named ?? lazy ?? "");
        if (name !== "" && !isBuiltin(name) && !foreign.has(name)) names.add(name);
      }
    }
  }
  return [...names].toSorted();
}

/** Folder of package `name` as seen from `from`, looked up as Node does; null when it is not installed. */
function find(name: string, from: string, root: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === root || dirname(folder) === folder) return null;
  }
}

/** Folders of all packages that `names` need, directly or not. A missing required one throws; a missing optional one is skipped. */
export function closure(root: string, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string, optional: boolean) => {
    const folder = find(name, from, root);
    if (folder === null && optional) return;
    if (folder === null) throw new Error(`${name} is imported but not installed`);
    if (found.has(folder)) return;
    found.add(folder);
    const told = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
      "dependencies" | "optionalDependencies" | "peerDependencies",
      Record<string, string> | undefined
    >;
    const maybe = { ...told.optionalDependencies, ...told.peerDependencies };
    for (const dependency of Object.keys({ ...told.dependencies, ...maybe })) visit(dependency, folder, dependency in maybe);
  };
  for (const name of names) visit(name, root, false);
  return [...found].toSorted();
}

/** Writes the tree to `out` (emptied first); returns how many packages and bytes it holds. `console`: folder of the built web console, if any. */
export function layOut(root: string, out: string, console: string | null): { packages: number; bytes: number } {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const folder of folders.filter((one) => existsSync(join(root, one)))) {
    for (const file of filesUnder(join(root, folder))) if (shipped(file)) ship(file, join(out, relative(root, file)));
  }
  for (const file of resources.filter((one) => existsSync(join(root, one)))) cpSync(join(root, file), join(out, file));
  const packages = closure(root, importedPackages(root));
  for (const folder of packages) {
    const target = join(out, relative(root, folder));
    cpSync(folder, target, {
      recursive: true,
      filter: (path) => {
        const inside = relative(folder, path);
        if (inside.split("/").includes("node_modules")) return false;
        return inside === "" || !isLeftOut(folder, inside, process.platform);
      },
    });
  }
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, string>;
  writeFileSync(join(out, "package.json"), `${JSON.stringify({ name, version, license, private: true, type: "module" }, null, 2)}\n`);
  if (console !== null) cpSync(console, join(out, "out", "renderer"), { recursive: true });
  let bytes = 0;
  for (const file of filesUnder(out)) bytes += statSync(file).size;
  return { packages: packages.length, bytes };
}

/** Relative imports, and the worker that is started by its address. */
const relativeTs = /((?:\bfrom|\bimport)\s*\(?\s*|new URL\()"(\.[^"]+)\.ts"/g;

/** Writes one source as it is shipped: TypeScript without its types, as JavaScript of the same lines and columns. */
function ship(file: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  if (!file.endsWith(".ts")) cpSync(file, target);
  else writeFileSync(target.replace(/\.ts$/, ".js"), stripTypeScriptTypes(readFileSync(file, "utf8")).replaceAll(relativeTs, '$1"$2.js"'));
}

/** A native package comes with sources for a compiler and binaries for all systems: ours alone is kept. */
function isLeftOut(folder: string, inside: string, system: string): boolean {
  if (leftOut.test(inside)) return true;
  if (!existsSync(join(folder, "binding.gyp"))) return false;
  const [top = "", file] = inside.split("/");
  return top === "deps" || top === "src" || (top === "prebuilds" && file !== undefined && !file.startsWith(system));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = dirname(import.meta.dirname);
  const built = join(root, "out", "renderer");
  const { packages, bytes } = layOut(root, join(root, "out", "daemon"), existsSync(built) ? built : null);
  process.stdout.write(`out/daemon: ${String(packages)} packages, ${(bytes / 1e6).toFixed(1)} MB\n`);
}
