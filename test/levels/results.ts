import { z } from "zod";

export interface Test {
  name: string;
  file: string;
  outcome: "passed" | "failed" | "skipped";
  messages: string[];
}

const vitestReport = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
});

/** Reads vitest's JSON report. A file that could not even be loaded counts as one failed test. */
export function readVitest(report: unknown): { tests: Test[]; success: boolean } {
  const { success, testResults } = vitestReport.parse(report);
  const tests = testResults.flatMap((file) => {
    const own = file.assertionResults.map((test) => vitestTest(file.name, test));
    const unloaded: Test = { name: "(the file itself)", file: file.name, outcome: "failed", messages: [file.message ?? ""] };
    return file.status === "failed" && !own.some((test) => test.outcome === "failed") ? own.concat(unloaded) : own;
  });
  return { tests, success };
}

function vitestTest(file: string, test: { fullName: string; status: string; failureMessages?: string[] | null | undefined }): Test {
  const outcome = test.status === "passed" ? "passed" : test.status === "failed" ? "failed" : "skipped";
  return { name: test.fullName.trim(), file, outcome, messages: test.failureMessages ?? [] };
}

const playwrightTest = z.object({
  projectName: z.string(),
  status: z.enum(["skipped", "expected", "unexpected", "flaky"]),
  results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })).optional() })),
});
const playwrightSpec = z.object({ title: z.string(), file: z.string(), tests: z.array(playwrightTest) });
interface Suite {
  title: string;
  specs: z.infer<typeof playwrightSpec>[];
  suites?: Suite[] | undefined;
}
const playwrightSuite: z.ZodType<Suite> = z.object({
  title: z.string(),
  specs: z.array(playwrightSpec),
  suites: z.lazy(() => z.array(playwrightSuite).optional()),
});
const playwrightReport = z.object({ suites: z.array(playwrightSuite), errors: z.array(z.object({ message: z.string().optional() })) });

/** Reads Playwright's JSON report. A flaky test failed once, and that is a failure: a retry hides what an owner would meet. */
export function readPlaywright(report: unknown): { tests: Test[]; success: boolean } {
  const { suites, errors } = playwrightReport.parse(report);
  const tests = suites.flatMap((suite) => suiteTests(suite, []));
  const outside = errors.map((error): Test => ({ name: "(outside of tests)", file: "playwright", outcome: "failed", messages: [error.message ?? ""] }));
  return { tests: [...tests, ...outside], success: errors.length === 0 };
}

function suiteTests(suite: Suite, above: readonly string[]): Test[] {
  const own = suite.specs.flatMap((spec) =>
    spec.tests.map((test): Test => ({
      name: [...above, spec.title].join(" "),
      file: spec.file,
      outcome: test.status === "expected" ? "passed" : test.status === "skipped" ? "skipped" : "failed",
      messages: test.results.flatMap((result) => (result.errors ?? []).map((error) => error.message ?? "")),
    })),
  );
  // The outermost title is the file's, which is no part of a name.
  return [...own, ...(suite.suites ?? []).flatMap((inner) => suiteTests(inner, [...above, inner.title]))];
}

export const skipList = z.array(z.object({ name: z.string().min(1), reason: z.string().min(10), runsWhere: z.string().min(3) }));
export type SkipList = z.infer<typeof skipList>;

export interface LevelResult {
  level: string;
  run: number;
  skipped: number;
  failed: number;
  /** Why the level is red beside its failed tests. */
  problems: string[];
}

/** Judges one level: it must have run something, and each skip must be a listed one. */
export function judge(level: string, tests: readonly Test[], skips: SkipList): LevelResult {
  const skipped = tests.filter((test) => test.outcome === "skipped");
  const failed = tests.filter((test) => test.outcome === "failed").length;
  const run = tests.length - skipped.length;
  const unlisted = skipped.filter((test) => !skips.some((skip) => skip.name === test.name));
  return {
    level,
    run,
    skipped: skipped.length,
    failed,
    problems: [...(run === 0 ? ["it ran nothing"] : []), ...unlisted.map((test) => `skipped, but not in test/skips.json: ${test.name} (${test.file})`)],
  };
}
