import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { createFakeClock } from "./fake-clock.ts";
import { startMacmon } from "./macmon.ts";
import { createSampler } from "./sampler.ts";

const root = mkdtempSync(join(tmpdir(), "aos-macmon-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.skipIf(process.platform === "win32")("macmon that ends is started again, and its reading goes stale in between", async () => {
  const command = join(root, "macmon");
  const runs = join(root, "runs");
  writeFileSync(command, `#!/bin/sh\necho "$*" >> "${runs}"\necho '{"all_power":3,"sys_power":21.5,"temp":{"cpu_temp_avg":44}}'\n`);
  chmodSync(command, 0o755);
  const clock = createFakeClock();
  const mac = startMacmon({ clock, log: silentLog, command });
  try {
    await expect.poll(() => mac.current()).toEqual({ powerW: 21.5, temperatureC: 44 });
    clock.pass(500);
    const count = () => readFileSync(runs, "utf8").trim().split("\n").length;
    expect(count()).toBe(1);
    await expect
      .poll(() => {
        clock.pass(1000);
        return count();
      })
      .toBeGreaterThan(1);
    expect(readFileSync(runs, "utf8").split("\n")[0]).toBe("pipe -i 2000");
    mac.stop();
    clock.pass(5000);
    expect(mac.current()).toBeUndefined();
  } finally {
    mac.stop();
  }
});

test("a Mac without macmon says so for power and temperature, and goes on with the rest", async () => {
  const sampler = createSampler({ clock: createClock(), log: silentLog, dir: root, platform: "darwin", macmon: join(root, "no-such-tool") });
  const { promise, resolve } = Promise.withResolvers<void>();
  sampler.onSample(() => resolve());
  const stop = sampler.start();
  await promise;
  stop();
  expect(sampler.latest()).toMatchObject({ powerW: "unknown" });
  expect(sampler.latest()?.memoryTotalBytes).toBeGreaterThan(0);
  expect(sampler.unknowns().powerW).toBe("needs-macmon");
  if (sampler.latest()?.temperatureC === "unknown") expect(sampler.unknowns().temperatureC).toBe("needs-macmon");
});
