import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aosdCommand, launchAosd, readHolder, readServing } from "./aosd-process.ts";
import { answers } from "./local-socket.ts";

const stub = fileURLToPath(new URL("../../test/fakes/electron/stub-aosd.ts", import.meta.url));
let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "aos-process-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const base = { resourcesPath: "/app/resources", appPath: "/src", platform: "linux", stateDir: "/data/aosd", overrides: {} };

describe("the command", () => {
  test("is the bundled Node and daemon when packaged, whatever the environment says", () => {
    expect(aosdCommand({ ...base, packaged: true, overrides: { node: "/evil", entry: "/evil.js" } })).toEqual({
      file: join("/app/resources/node/node"),
      args: [join("/app/resources/daemon/src/daemon/main.js"), "--state-dir", "/data/aosd", "--desktop"],
    });
    expect(aosdCommand({ ...base, packaged: true, platform: "win32" }).file).toMatch(/node\.exe$/);
  });
  test("is the source on the project's own Node in development", () => {
    expect(aosdCommand({ ...base, packaged: false })).toEqual({
      file: "/src/node_modules/node/bin/node",
      args: ["/src/src/daemon/main.ts", "--state-dir", "/data/aosd", "--desktop"],
    });
  });
});

test("only a serving line with a socket is taken for one", () => {
  expect(readServing('{"event":"aosd.serving","socket":"/s","pid":7}')).toEqual({ socket: "/s", pid: 7 });
  expect(readServing('{"event":"aosd.serving","socket":"/s"}')).toEqual({ socket: "/s", pid: null });
  for (const line of ["", "hello", "{", '{"event":"other","socket":"/s"}', '{"event":"aosd.serving"}', '{"event":"aosd.serving","socket":1}', "null"])
    expect([line, readServing(line)]).toEqual([line, null]);
});

test("a real process is started, serves, and ends on SIGTERM", async () => {
  const child = launchAosd(
    { file: process.execPath, args: [stub, "--state-dir", folder, "--desktop"] },
    { env: process.env, log: () => undefined, stderr: () => undefined },
  );
  const endpoint = await child.serving;
  expect([await answers(endpoint.socket), endpoint.pid, await readHolder(folder)]).toEqual([true, child.pid, endpoint]);
  child.signal("SIGTERM");
  expect(await child.exited).toEqual({ code: 0, reason: "code 0" });
  expect(await answers(endpoint.socket)).toBe(false);
});

test("an aosd whose desktop is killed outright stops by itself", async () => {
  const state = join(folder, "orphan");
  const launcher = `import { launchAosd } from ${JSON.stringify(new URL("./aosd-process.ts", import.meta.url).href)};
    const child = launchAosd({ file: process.execPath, args: [${JSON.stringify(stub)}, "--state-dir", ${JSON.stringify(state)}] }, { env: process.env, log() {}, stderr() {} });
    console.log((await child.serving).socket);`;
  const desktop = spawn(process.execPath, ["--input-type=module", "-e", launcher], { stdio: ["ignore", "pipe", "inherit"] });
  const socket = await new Promise<string>((resolve) => desktop.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())));
  expect(await answers(socket)).toBe(true);
  desktop.kill("SIGKILL");
  await vi.waitUntil(async () => !(await answers(socket)), { timeout: 5000 });
});

test("a program that isn't there is an end with a reason, not a throw", async () => {
  const child = launchAosd({ file: join(folder, "nowhere"), args: [] }, { env: {}, log: () => undefined, stderr: () => undefined });
  expect(await child.exited).toMatchObject({ code: null, reason: expect.stringContaining("ENOENT") });
});

test("no holder is read from a folder without one, or from a file that is not ours", async () => {
  expect(await readHolder(join(folder, "none"))).toBeNull();
  for (const text of ["", "[]", "{}", '{"socket":5}']) {
    writeFileSync(join(folder, "aosd.json"), text);
    expect([text, await readHolder(folder)]).toEqual([text, null]);
  }
});
