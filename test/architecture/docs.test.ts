import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contract } from "../../src/contract/index.ts";
import { daemonOrder } from "./layers.ts";
import { procedures, rolesFile, rolesTable } from "./roles-table.ts";
import { read, repositoryFiles, root } from "./sources.ts";

const files = repositoryFiles();
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));
const folders = (under: string) =>
  [
    ...new Set(
      files.filter((file) => file.startsWith(under) && file.slice(under.length).includes("/")).map((file) => file.slice(under.length).split("/")[0] ?? ""),
    ),
  ].toSorted();

describe("ARCHITECTURE.md", () => {
  const page = read("ARCHITECTURE.md");
  const section = (title: string) => page.split(new RegExp(`^## ${title}$`, "m"))[1]?.split(/^## /m)[0] ?? "";

  it("lists the folders of src as they are", () => {
    const listed = [...section("Folders").matchAll(/^\| `src\/(\w+)` \|/gm)].map(([, name = ""]) => name);
    expect(listed.toSorted()).toEqual(folders("src/"));
  });

  it("draws the daemon's rooms in the order that the layer test enforces, and marks those that are still to come", () => {
    const drawn = [...section("Rooms of the daemon").matchAll(/^ *│ (\w+) +│ *(later)?/gm)];
    expect(drawn.map(([, room]) => room)).toEqual([...daemonOrder]);
    const built = drawn.filter(([, , later]) => later === undefined).map(([, room = ""]) => room);
    expect(built.toSorted()).toEqual(folders("src/daemon/"));
  });

  it("names the areas of the contract, and each is a room of the daemon", () => {
    const listed = [...section("Contract").matchAll(/^\| `(\w+)` \|/gm)].map(([, name = ""]) => name);
    expect(listed.toSorted()).toEqual(Object.keys(contract).toSorted());
    for (const area of listed) expect(daemonOrder).toContain(area);
  });
});

describe("scripts", () => {
  it("README names scripts that exist", () => {
    const named = [...read("README.md").matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named).toContain("demo");
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it("README says what each script is for", () => {
    for (const name of ["start", "demo", "dev", "build", "check", "test", "e2e", "bench", "soak", "mutants", "dist"])
      expect(read("README.md"), name).toMatch(new RegExp(`npm (run )?${name}\\b`));
  });

  it.each(Object.entries(scripts))("%s runs files and scripts that exist", (_name, command) => {
    for (const [, file = ""] of command.matchAll(/(?:node|--config) (\S+\.(?:ts|json))/g)) expect(existsSync(join(root, file)), file).toBe(true);
    for (const [, script = ""] of command.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  });
});

describe("docs", () => {
  it("links lead to files that are there", () => {
    for (const file of files.filter((name) => name.endsWith(".md"))) {
      for (const [, link = ""] of read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g))
        expect(existsSync(join(root, file, "..", link)), `${file} -> ${link}`).toBe(true);
    }
  });

  it("the guides exist in both languages", () => {
    for (const guide of ["owner", "installer"])
      expect(files.filter((file) => file.startsWith(`docs/${guide}/`)).toSorted()).toEqual([`docs/${guide}/en.md`, `docs/${guide}/ko.md`]);
  });

  it("the table of roles is up to date", () => {
    expect(procedures().length).toBeGreaterThan(30);
    expect(read(rolesFile)).toBe(rolesTable());
  });
});
