import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readAosdFile, stateDir, tokenFile } from "./state-dir.ts";

const dir = mkdtempSync(join(tmpdir(), "aos-state-dir-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("the state folder", () => {
  const linux = { env: {}, platform: "linux", home: "/h" } as const;
  it("is named by the option, then the environment, then the platform", () => {
    expect(stateDir({ ...linux, env: { AOS_STATE_DIR: "/e" } }, "/o")).toBe("/o");
    expect(stateDir({ ...linux, env: { AOS_STATE_DIR: "/e" } })).toBe("/e");
    expect(stateDir(linux)).toBe("/h/.local/share/aos");
    expect(stateDir({ ...linux, platform: "darwin" })).toBe("/h/Library/Application Support/aos");
    expect(stateDir({ ...linux, platform: "win32", env: { LOCALAPPDATA: "/l" } })).toBe("/l/aos");
  });

  it("has the token elsewhere, where a person keeps settings", () => {
    expect(tokenFile(linux)).toBe("/h/.config/aos/token");
    expect(tokenFile({ ...linux, env: { XDG_CONFIG_HOME: "/c" } })).toBe("/c/aos/token");
  });

  it("tells a missing aosd from an unreadable one", () => {
    expect(readAosdFile(dir)).toEqual({ ok: false, reason: "not-started" });
    for (const broken of ["", "{", "null", '{"pid":"x","socket":1}', '{"pid":1}']) {
      writeFileSync(join(dir, "aosd.json"), broken);
      expect(readAosdFile(dir)).toEqual({ ok: false, reason: "unreadable" });
    }
    writeFileSync(join(dir, "aosd.json"), '{"pid":7,"socket":"/s","more":true}');
    expect(readAosdFile(dir)).toEqual({ ok: true, pid: 7, socket: "/s" });
  });
});
