import { describe, expect, it } from "vitest";
import { anyViolations, classViolations, habitViolations, lengthViolations } from "./habits.ts";
import { parseModule, read, repositoryFiles, repositoryModules } from "./sources.ts";

const files = repositoryFiles().filter((file) => /\.(ts|tsx|json|md|ya?ml|sh|css|html|plist|service)$/.test(file) || [".ci/run", ".npmrc"].includes(file));

describe("forbidden habits", () => {
  it("none is in the repository", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => habitViolations(file, read(file)))).toEqual([]);
  });

  it("any is nowhere", () => {
    expect(repositoryModules().flatMap(anyViolations)).toEqual([]);
    expect(anyViolations(parseModule("a.ts", "const a = b as any; type C = Array<any>;"))).toHaveLength(2);
  });

  it("classes stay where a lifetime needs one", () => {
    expect(repositoryModules().flatMap(classViolations)).toEqual([]);
  });

  it("files read in one sitting", () => {
    expect(files.flatMap((file) => lengthViolations(file, read(file)))).toEqual([]);
  });

  it.each([
    ["src/a.ts", "// @ts-ignore"],
    ["src/a.ts", "try { f(); } catch {}"],
    ["src/a.ts", "void f().catch(() => {});"],
    ["docs/a.md", "TODO: write"],
    ["src/daemon/a.ts", "console.log(1);"],
    ["docs/a.md", "see /root/notes"],
    ["src/a.ts", 'const dir = "/tmp/aos";'],
    ["docs/a.md", "npm config set registry https://registry.npmmirror.com"],
    ["package-lock.json", '"resolved": "https://mirror.example/a.tgz"'],
    ["src/a.test.ts", 'vi.mock("./b.ts");'],
    ["src/a.ts", "const c = a!.b;"],
    ["src/a.test.ts", 'it.only("x", () => 1);'],
  ])("the judge can say no: %s %s", (file, source) => {
    expect(habitViolations(file, source)).toHaveLength(1);
  });

  it("and yes", () => {
    expect(habitViolations("src/a.ts", 'import { tmpdir } from "node:os"; const many = a !== b; const url = "/work";')).toEqual([]);
    expect(habitViolations("src/a.test.ts", 'vi.mock("electron");')).toEqual([]);
    expect(classViolations(parseModule("src/daemon/a.ts", "export class A {}"))).toHaveLength(1);
    expect(lengthViolations("src/a.ts", "\n".repeat(400))).toHaveLength(1);
  });
});
