import { z } from "zod";
import { packageOf, type Module } from "./sources.ts";

export const packageList = z.array(
  z.object({
    name: z.string(),
    why: z.string().min(5),
    /** Folders or files that may import it. */
    folders: z.array(z.string()).optional(),
    /** For what no module imports: a file or folder that shows its use, and the words in it that do. */
    tool: z.object({ file: z.string(), says: z.string() }).optional(),
  }),
);
export type PackageList = z.infer<typeof packageList>;

export interface Facts {
  list: PackageList;
  /** Names in package.json. */
  installed: readonly string[];
  modules: readonly Module[];
  /** Text of a file, or of all files of a folder; undefined when there is none. */
  textOf: (path: string) => string | undefined;
}

/** Packages that are unlisted, listed twice or in vain, unused, or imported where they may not be. One line each. */
export function packageViolations({ list, installed, modules, textOf }: Facts): string[] {
  const used = modules
    .flatMap((module) => module.imports.map(({ specifier }) => ({ file: module.file, name: packageOf(specifier) })))
    .filter(({ name }) => isPackage(name));
  const names = list.map((entry) => entry.name);
  return [
    ...installed.filter((name) => !names.includes(name)).map((name) => `${name} is in package.json and not in packages.json`),
    ...names.filter((name) => !installed.includes(name)).map((name) => `${name} is in packages.json and not in package.json`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is listed twice`),
    ...used.filter(({ name }) => !installed.includes(name)).map(({ file, name }) => `${file} imports ${name}, which package.json does not name`),
    ...list.flatMap((entry) => {
      const files = used.filter(({ name }) => name === entry.name).map(({ file }) => file);
      const strangers = files.filter((file) => !(entry.folders ?? []).some((folder) => file === folder || file.startsWith(`${folder}/`)));
      const shown = entry.tool !== undefined && textOf(entry.tool.file)?.includes(entry.tool.says) === true;
      return [
        ...new Set(strangers.map((file) => `${file} may not import ${entry.name}`)),
        ...(files.length === 0 && !shown ? [`${entry.name} is used by nobody`] : []),
      ];
    }),
  ];
}

const isPackage = (name: string) => !name.startsWith(".") && !name.startsWith("?") && name !== "node:" && !name.startsWith("virtual:");
