import { Visitor } from "oxc-parser";
import { isTest, type Module } from "./sources.ts";

interface Habit {
  name: string;
  /** Files that it is looked for in. */
  where: (file: string) => boolean;
  pattern: RegExp;
}

const code = (file: string) => /\.(ts|tsx)$/.test(file);
const inSource = (file: string) => code(file) && (file.startsWith("src/") || file.startsWith("bin/") || file.startsWith("demo/"));
const text = (file: string) => code(file) || /\.(json|md|ya?ml|sh|css|html|plist|service)$/.test(file) || file === ".ci/run";
/** These tests name what they forbid. */
const notHere = (file: string) => !file.startsWith("test/architecture/");

/** Written in parts, so that this list does not find itself. */
const habits: readonly Habit[] = [
  { name: "ts-ignore", where: code, pattern: /@ts-(ignore|nocheck|expect-error)/ },
  { name: "empty catch", where: code, pattern: /catch\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\(\)\s*=>\s*\{\s*\}\)/ },
  { name: "to do later", where: text, pattern: /\b(TODO|FIXME|XXX)\b/ },
  { name: "console.log in the daemon", where: (file) => file.startsWith("src/daemon/") && !isTest(file), pattern: /\bconsole\.(log|info|debug)\(/ },
  { name: "path of one machine", where: (file) => text(file) && file !== "package-lock.json", pattern: /(^|["'`\s(=])\/(work|root|home\/\w+|Users\/\w+)\// },
  { name: "literal temporary folder", where: (file) => inSource(file) && !isTest(file), pattern: /["'`]\/tmp\// },
  {
    name: "registry host",
    where: (file) => (text(file) || file === ".npmrc") && file !== "package-lock.json",
    pattern: /registry\.(npmjs|npmmirror|yarnpkg)|npm\.pkg\.github|artifactory/i,
  },
  { name: "lockfile bound to a mirror", where: (file) => file === "package-lock.json", pattern: /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/ },
  { name: "vi.mock of other than electron", where: code, pattern: /\bvi\.(mock|doMock)\((?!\s*["']electron["'])/ },
  { name: "non-null assertion", where: inSource, pattern: /[\w)\]]!(\.|\[|;|,|\))/ },
  { name: "skipped or lone test", where: isTest, pattern: /\b(it|test|describe)\.only\(/ },
];

/** Habits that the house forbids, found in a file. One line each: file, line, habit. */
export function habitViolations(file: string, source: string): string[] {
  const looked = habits.filter((habit) => notHere(file) && habit.where(file) && habit.pattern.test(source));
  if (looked.length === 0) return [];
  return looked.map(({ name, pattern }) => `${file}:${source.slice(0, source.search(pattern)).split("\n").length}: ${name}`);
}

/** `any` in a type, wherever it hides. */
export function anyViolations({ file, program, source }: Module): string[] {
  const found: string[] = [];
  new Visitor({ TSAnyKeyword: (node) => void found.push(`${file}:${source.slice(0, node.start).split("\n").length}: any`) }).visit(program);
  return found;
}

/** Classes are for resources with a lifetime; each is named here with why. */
const allowedClasses: Record<string, string> = {};

/** Classes that nobody allowed. */
export function classViolations({ file, program }: Module): string[] {
  if (!inSource(file) || isTest(file)) return [];
  const found: string[] = [];
  new Visitor({
    ClassDeclaration(node) {
      const name = node.id?.name ?? "(no name)";
      // An error that callers tell apart is a class in this language; React offers error boundaries as classes only.
      const known = node.superClass?.type === "Identifier" && ["Error", "Component"].includes(node.superClass.name);
      if (!known && allowedClasses[`${file}#${name}`] === undefined) found.push(`${file}: class ${name}; a factory does, or say in habits.ts why not`);
    },
  }).visit(program);
  return found;
}

const longest = 250;

/** Files that don't read in one sitting. Words and data are looked up, not read. */
export function lengthViolations(file: string, source: string): string[] {
  if (!inSource(file) || /\/(locales|words|testing|contract)\//.test(file)) return [];
  const lines = source.split("\n").length;
  return lines > longest * 1.2 ? [`${file} has ${lines} lines; about ${longest} read in one sitting`] : [];
}
