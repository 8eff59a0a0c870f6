import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "./clock.ts";
import { writeWhole } from "./files.ts";
import { createIds } from "./ids.ts";
import { lockStateDir } from "./lock.ts";
import { createFileLog } from "./log-pino.ts";
import { openRun } from "./run.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aos-kernel-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a private file is whole, ours alone, and leaves nothing beside it", () => {
  const path = join(dir, "one");
  writeWhole(path, "first");
  writeWhole(path, "second");
  expect(readFileSync(path, "utf8")).toBe("second");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).filter((name) => name.startsWith("one"))).toEqual(["one"]);
});

test("a second process does not get the state folder, and a killed one leaves no lock", () => {
  const lock = lockStateDir(dir);
  expect(lock).toBeDefined();
  const module = fileURLToPath(new URL("./lock.ts", import.meta.url));
  const script = `import { lockStateDir } from ${JSON.stringify(module)}; const got = lockStateDir(${JSON.stringify(dir)}); console.log(got ? "got" : "held"); process.kill(process.pid, "SIGKILL")`;
  const other = () => spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout.trim();
  expect(other()).toBe("held");
  lock?.release();
  expect(other()).toBe("got");
  const again = lockStateDir(dir);
  expect(again).toBeDefined();
  again?.release();
});

test("the next run says why it had to start", () => {
  const ports = { clock: createClock(), ids: createIds() };
  const folder = mkdtempSync(join(dir, "run-"));
  const first = openRun(folder, ports);
  expect(first.lastRestart.cause).toBe("first-start");
  expect(openRun(folder, ports).lastRestart.cause).toBe("crash");
  const third = openRun(folder, ports);
  third.end();
  expect(openRun(folder, ports).lastRestart.cause).toBe("planned");
  const longAgo = { ...ports.clock, now: () => 1_000_000 };
  const old = mkdtempSync(join(dir, "run-"));
  openRun(old, { ...ports, clock: longAgo });
  expect(openRun(old, ports).lastRestart.cause).toBe("power");
  writeFileSync(join(old, "run.json"), "garbage");
  expect(openRun(old, ports).lastRestart.cause).toBe("unknown");
});

test("the log rotates by size, keeps as many files as set, and holds no secret", async () => {
  const stateDir = mkdtempSync(join(dir, "log-"));
  const log = createFileLog({ stateDir, logLevel: "info", logMegabytes: 1, logFiles: 2 });
  for (let line = 0; line < 6000; line++) log.info("test.line", { filler: "x".repeat(800), token: "s3cr3t" });
  await log.close();
  const files = readdirSync(log.dir).filter((name) => name.endsWith(".log"));
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThanOrEqual(3);
  for (const name of files) {
    const text = readFileSync(join(log.dir, name), "utf8");
    expect(text).not.toContain("s3cr3t");
    expect(text.length).toBeLessThan(3 * 2 ** 20);
  }
});
