import type { Mutant } from "../levels/mutant.ts";

const layers = { project: "repo", files: ["test/architecture/layers.test.ts"] } as const;
const runner = { project: "repo", files: ["test/architecture/runner.test.ts"] } as const;
const cli = { project: "adapter", files: ["src/cli/program.test.ts"] } as const;

/** The repository's own guards, and the CLI. */
export const mutants: readonly Mutant[] = [
  {
    name: "a daemon room may import upward",
    file: "test/architecture/layers.ts",
    from: "return depth < height &&",
    to: "return depth > 99 &&",
    red: { ...layers, test: "the judge can say no" },
  },
  {
    name: "the module walk sees one folder only",
    file: "test/architecture/sources.ts",
    from: ".filter((file) => /\\.(ts|tsx|mts|cts)$/.test(file)",
    to: '.filter((file) => file.startsWith("src/contract/")',
    red: { ...layers, test: "saw enough" },
  },
  { name: "a level that ran nothing is green", file: "test/levels/results.ts", from: 'run === 0 ? ["it ran nothing"] : []', to: "[]", red: runner },
  {
    name: "an unlisted skip is green",
    file: "test/levels/results.ts",
    from: "!skips.some((skip) => skip.name === test.name)",
    to: "skips === undefined",
    red: runner,
  },
  { name: "children of a test outlive it", file: "test/levels/child.ts", from: "else process.kill(-group, ", to: "else process.kill(group, ", red: runner },
  { name: "garbage frames reach oRPC", file: "src/cli/link.ts", from: "return reply.safeParse(JSON.parse(data)).success;", to: "return true;", red: cli },
  {
    name: "answers outside of the contract are shown",
    file: "src/cli/link.ts",
    from: "plugins: [new ResponseValidationPlugin(contract)]",
    to: "plugins: []",
    red: cli,
  },
  {
    name: "a node's name can write over the screen",
    file: "src/cli/table.ts",
    from: 'return text.replaceAll(/[\\p{Cc}\\p{Cf}\\u2028\\u2029]/gu, "");',
    to: "return text;",
    red: cli,
  },
  { name: "a token that all can read is used", file: "src/cli/token.ts", from: "& othersMayRead) !== 0)", to: "& othersMayRead) < 0)", red: cli },
  { name: "no daemon ends as a plain fault", file: "src/cli/refusal.ts", from: "notRunning: 3 }", to: "notRunning: 1 }", red: cli },
];
