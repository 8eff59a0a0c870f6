import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type Page } from "@playwright/test";
import { root } from "../levels/child.ts";
import { build } from "../levels/build.ts";
import type { Figures } from "../levels/figures.ts";
import { startFleet } from "./support/fleet.ts";
import { frames } from "./support/frames.ts";
import { cpuMs, figure, latency, percentile, wait } from "./support/stats.ts";

const LOADS = 20;
const WATCH_MS = 10_000;
const NODES = 64;
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Gzipped size of the scripts that the first page asks for, as the server compresses them. */
async function firstLoad(browser: Browser, url: string): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  const scripts = new Set<string>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".js")) scripts.add(pathname);
  });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await wait(1000);
  await page.context().close();
  return [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(join(root, "out", "renderer", path))).length, 0) / 1024;
}

/** First contentful paint of a page that the browser has not cached. */
async function paints(browser: Browser, url: string): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round <= LOADS; round++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const at = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN);
    if (round > 0) took.push(at);
    await context.close();
  }
  return took;
}

async function signedIn(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

/** Figures of the console on the web: its first load, and its work a frame with 64 nodes beating. */
export async function run(): Promise<Figures> {
  const failed = await build();
  if (failed !== undefined) throw new Error(failed);
  const browser = await chromium.launch({ executablePath: process.env["AOS_CHROMIUM"] ?? "/usr/bin/chromium", args });
  const fleet = await startFleet(NODES);
  try {
    const page = await signedIn(browser, fleet.url);
    await page
      .getByRole("link", { name: /노드 1|Node 1/ })
      .first()
      .waitFor();
    await wait(3000);
    const before = cpuMs(fleet.main.pid);
    const began = performance.now();
    const work = await frames(browser, page, WATCH_MS);
    const cpuPercent = ((cpuMs(fleet.main.pid) - before) / (performance.now() - began)) * 100;
    await page.context().close();
    const size = await firstLoad(browser, fleet.main.loopback);
    const painted = await paints(browser, fleet.main.loopback);
    return {
      "firstLoad.jsGzipKB": figure(size, "kB", 1, "<= 300"),
      ...latency("firstPaintMs", painted, "<= 1000"),
      "fleet64.frameP95Ms": figure(percentile(work, 0.95), "ms", work.length, "<= 20"),
      "fleet64.frameMaxMs": figure(Math.max(...work), "ms", work.length),
      "fleet64.daemonCpuPercent": figure(cpuPercent, "%", 1, "<= 10"),
    };
  } finally {
    await browser.close();
    await fleet.stop();
  }
}
