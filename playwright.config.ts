import { defineConfig } from "@playwright/test";

/** Debian's Chromium; no browser is downloaded. AOS_CHROMIUM names another one. */
const executablePath = process.env["AOS_CHROMIUM"] ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "test/e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: false,
  // Each spec starts real daemons: more than one at a time measures the machine, not the product.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  use: {
    browserName: "chromium",
    headless: true,
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] },
    viewport: { width: 1280, height: 800 },
    // No video: there is no ffmpeg here.
    video: "off",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
