import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeAosd, type FakeAosd } from "./testing/fake-aosd.ts";

const bin = fileURLToPath(new URL("../../bin/aos.ts", import.meta.url));

/** Runs the real program as a shell would, with nobody at the keyboard. */
function aos(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "ko_KR.UTF-8" }, timeout: 20_000 });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

describe("aos as a process", () => {
  let aosd: FakeAosd;
  beforeAll(async () => {
    aosd = await startFakeAosd();
  });
  afterAll(() => aosd.stop());

  it("ends by itself with one object and 0", async () => {
    const { code, out, err } = await aos("status", "--json", "--state-dir", aosd.stateDir);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ sentence: { code: "node-offline" } });
  });

  it("tells the shell what happened: 1 refused, 2 usage, 3 nobody there", async () => {
    expect((await aos("node", "zzz", "--state-dir", aosd.stateDir)).code).toBe(1);
    expect((await aos("nodez")).code).toBe(2);
    const nobody = await aos("status", "--state-dir", `${aosd.stateDir}/none`);
    expect(nobody.code).toBe(3);
    expect(nobody.err).toContain("AOS가 실행되고 있지 않아요");
  });

  it("does not wait for a key that nobody can type", async () => {
    const { code, err } = await aos("recover", "--state-dir", aosd.stateDir);
    expect(code).toBe(2);
    expect(err).toContain("--key-file");
  });
});
