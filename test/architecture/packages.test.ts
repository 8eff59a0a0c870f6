import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packageList, packageViolations, type Facts } from "./packages.ts";
import { parseModule, read, repositoryFiles, repositoryModules } from "./sources.ts";

const names = z.record(z.string(), z.string());
const { dependencies, devDependencies } = z.object({ dependencies: names, devDependencies: names }).parse(JSON.parse(read("package.json")));
const files = repositoryFiles();
const facts: Facts = {
  list: packageList.parse(JSON.parse(read("test/architecture/packages.json"))),
  installed: [...Object.keys(dependencies), ...Object.keys(devDependencies)],
  modules: repositoryModules(),
  textOf: (path) => {
    const found = files.filter((file) => file === path || file.startsWith(`${path}/`)).filter((file) => /\.(json|tsx?|css|html)$/.test(file));
    return found.length === 0 ? undefined : found.map(read).join("\n");
  },
};

describe("packages", () => {
  it("each is listed once, used, and imported only where it may be", () => {
    expect(packageViolations(facts)).toEqual([]);
  });

  it("the judge can say no", () => {
    const odd = (changes: Partial<Facts>) => packageViolations({ list: [], installed: [], modules: [], textOf: () => undefined, ...changes });
    const listed = { name: "ws", why: "sockets", folders: ["src/cli"] };
    expect(odd({ installed: ["ws"] })).toEqual(["ws is in package.json and not in packages.json"]);
    expect(odd({ list: [listed], installed: ["ws"] })).toEqual(["ws is used by nobody"]);
    expect(odd({ list: [listed], installed: ["ws"], modules: [parseModule("src/main/a.ts", 'import "ws/lib/x.js";')] })).toEqual([
      "src/main/a.ts may not import ws",
    ]);
    expect(odd({ modules: [parseModule("src/main/a.ts", 'import "left-pad";')] })).toEqual([
      "src/main/a.ts imports left-pad, which package.json does not name",
    ]);
    expect(odd({ list: [listed], installed: ["ws"], modules: [parseModule("src/cli/a.ts", 'import "ws";')] })).toEqual([]);
  });
});
