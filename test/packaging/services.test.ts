import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = (path: string) => readFileSync(join(root, path), "utf8");
const ofBuilder = createRequire(createRequire(createRequire(import.meta.url).resolve("electron-builder")).resolve("app-builder-lib"));
const { parse } = ofBuilder("plist") as { parse: (text: string) => Record<string, unknown> };
const product = (JSON.parse(text("build/electron-builder.json")) as { productName: string }).productName;

describe("macOS", () => {
  test.each(["build/entitlements.mac.plist", "build/entitlements.mac.inherit.plist"])("%s asks for just-in-time code and nothing else", (path) => {
    expect(parse(text(path))).toEqual({ "com.apple.security.cs.allow-jit": true });
  });

  test("says why it looks at the local network, and for which service", () => {
    const info = parse(text("build/Info.extra.plist"));
    expect(info["NSBonjourServices"]).toEqual(["_aosnode._tcp"]);
    expect(info["NSLocalNetworkUsageDescription"]).toMatch(/rack/);
    expect(info["CFBundleLocalizations"]).toEqual(["ko", "en"]);
    expect(info["NSAppTransportSecurity"]).toEqual({ NSAllowsArbitraryLoads: false });
  });

  test("says it in Korean and in English, under the same keys", () => {
    const strings = (language: string) =>
      Object.fromEntries(
        [...text(`build/mac/${language}.lproj/InfoPlist.strings`).matchAll(/^"([^"]+)" = "([^"]+)";$/gm)].map(([, key = "", value = ""]): [string, string] => [
          key,
          value,
        ]),
      );
    const [ko, en] = [strings("ko"), strings("en")];
    expect(Object.keys(ko)).toEqual(Object.keys(en));
    expect(Object.keys(ko)).toContain("NSLocalNetworkUsageDescription");
    expect(ko["NSLocalNetworkUsageDescription"]).toMatch(/[가-힣].*요\.$/);
    expect(Object.values(en).join(" ")).not.toMatch(/[가-힣]/);
    expect(Object.values(ko).every((value) => /[가-힣]/.test(value))).toBe(true);
  });

  test("launchd keeps aosd running as a user of its own, and lets a stop be a stop", () => {
    const unit = parse(text("resources/launchd/org.mupengism.aosd.plist"));
    expect(unit).toMatchObject({
      Label: "org.mupengism.aosd",
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      UserName: "_aosd",
      GroupName: "_aosd",
      Umask: 0o077,
      ExitTimeOut: 20,
      ThrottleInterval: 5,
    });
    expect(unit["ProgramArguments"]).toEqual([
      `/Applications/${product}.app/Contents/Resources/node/node`,
      `/Applications/${product}.app/Contents/Resources/daemon/src/daemon/main.js`,
      "--state-dir",
      "/Library/Application Support/aosd",
    ]);
  });
});

describe("systemd", () => {
  const unit = text("resources/systemd/aosd.service");
  const directive = (name: string) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value);

  test("runs the packaged Node and daemon as a user of its own", () => {
    expect(directive("ExecStart")).toEqual([
      `"/opt/${product}/resources/node/node" "/opt/${product}/resources/daemon/src/daemon/main.js" --state-dir /var/lib/aosd`,
    ]);
    expect([directive("User"), directive("StateDirectory"), directive("StateDirectoryMode"), directive("UMask")]).toEqual([
      ["aosd"],
      ["aosd aosd-work"],
      ["0700"],
      ["0077"],
    ]);
  });

  test("starts again after a crash, but not against another aosd", () => {
    const [, code] = /heldByAnother = (\d+)/.exec(text("src/main/aosd-process.ts")) ?? [];
    expect([directive("Restart"), directive("RestartPreventExitStatus"), directive("KillMode")]).toEqual([["on-failure"], [code], ["mixed"]]);
  });

  test.each([
    ["NoNewPrivileges", "yes"],
    ["CapabilityBoundingSet", ""],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["PrivateTmp", "yes"],
    ["DevicePolicy", "closed"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    // Tools of agents are kept in by namespaces and ended by control groups: the daemon has to be able to make both.
    ["Delegate", "yes"],
    ["RestrictNamespaces", "user net mnt pid ipc cgroup"],
    ["RestrictSUIDSGID", "yes"],
    ["LockPersonality", "yes"],
    ["SystemCallArchitectures", "native"],
    ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
  ])("has %s=%s", (name, value) => {
    expect(directive(name)).toEqual([value]);
  });

  test("leaves V8 the right to write code", () => {
    expect(directive("MemoryDenyWriteExecute")).toEqual([]);
  });

  const analyze = "/usr/bin/systemd-analyze";
  // Not a skip: where systemd is not, its own check says nothing about this file, and the directives above still hold.
  test.runIf(existsSync(analyze))("passes systemd's own check and scores under 3.0 of 10 in its exposure", () => {
    const folder = mkdtempSync(join(tmpdir(), "aos-unit-"));
    try {
      mkdirSync(join(folder, "bin"));
      symlinkSync("/bin/true", join(folder, "bin", "node"));
      const path = join(folder, "aosd.service");
      writeFileSync(path, unit.replaceAll(`/opt/${product}/resources/node`, join(folder, "bin")));
      const verified = spawnSync(analyze, ["verify", path], { encoding: "utf8" });
      expect([verified.status, verified.stderr]).toEqual([0, ""]);
      const report = execFileSync(analyze, ["security", "--offline=yes", "--no-pager", path], { encoding: "utf8" });
      const [, score] = /Overall exposure level for aosd\.service: ([\d.]+)/.exec(report) ?? [];
      // 1.4 before tools were confined: namespaces, @mount and the button's serial port cost the rest.
      expect(Number(score)).toBeLessThan(3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
