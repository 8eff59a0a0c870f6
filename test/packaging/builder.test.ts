import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = (path: string) => readFileSync(join(root, path), "utf8");
// electron-builder's own parts, found from where it stands.
const ofBuilder = createRequire(createRequire(import.meta.url).resolve("electron-builder"));
const ofLib = createRequire(ofBuilder.resolve("app-builder-lib"));

interface Fuses {
  [name: string]: boolean;
}
interface Config {
  appId: string;
  productName: string;
  files: string[];
  asar: boolean;
  publish: null;
  protocols: { schemes: string[] }[];
  extraResources: { from: string; to: string; filter: string[] }[];
  electronFuses: Fuses;
  mac: { target: { target: string }[]; hardenedRuntime: boolean; entitlements: string; entitlementsInherit: string; binaries: string[]; extendInfo: string };
  linux: { target: { target: string }[]; desktop: { entry: Record<string, string> } };
  win: { target: { target: string }[]; requestedExecutionLevel: string };
  nsis: { deleteAppDataOnUninstall: boolean };
}
const config = JSON.parse(text("build/electron-builder.json")) as Config;

describe("electron-builder's configuration", () => {
  test("is valid by electron-builder's own schema", async () => {
    const { validateConfiguration } = ofBuilder("app-builder-lib/out/util/config/config.js") as {
      validateConfiguration: (config: unknown, log: unknown) => Promise<void>;
    };
    const { DebugLogger } = ofLib("builder-util") as { DebugLogger: new (on: boolean) => unknown };
    const { $schema: _, ...bare } = JSON.parse(text("build/electron-builder.json")) as Record<string, unknown>;
    await expect(validateConfiguration(bare, new DebugLogger(false))).resolves.toBeUndefined();
    await expect(validateConfiguration({ ...bare, surprise: 1 }, new DebugLogger(false))).rejects.toThrow("surprise");
  });

  test("makes each kind of package that is promised, and publishes none", () => {
    const kinds = [...config.mac.target, ...config.linux.target, ...config.win.target].map(({ target }) => target);
    expect(kinds.toSorted()).toEqual(["AppImage", "deb", "dmg", "nsis", "zip"]);
    expect(config.publish).toBeNull();
    expect(config.win.requestedExecutionLevel).toBe("asInvoker");
    expect(config.nsis.deleteAppDataOnUninstall).toBe(false);
  });

  test("packs what was built and no node_modules into the archive", () => {
    expect(config.asar).toBe(true);
    expect(config.files.filter((one) => !one.startsWith("!")).toSorted()).toEqual(["out/main/**", "out/preload/**", "out/renderer/**", "package.json"]);
    expect(config.files).toEqual(expect.arrayContaining(["!node_modules", "!node_modules/**", "!**/*.map"]));
  });

  test("carries its own Node and daemon where main looks for them", () => {
    expect(config.extraResources).toEqual(
      expect.arrayContaining([
        { from: "out/daemon", to: "daemon", filter: ["**/*"] },
        { from: "node_modules/node/bin", to: "node", filter: ["node", "node.exe"] },
      ]),
    );
    const main = text("src/main/aosd-process.ts");
    expect(main).toContain('join(at.resourcesPath, "node", exe)');
    expect(main).toContain('join(at.resourcesPath, "daemon", "src", "daemon", "main.js")');
    expect(config.mac.binaries).toEqual(["Contents/Resources/node/node"]);
  });

  test("answers the links that main opens, and no others", () => {
    const [, scheme] = /deepLinkScheme = "([^"]+)"/.exec(text("src/main/deep-link.ts")) ?? [];
    expect(config.protocols.map(({ schemes }) => schemes)).toEqual([[scheme]]);
  });

  test("names the app in both languages on Linux", () => {
    const { entry } = config.linux.desktop;
    expect([entry["Name"], entry["Name[ko]"]]).toEqual(["Mupengism AOS", "무펭이즘 AOS"]);
    expect(entry["Comment[ko]"]).toMatch(/요$/);
  });

  test("names only files that are there", () => {
    for (const path of [
      config.mac.entitlements,
      config.mac.entitlementsInherit,
      config.mac.extendInfo,
      "build/icon.png",
      "resources/tray/tray.png",
      "resources/tray/tray@2x.png",
      "resources/tray/trayTemplate.png",
      "resources/tray/trayTemplate@2x.png",
    ]) {
      expect([path, text(path).length > 100]).toEqual([path, true]);
    }
  });
});

describe("fuses", () => {
  const wanted: Fuses = {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  };
  test("are set as the architecture says", () => {
    expect(config.electronFuses).toEqual({ ...wanted, resetAdHocDarwinSignature: false });
  });

  test("flip in a binary as electron-builder asks for them", async () => {
    const { PlatformPackager } = ofBuilder("app-builder-lib") as { PlatformPackager: { prototype: { generateFuseConfig(fuses: unknown): Promise<unknown> } } };
    const fuses = (await import(ofLib.resolve("@electron/fuses"))) as {
      flipFuses(path: string, config: unknown): Promise<number>;
      getCurrentFuseWire(path: string): Promise<Record<string, number>>;
      FuseV1Options: Record<string, number>;
    };
    const folder = mkdtempSync(join(tmpdir(), "aos-fuses-"));
    try {
      // Stands in for Electron: the sentinel, wire version 1, its length, and each fuse at its default.
      const binary = join(folder, "electron");
      const defaults = "10110010";
      writeFileSync(
        binary,
        Buffer.concat([
          Buffer.from("\x7fELF"),
          Buffer.alloc(64),
          Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX"),
          Buffer.from([1, defaults.length]),
          Buffer.from(defaults),
          Buffer.alloc(64),
        ]),
      );
      await fuses.flipFuses(binary, await PlatformPackager.prototype.generateFuseConfig(config.electronFuses));
      const wire = await fuses.getCurrentFuseWire(binary);
      const read = Object.fromEntries(
        Object.keys(wanted).map((name) => {
          const key = name[0]?.toUpperCase() + name.slice(1);
          return [name, String.fromCharCode(wire[String(fuses.FuseV1Options[key])] ?? 0) === "1"];
        }),
      );
      expect(read).toEqual(wanted);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
