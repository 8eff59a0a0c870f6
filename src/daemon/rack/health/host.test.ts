import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cpuPercent, cpuTimes, disk, memory, networkBytes, temperature } from "./host.ts";
import { parseMacmon } from "./macmon.ts";

const root = mkdtempSync(join(tmpdir(), "aos-host-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A made-up sysfs: file by its path, with what stands in it. */
function sysfs(name: string, files: Readonly<Record<string, string>>): string {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

describe("temperature", () => {
  test("is the hottest sensor of hwmon and of the thermal zones", () => {
    const dir = sysfs("two", { "hwmon/hwmon0/temp1_input": "41250\n", "hwmon/hwmon0/temp2_input": "48960\n", "thermal/thermal_zone0/temp": "45000\n" });
    expect(temperature(dir)).toBe(49);
    expect(temperature(sysfs("zone", { "thermal/thermal_zone0/temp": "61200\n", "thermal/cooling_device0/cur_state": "3\n" }))).toBe(61.2);
  });

  test("passes over limits, labels and sensors that say what can't be", () => {
    const dir = sysfs("odd", {
      "hwmon/hwmon0/temp1_input": "0\n",
      "hwmon/hwmon0/temp1_crit": "99000\n",
      "hwmon/hwmon1/temp1_input": "-128000\n",
      "hwmon/hwmon1/temp2_input": "255000\n",
      "hwmon/hwmon1/temp3_input": "warm\n",
      "hwmon/hwmon2/temp1_input": "37500\n",
    });
    expect(temperature(dir)).toBe(37.5);
  });

  test("is unknown where nothing can be read, never 0", () => {
    expect(temperature(sysfs("empty", {}))).toBe("unknown");
    expect(temperature(sysfs("zero", { "hwmon/hwmon0/temp1_input": "0\n", "thermal/thermal_zone0/temp": "" }))).toBe("unknown");
    expect(temperature(join(root, "nowhere"))).toBe("unknown");
  });
});

describe("the processor's share", () => {
  test("is what was busy between two looks, and unknown without an earlier look or without time between them", () => {
    expect(cpuPercent({ busy: 100, total: 1000 }, { busy: 150, total: 1200 })).toBe(25);
    expect(cpuPercent(undefined, { busy: 150, total: 1200 })).toBe("unknown");
    expect(cpuPercent({ busy: 150, total: 1200 }, { busy: 150, total: 1200 })).toBe("unknown");
    expect(cpuPercent({ busy: 150, total: 1200 }, { busy: 10, total: 100 })).toBe("unknown");
    expect(cpuPercent({ busy: 0, total: 0 }, { busy: 300, total: 200 })).toBe(100);
  });

  test("comes from counters that only grow", () => {
    const before = cpuTimes();
    const now = cpuTimes();
    expect(now.total).toBeGreaterThanOrEqual(before.total);
    expect(before.total).toBeGreaterThan(0);
    expect(before.busy).toBeLessThanOrEqual(before.total);
  });
});

describe("of this machine", () => {
  test("memory and disk are read, used within total", async () => {
    for (const { used, total } of [memory(), await disk(root)]) {
      expect(total).toBeGreaterThan(0);
      expect(used).toBeGreaterThanOrEqual(0);
      expect(Number(used)).toBeLessThanOrEqual(Number(total));
    }
  });

  test("a disk that isn't there is unknown", async () => {
    expect(await disk(join(root, "nowhere"))).toEqual({ used: "unknown", total: "unknown" });
  });

  test("network bytes are whole numbers, or undefined where no file tells", () => {
    const bytes = networkBytes();
    if (bytes !== undefined) expect([bytes.rx, bytes.tx].every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(bytes === undefined).toBe(process.platform !== "linux");
  });
});

describe("a line of macmon", () => {
  test("gives the watts of the whole machine, not of its chip alone, and degrees", () => {
    const line = '{"timestamp":"2026-01-01T00:00:00Z","temp":{"cpu_temp_avg":43.7,"gpu_temp_avg":36.4},"cpu_power":0.2,"all_power":12.25,"sys_power":20.1}';
    expect(parseMacmon(line)).toEqual({ powerW: 20.1, temperatureC: 43.7 });
  });

  test("without one of them, or with 0 for none, leaves it open", () => {
    expect(parseMacmon('{"all_power":3}')).toEqual({ powerW: undefined, temperatureC: undefined });
    expect(parseMacmon('{"all_power":3,"sys_power":9,"temp":{"cpu_temp_avg":0}}')).toEqual({ powerW: 9, temperatureC: undefined });
  });

  test("that is something else is nothing", () => {
    for (const text of ["", "{", "null", "[]", "Error: unsupported chip", '{"all_power":"3"}', '{"all_power":-1}', '{"temp":{"cpu_temp_avg":40}}'])
      expect(parseMacmon(text)).toBeUndefined();
  });
});
