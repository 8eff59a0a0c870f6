import { isTest, packageOf, target, type Module } from "./sources.ts";

/** The daemon's rooms, from the top. A room imports only rooms below it. */
export const daemonOrder = ["awakening", "growth", "breaker", "memory", "agents", "llm", "rack", "access", "kernel"] as const;

/** Rooms of the repository and the rooms each may import besides itself. */
const mayImport: Record<string, readonly string[]> = {
  contract: [],
  words: ["contract"],
  renderer: ["contract", "words"],
  preload: ["contract", "words"],
  main: ["contract", "words"],
  cli: ["contract", "words"],
  daemon: ["contract", "words"],
  bin: ["cli", "contract", "words", "daemon"],
  demo: ["contract", "words", "cli", "daemon"],
};
/** Packages that a leaf may use; elsewhere test/architecture/packages.json decides. */
const leafPackages: Record<string, readonly string[]> = { contract: ["zod", "@orpc/contract"], words: [] };

/** The room of a file: `src/daemon/...` is `daemon`, `demo/...` is `demo`; undefined for configuration at the root. */
export function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? /^(bin|demo|test)\//.exec(file)?.[1];
}

/** Packages that one domain file may use: pure functions without a clock, chance or the outside world. */
const domainPackages: Record<string, readonly string[]> = { "src/daemon/breaker/gate/domain/shell.ts": ["unbash"] };

const daemonRoom = (file: string) => /^src\/daemon\/([^/]+)\//.exec(file)?.[1];
const isDomain = (file: string) => /^src\/daemon\/(?:.*\/)?domain\//.test(file);
/** Fakes and test data that stand beside the source. */
const isHelper = (file: string) => isTest(file) || file.includes("/testing/") || /\/fake-[^/]+$/.test(file);
const mayImportElectron = (file: string) => /^src\/(main|preload)\//.test(file) || file.startsWith("test/fakes/electron/") || /^test\/.*electron/.test(file);

/** What breaks "who may import whom", one line each. */
export function layerViolations(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.imports.flatMap(({ specifier, typeOnly }) => judge(module.file, specifier, typeOnly).map((why) => `${module.file} imports ${specifier}: ${why}`)),
  );
}

function judge(file: string, specifier: string, typeOnly: boolean): string[] {
  // Runners load what they are told to; production code names what it loads.
  if (specifier.startsWith("?")) return roomOf(file) === "test" ? [] : ["only a written-out name can be followed"];
  const to = target(file, specifier);
  return to === undefined ? judgePackage(file, specifier) : judgeFile(file, to, typeOnly);
}

function judgePackage(file: string, specifier: string): string[] {
  const room = roomOf(file);
  const wanted = packageOf(specifier);
  if (wanted === "electron" && !mayImportElectron(file)) return ["electron belongs to src/main and src/preload"];
  if (isHelper(file)) return [];
  const leaf = room === undefined ? undefined : leafPackages[room];
  if (leaf !== undefined && !leaf.includes(wanted)) return [`${room} is a leaf`];
  if (isDomain(file) && !domainPackages[file]?.includes(wanted)) return ["a domain is pure: no packages, no node:"];
  if (wanted === "node:" && (room === "renderer" || room === "preload")) return [`${room} runs without Node`];
  return [];
}

function judgeFile(file: string, to: string, typeOnly: boolean): string[] {
  const from = roomOf(file);
  const into = roomOf(to);
  // The daemon's tests may start the demo's servers: they are the real ones, or stand in for them.
  if (from === "daemon" && into === "demo" && isTest(file)) return [];
  if (from === undefined || into === undefined || from === "test") return [];
  if (from !== into) {
    // Helpers of tests, and entries that a test starts; production code imports neither.
    if ((into === "test" || into === "bin") && isHelper(file)) return [];
    const allowed = mayImport[from];
    if (allowed === undefined) return [`the room ${from} is unknown: say in layers.ts what it may import`];
    if (!allowed.includes(into)) return [`${from} may import ${["itself", ...allowed].join(", ")}`];
    if (isDomain(file) && !isHelper(file) && into === "contract" && !typeOnly) return ["a domain takes only types from the contract"];
    if (isDomain(file) && !isHelper(file) && into !== "contract") return ["a domain imports contract types and domains"];
    if (from === "words" && !typeOnly && !isHelper(file)) return ["words takes only types from the contract"];
    return [];
  }
  return from === "daemon" ? judgeDaemon(file, to) : [];
}

function judgeDaemon(file: string, to: string): string[] {
  const from = daemonRoom(file);
  const into = daemonRoom(to);
  if (isDomain(file) && !isHelper(file) && !isDomain(to)) return ["a domain imports contract types and domains"];
  // src/daemon/main.ts and what stands beside it is the composition root.
  if (from === undefined) return [];
  if (into === undefined) return ["a room never imports the composition root"];
  const height = daemonOrder.findIndex((room) => room === from);
  const depth = daemonOrder.findIndex((room) => room === into);
  if (height < 0 || depth < 0) return [`the room ${height < 0 ? from : into} has no place in the daemon's order`];
  return depth < height && !isHelper(file) ? [`${into} stands above ${from}`] : [];
}
