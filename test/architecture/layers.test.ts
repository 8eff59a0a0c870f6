import { describe, expect, it } from "vitest";
import { layerViolations } from "./layers.ts";
import { purityViolations } from "./purity.ts";
import { parseModule, repositoryModules, type Module } from "./sources.ts";

const modules = repositoryModules();
/** Fewer modules than this were never the whole house: then the walk is broken, not the house clean. */
const atLeast = 150;

describe("who may import whom", () => {
  it("saw enough modules and imports to be believed", () => {
    expect(modules.length).toBeGreaterThan(atLeast);
    for (const room of [
      "src/contract/",
      "src/words/",
      "src/daemon/kernel/",
      "src/daemon/access/",
      "src/daemon/rack/",
      "src/cli/",
      "src/main/",
      "src/preload/",
      "src/renderer/",
      "demo/",
      "test/",
    ]) {
      expect(modules.filter((module) => module.file.startsWith(room)).length, room).toBeGreaterThan(0);
    }
    expect(modules.reduce((sum, module) => sum + module.imports.length, 0)).toBeGreaterThan(atLeast * 2);
  });

  it("each import goes where it may", () => {
    expect(layerViolations(modules)).toEqual([]);
  });

  it("domains are pure, and time and chance come through ports", () => {
    expect(purityViolations(modules)).toEqual([]);
  });
});

describe("the judge can say no", () => {
  const one = (file: string, source: string): Module[] => [parseModule(file, source)];
  it.each([
    ["src/contract/a.ts", 'import { b } from "../words/index.ts";'],
    ["src/contract/a.ts", 'import { readFileSync } from "node:fs";'],
    ["src/contract/a.ts", 'import ws from "ws";'],
    ["src/words/a.ts", 'import { faults } from "../contract/faults.ts";'],
    ["src/words/a.ts", 'export * from "../cli/units.ts";'],
    ["src/renderer/a.tsx", 'import type { Log } from "../daemon/kernel/log.ts";'],
    ["src/renderer/a.tsx", 'import { readFileSync } from "node:fs";'],
    ["src/renderer/a.tsx", 'import { fake } from "../../test/fakes/backend/index.ts";'],
    ["src/preload/index.ts", 'import { run } from "../main/index.ts";'],
    ["src/main/a.ts", 'const daemon = await import("../daemon/main.ts");'],
    ["src/cli/a.ts", 'import { app } from "electron";'],
    ["src/cli/a.ts", 'type Log = import("../daemon/kernel/log.ts").Log;'],
    ["src/daemon/kernel/a.ts", 'import { x } from "../access/keys.ts";'],
    ["src/daemon/access/a.ts", 'import type { x } from "../rack/fleet.ts";'],
    ["src/daemon/rack/a.ts", 'import { x } from "../main.ts";'],
    ["src/daemon/cellar/a.ts", 'import { x } from "../kernel/log.ts";'],
    ["src/daemon/rack/domain/a.ts", 'import { metrics } from "../../../contract/rack.ts";'],
    ["src/daemon/rack/domain/a.ts", 'import { x } from "../fleet.ts";'],
    ["src/daemon/rack/domain/a.ts", 'import { z } from "zod";'],
    ["src/daemon/rack/domain/a.ts", 'import { hash } from "node:crypto";'],
    ["src/daemon/rack/a.ts", "const name = 'x'; await import(name);"],
    ["src/daemon/kernel/a.ts", 'new Worker(new URL("../rack/w.ts", import.meta.url));'],
  ])("%s: %s", (file, source) => {
    expect(layerViolations(one(file, source))).toHaveLength(1);
  });

  it.each([
    ["src/daemon/rack/domain/a.ts", "const at = Date.now();"],
    ["src/daemon/rack/domain/a.ts", "const at = new Date();"],
    ["src/daemon/rack/domain/a.ts", "const at = performance.now();"],
    ["src/daemon/rack/domain/a.ts", "setTimeout(() => 1, 5);"],
    ["src/daemon/rack/a.ts", "const chance = Math.random;"],
    ["src/main/tray.ts", "const at = Date.now();"],
  ])("%s: %s", (file, source) => {
    expect(purityViolations(one(file, source))).toHaveLength(1);
  });

  it.each([
    ["src/daemon/rack/a.ts", 'import { x } from "../access/keys.ts"; import { y } from "./domain/plan.ts"; import type { z } from "../../contract/rack.ts";'],
    ["src/daemon/main.ts", 'import { x } from "./rack/fleet.ts"; import { y } from "./kernel/log.ts";'],
    [
      "src/daemon/rack/domain/a.ts",
      'import type { x } from "../../../contract/rack.ts"; import { y } from "./plan.ts"; const at = new Date(5); // Date.now() in a comment',
    ],
    ["src/main/a.ts", 'import { app } from "electron"; import { words } from "../words/index.ts";'],
    ["src/renderer/a.test.tsx", 'import { fake } from "../../test/fakes/backend/index.ts";'],
  ])("and yes: %s", (file, source) => {
    expect([...layerViolations(one(file, source)), ...purityViolations(one(file, source))]).toEqual([]);
  });

  it("a file that does not parse is an error, not a file without imports", () => {
    expect(() => parseModule("src/a.ts", "import {")).toThrow("src/a.ts");
  });
});
