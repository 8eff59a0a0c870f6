import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor, type Program } from "oxc-parser";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Import {
  specifier: string;
  /** Erased at run time: `import type`, `export type`, `import("x").T`. */
  typeOnly: boolean;
}

export interface Module {
  /** Path from the root, with `/`. */
  file: string;
  source: string;
  program: Program;
  imports: Import[];
}

/** Files of the repository: tracked, or new and not ignored. */
export function repositoryFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  const deleted = new Set(execFileSync("git", ["ls-files", "-d", "-z"], { cwd: root, encoding: "utf8" }).split("\0"));
  return [...new Set(listed.split("\0"))].filter((file) => file !== "" && !deleted.has(file)).toSorted();
}

export const read = (file: string) => readFileSync(join(root, file), "utf8");

/** Every TypeScript module of the repository, parsed. */
export function repositoryModules(): Module[] {
  return repositoryFiles()
    .filter((file) => /\.(ts|tsx|mts|cts)$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => parseModule(file, read(file)));
}

/** Parses one module. Throws on a syntax error: a file that can't be read must not count as one without imports. */
export function parseModule(file: string, source: string): Module {
  const { program, module, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const imports: Import[] = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, typeOnly: entry.isType }] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) => ({ specifier: literal(source.slice(moduleRequest.start, moduleRequest.end)), typeOnly: false })),
    ...[...source.matchAll(/\b(?:require|import\.meta\.resolve)\(\s*(["'][^"']+["'])\s*\)/g)].map(([, quoted = ""]) => ({
      specifier: literal(quoted),
      typeOnly: false,
    })),
    // A module that is started as a worker is depended on as much as one that is imported.
    ...[...source.matchAll(/new URL\(\s*(["']\.[^"']+\.tsx?["'])\s*,\s*import\.meta\.url\s*\)/g)].map(([, quoted = ""]) => ({
      specifier: literal(quoted),
      typeOnly: false,
    })),
  ];
  new Visitor({
    TSImportType: (node) => void imports.push({ specifier: node.source.value, typeOnly: true }),
  }).visit(program);
  return { file, source, program, imports };
}

/** The text of a quoted string; anything else can't be followed and keeps its own look. */
const literal = (text: string) => /^(["'`])([^$]*)\1$/.exec(text.trim())?.[2] ?? `?${text}`;

/** Where a relative specifier leads, from the root; undefined for a package. A `?query` (Vite) is left out. */
export function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.normalize(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, "")));
}

/** The package of a bare specifier: `@a/b/c` is `@a/b`, `node:fs` is `node:`. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return "node:";
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

export const isTest = (file: string) => /\.(test|spec)\.tsx?$/.test(file);
