import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { build, buildIsStale } from "./levels/build.ts";
import { endGroupsOnSignals, root, runToEnd } from "./levels/child.ts";
import { judge, readPlaywright, readVitest, skipList, type LevelResult, type SkipList, type Test } from "./levels/results.ts";

/**
 * `npm test`: all levels, or those named. One line a level; the last line is `N passed, N failed, N skipped`.
 * Red when a test fails, a level runs nothing, or a skip is not in test/skips.json.
 */
const levels = ["domain", "adapter", "contract", "repo", "e2e"] as const;
type Level = (typeof levels)[number];

const limitMs: Record<Level, number> = { domain: 180_000, adapter: 360_000, contract: 300_000, repo: 120_000, e2e: 720_000 };
const messageLines = 30;

const named = process.argv.slice(2);
const wrong = named.filter((name) => !levels.some((level) => level === name));
if (wrong.length > 0) {
  console.error(`Unknown level: ${wrong.join(", ")}. Levels: ${levels.join(", ")}`);
  process.exit(2);
}
endGroupsOnSignals();
const chosen = levels.filter((level) => named.length === 0 || named.includes(level));
const skips = skipList.parse(JSON.parse(await readFile(join(root, "test/skips.json"), "utf8")));
const room = await mkdtemp(join(tmpdir(), "aos-test-"));
const results: LevelResult[] = [];
try {
  for (const level of chosen) results.push(await runLevel(level, skips, room));
} finally {
  await rm(room, { recursive: true, force: true });
}
const total = (pick: (result: LevelResult) => number) => results.reduce((sum, result) => sum + pick(result), 0);
// A level that is red without a failed test (it ran nothing, a skip nobody listed) must not end in "0 failed".
const failed = total((result) => result.failed + result.problems.length);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${total((result) => result.run - result.failed)} passed, ${failed} failed, ${total((result) => result.skipped)} skipped`);

interface Ran {
  tests: Test[];
  problems: string[];
  /** The failures as the test runner itself tells them. */
  told?: string;
}

async function runLevel(level: Level, skips: SkipList, room: string): Promise<LevelResult> {
  const broken = level === "e2e" && buildIsStale() ? await build() : undefined;
  const { tests, problems, told }: Ran = broken === undefined ? await runTests(level, room) : { tests: [], problems: [`npm run build failed:\n${broken}`] };
  const judged = judge(level, tests, skips);
  const result = { ...judged, problems: [...problems, ...judged.problems] };
  for (const test of tests) {
    if (test.outcome !== "failed") continue;
    console.log(`FAILED ${level}: ${test.name}\n  ${test.file}${told === undefined ? `\n${test.messages.map(shorten).join("\n")}\n` : ""}`);
  }
  if (told !== undefined) console.log(`${told}\n`);
  console.log(`${level.padEnd(8)} run ${result.run} skipped ${result.skipped} failed ${result.failed}`);
  for (const problem of result.problems) console.log(`  ${level}: ${problem}`);
  return result;
}

async function runTests(level: Level, room: string): Promise<Ran> {
  const report = join(room, `${level}.json`);
  const bin = (path: string) => join(root, "node_modules", path);
  const command =
    level === "e2e"
      ? [process.execPath, bin("@playwright/test/cli.js"), "test", "--reporter=json"]
      : [process.execPath, bin("vitest/vitest.mjs"), "run", "--project", level, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  // Whatever a test starts as `node` must be the project's Node, not the system's.
  const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const ended = await runToEnd(command, {
    limitMs: limitMs[level],
    env: { PATH: path, PLAYWRIGHT_JSON_OUTPUT_NAME: report, CI: "1", FORCE_COLOR: "0", NO_COLOR: "1" },
  });
  if (ended.timedOut) return { tests: [], problems: [`it took longer than ${limitMs[level] / 1000} s and was stopped\n${ended.tail}`] };
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined) return { tests: [], problems: [`it ended with code ${ended.code} and no report\n${ended.tail}`] };
  const read = level === "e2e" ? readPlaywright : readVitest;
  const { tests, success } = read(JSON.parse(text));
  // Errors outside of any test (an unhandled rejection) end the run red while each test is green.
  const unexplained = (ended.code !== 0 || !success) && !tests.some((test) => test.outcome === "failed");
  const problems = unexplained && tests.length > 0 ? [`it ended with code ${ended.code} though no test failed\n${ended.tail}`] : [];
  // vitest's own words hold the differences, which its JSON leaves out.
  const from = ended.tail.search(/^.*Failed (Tests|Suites) \d+/m);
  return { tests, problems, ...(from < 0 ? {} : { told: stripVTControlCharacters(ended.tail.slice(from)) }) };
}

function shorten(message: string): string {
  const lines = stripVTControlCharacters(message).split("\n");
  const shown = lines.slice(0, messageLines).map((line) => `    ${line}`);
  return [...shown, ...(lines.length > messageLines ? [`    (${lines.length - messageLines} more lines)`] : [])].join("\n");
}
