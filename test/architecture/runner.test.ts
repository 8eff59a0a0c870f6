import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runToEnd } from "../levels/child.ts";
import { judge, readPlaywright, readVitest, skipList } from "../levels/results.ts";
import { read, root } from "./sources.ts";

const vitest = (status: string, assertions: object[], success = false) => ({
  success,
  testResults: [{ name: "a.test.ts", status, message: "could not load", assertionResults: assertions }],
});
const passed = { fullName: "a passes", status: "passed", failureMessages: [] };

describe("npm test", () => {
  it("a level that ran nothing is red", () => {
    expect(judge("domain", [], []).problems).toEqual(["it ran nothing"]);
    const skipped = readVitest(vitest("passed", [{ fullName: "a", status: "pending" }], true)).tests;
    expect(judge("domain", skipped, [{ name: "a", reason: "no hardware here", runsWhere: "macOS" }]).problems).toEqual(["it ran nothing"]);
  });

  it("a skip that nobody listed is red, a listed one is not", () => {
    const { tests } = readVitest(vitest("passed", [passed, { fullName: " real electron", status: "skipped" }], true));
    expect(judge("e2e", tests, [])).toMatchObject({ run: 1, skipped: 1, failed: 0, problems: [expect.stringContaining("real electron")] });
    expect(judge("e2e", tests, [{ name: "real electron", reason: "the binary can't be had", runsWhere: "a desktop" }]).problems).toEqual([]);
  });

  it("a file that could not be loaded counts as failed", () => {
    const { tests } = readVitest(vitest("failed", []));
    expect(judge("domain", tests, [])).toMatchObject({ run: 1, failed: 1 });
  });

  it("Playwright's nested suites are read, and flaky is failed", () => {
    const spec = (title: string, status: string) => ({
      title,
      file: "a.spec.ts",
      tests: [{ projectName: "", status, results: [{ errors: [{ message: "boom" }] }] }],
    });
    const report = {
      errors: [],
      suites: [
        { title: "a.spec.ts", specs: [spec("top", "expected")], suites: [{ title: "inner", specs: [spec("flaky", "flaky"), spec("left", "skipped")] }] },
      ],
    };
    expect(readPlaywright(report).tests.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["top", "passed"],
      ["inner flaky", "failed"],
      ["inner left", "skipped"],
    ]);
    expect(readPlaywright({ errors: [{ message: "no config" }], suites: [] })).toMatchObject({ success: false, tests: [{ outcome: "failed" }] });
  });

  it("the list of skips gives a reason and a place for each", () => {
    expect(skipList.safeParse(JSON.parse(read("test/skips.json"))).success).toBe(true);
  });

  it.runIf(process.platform !== "win32")("leaves no process behind, even one that outlives its parent", async () => {
    const leave = `const { spawn } = require("node:child_process"); const child = spawn("sleep", ["600"], { stdio: "ignore" }); console.log(child.pid); child.unref();`;
    const ended = await runToEnd([process.execPath, "-e", leave], { limitMs: 10_000 });
    const pid = Number(ended.tail.trim());
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => alive(pid)).toBe(false);
    const stopped = await runToEnd([process.execPath, "-e", "setInterval(() => 1, 1000)"], { limitMs: 300 });
    expect(stopped.timedOut).toBe(true);
  });

  it("the continuous integration runs what the README says", () => {
    expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain("npm ci && npm test");
  });
});

/** A process that nobody has collected yet is over too. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))) throw error;
    return false;
  }
}
