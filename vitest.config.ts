import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const alias = { electron: here("./test/fakes/electron/index.ts") };
const project = (name: string, include: string[], extra: object = {}) => ({
  resolve: { alias },
  test: { name, include, environment: "node" as const, testTimeout: 30_000, hookTimeout: 60_000, ...extra },
});

/** The levels of `npm test`; e2e runs under Playwright (playwright.config.ts). */
export default defineConfig({
  test: {
    projects: [
      project("domain", ["src/**/domain/**/*.test.ts", "src/contract/**/*.test.ts", "src/words/**/*.test.ts", "src/renderer/**/*.test.ts"]),
      project("adapter", ["src/daemon/**/*.test.ts", "src/cli/**/*.test.ts", "src/main/**/*.test.ts", "demo/**/*.test.ts"], {
        exclude: ["**/domain/**"],
        testTimeout: 90_000,
      }),
      project("contract", ["test/contract/**/*.test.ts"], { testTimeout: 120_000 }),
      project("repo", ["test/architecture/**/*.test.ts", "test/packaging/**/*.test.ts"]),
    ],
  },
});
