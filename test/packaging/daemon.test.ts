import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closure, importedPackages, layOut } from "../../build/daemon.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

describe("the daemon as it is packaged", () => {
  let out = "";
  let size = { packages: 0, bytes: 0 };
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "aos-daemon-"));
    size = layOut(root, out, null);
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test("holds every package that its sources import, each able to load from there, and no screen's", () => {
    const names = importedPackages(root);
    expect(names).toEqual(expect.arrayContaining(["better-sqlite3", "zod", "ws", "@orpc/server"]));
    expect(names.filter((name) => /^(react|electron|vite|tailwind|@base-ui)/.test(name))).toEqual([]);
    const script = `import "reflect-metadata"; for (const name of ${JSON.stringify(names)}) await import(name === "@orpc/server" ? "@orpc/server/ws" : name); console.log("all")`;
    const loaded = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: out, encoding: "utf8" });
    expect([loaded.stdout, loaded.stderr]).toEqual(["all\n", ""]);
  });

  test("opens a database with its own native file", () => {
    const script = 'import Database from "better-sqlite3"; console.log(new Database(":memory:").prepare("select 7 as n").get().n)';
    expect(spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: out, encoding: "utf8" }).stdout).toBe("7\n");
  });

  test("serves from there, and stops when asked", async () => {
    const env = { ...process.env, AOS_LAN_HOST: "127.0.0.1", AOS_LAN_PORT: "0", AOS_LOOPBACK_PORT: "0", AOS_DISCOVERY: "off" };
    const aosd = spawn(process.execPath, [join(out, "src/daemon/main.js"), "--state-dir", join(out, "state"), "--desktop"], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(aosd, "exit");
    const [line] = (await once(aosd.stdout, "data")) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ event: "aosd.serving", pid: aosd.pid });
    // It says that it serves a moment before it listens for signals.
    await new Promise((resolve) => setTimeout(resolve, 250));
    aosd.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  test("is small, has no tests, and says its version", () => {
    expect(size.bytes).toBeLessThan(40e6);
    expect(size.packages).toBeGreaterThan(20);
    expect(existsSync(join(out, "src", "main"))).toBe(false);
    expect(existsSync(join(out, "src", "daemon"))).toBe(true);
    const told = JSON.parse(readFileSync(join(out, "package.json"), "utf8")) as Record<string, unknown>;
    expect(told).toMatchObject({ type: "module", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  test("a package that is imported and not installed is named", () => {
    expect(() => closure(root, ["no-such-package-here"])).toThrow("no-such-package-here is imported but not installed");
  });
});
