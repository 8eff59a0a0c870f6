import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { endGroupsOnSignals, root, runToEnd } from "../levels/child.ts";
import { namesIn } from "../levels/figures.ts";
import { mutate, type Mutant } from "../levels/mutant.ts";
import { readVitest } from "../levels/results.ts";

/**
 * `npm run mutants [-- AREA...]`: on a copy of the repository, first the unmutated tests (green), then one edit after
 * the other (each red). Fails when a mutant survives or an edit no longer applies.
 */
const limitMs = 240_000;

const areas = namesIn("test/mutants");
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const wrong = named.filter((name) => !areas.includes(name));
if (wrong.length > 0) {
  console.error(`Unknown area: ${wrong.join(", ")}. Areas: ${areas.join(", ")}`);
  process.exit(2);
}
endGroupsOnSignals();
const copy = await mkdtemp(join(tmpdir(), "aos-mutants-"));
try {
  await copyRepository(copy);
  const chosen = await Promise.all(areas.filter((area) => named.length === 0 || named.includes(area)).map(loadArea));
  process.exitCode = (await tryAll(chosen.flat())) ? 0 : 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}

async function loadArea(area: string): Promise<{ area: string; mutant: Mutant }[]> {
  const loaded = (await import(join(root, "test/mutants", `${area}.ts`))) as { mutants?: readonly Mutant[] };
  if (loaded.mutants === undefined) throw new TypeError(`test/mutants/${area}.ts exports no mutants`);
  return loaded.mutants.map((mutant) => ({ area, mutant }));
}

async function tryAll(all: readonly { area: string; mutant: Mutant }[]): Promise<boolean> {
  // Tests that share a project and a filter run once, together.
  const selections = Map.groupBy(all, ({ mutant: { red } }) => `${red.project}${red.test === undefined ? "" : `: ${red.test}`}`);
  for (const [name, members] of selections) {
    const [first] = members;
    if (first === undefined) continue;
    const files = [...new Set(members.flatMap(({ mutant }) => mutant.red.files))];
    const clean = await runTests({ ...first.mutant.red, files });
    if (clean.verdict !== "green") {
      console.log(`${name}: not green before any edit, so nothing can be said\n${clean.detail}`);
      return false;
    }
    console.log(`green before any edit: ${name} (${clean.ran} tests)`);
  }
  let red = 0;
  for (const { area, mutant } of all) {
    const said = await tryOne(mutant);
    if (said === "red") red += 1;
    console.log(`${said === "red" ? "red     " : "PROBLEM "} ${area}: ${mutant.name}${said === "red" ? "" : `\n         ${said}`}`);
  }
  console.log(`${red} of ${all.length} mutants went red`);
  return red === all.length && all.length > 0;
}

async function tryOne(mutant: Mutant): Promise<"red" | (string & {})> {
  const path = join(copy, mutant.file);
  const source = await readFile(path, "utf8").catch(() => undefined);
  if (source === undefined) return `the file is gone: ${mutant.file}`;
  const mutated = mutate(source, mutant);
  if (mutated === undefined) return `the edit no longer applies: its text must stand exactly once in ${mutant.file}`;
  await writeFile(path, mutated);
  try {
    const { verdict, detail } = await runTests(mutant.red);
    if (verdict === "red") return "red";
    return verdict === "green" ? "it survived: the tests stayed green" : `no test failed, but the run did not end well\n${detail}`;
  } finally {
    await writeFile(path, source);
  }
}

/** Red means that a test failed (or hung); a file that no longer loads proves nothing about a guard. */
async function runTests({ project, files, test }: Mutant["red"]): Promise<{ verdict: "green" | "red" | "broken"; ran: number; detail: string }> {
  const report = join(copy, "mutant-report.json");
  await rm(report, { force: true });
  const command = [
    process.execPath,
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--root",
    copy,
    "--project",
    project,
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  const ended = await runToEnd([...command, ...(test === undefined ? [] : ["-t", test]), ...files], { limitMs, cwd: copy, env: { CI: "1", NO_COLOR: "1" } });
  if (ended.timedOut) return { verdict: "red", ran: 0, detail: "hung" };
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined) return { verdict: "broken", ran: 0, detail: ended.tail };
  const { tests } = readVitest(JSON.parse(text));
  const ran = tests.filter((one) => one.outcome !== "skipped");
  const failed = ran.filter((one) => one.outcome === "failed" && one.name !== "(the file itself)");
  const detail = failed.map((one) => `${one.name}\n${one.messages.join("\n").slice(0, 2_000)}`).join("\n") || ended.tail.slice(-4_000);
  if (failed.length > 0) return { verdict: "red", ran: ran.length, detail };
  return { verdict: ended.code === 0 && ran.length > 0 ? "green" : "broken", ran: ran.length, detail };
}

async function copyRepository(to: string): Promise<void> {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  const gone = new Set(execFileSync("git", ["ls-files", "-d", "-z"], { cwd: root, encoding: "utf8" }).split("\0"));
  for (const file of new Set(listed.split("\0"))) {
    if (file === "" || gone.has(file)) continue;
    await mkdir(dirname(join(to, file)), { recursive: true });
    await copyFile(join(root, file), join(to, file));
  }
  await symlink(join(root, "node_modules"), join(to, "node_modules"), "dir");
  // Tests that ask git for the files must get an answer in the copy too; the linked packages are not among them.
  execFileSync("git", ["init", "--quiet"], { cwd: to });
  await writeFile(join(to, ".git/info/exclude"), "node_modules\nmutant-report.json\n");
}
