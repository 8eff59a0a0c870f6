import type { Browser, Page } from "@playwright/test";
import { z } from "zod";

const event = z.object({ name: z.string(), ph: z.string(), ts: z.number(), dur: z.number().optional(), pid: z.number(), tid: z.number(), args: z.unknown() });
const trace = z.object({ traceEvents: z.array(z.unknown()) });

/** Script and layout of the page's main thread; what lies within another of these is counted once. */
const work = new Set([
  "FunctionCall",
  "EvaluateScript",
  "TimerFire",
  "FireAnimationFrame",
  "RunMicrotasks",
  "EventDispatch",
  "UpdateLayoutTree",
  "Layout",
  "PrePaint",
  "Paint",
  "Layerize",
  "Commit",
]);

/**
 * Milliseconds of script and layout in each frame of 16.7 ms in which there was any, over `ms`, from Chromium's own trace.
 * (No GPU here: this is the work a frame, not a frame rate.)
 */
export async function frames(browser: Browser, page: Page, ms: number): Promise<number[]> {
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"] });
  await page.waitForTimeout(ms);
  const { traceEvents } = trace.parse(JSON.parse((await browser.stopTracing()).toString("utf8")));
  const complete = traceEvents.flatMap((one) => {
    const parsed = event.safeParse(one);
    return parsed.success && parsed.data.ph === "X" && work.has(parsed.data.name) ? [parsed.data] : [];
  });
  // The page's main thread is the one that lays out.
  const byThread = Map.groupBy(complete, (one) => `${one.pid}/${one.tid}`);
  const main = [...byThread.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const perFrame = new Map<number, number>();
  let end = -Infinity;
  for (const one of main.toSorted((a, b) => a.ts - b.ts)) {
    const from = Math.max(one.ts, end);
    const to = one.ts + (one.dur ?? 0);
    if (to <= from) continue;
    end = to;
    const frame = Math.floor(one.ts / 16_667);
    perFrame.set(frame, (perFrame.get(frame) ?? 0) + (to - from) / 1000);
  }
  return [...perFrame.values()];
}
