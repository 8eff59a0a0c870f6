import { describe, expect, test } from "vitest";
import { silentLog } from "../../kernel/log.ts";
import { createFakeClock } from "../health/fake-clock.ts";
import { createPmsetUps, parsePmset } from "./pmset.ts";

const laptop = " -InternalBattery-0 (id=4325475)\t88%; charging; 0:42 remaining present: true\n";
const mains = "Now drawing from 'AC Power'\n -Back-UPS ES 700G (id=1234567)\t100%; charged; 0:00 remaining present: true\n";
const battery = "Now drawing from 'UPS Power'\n -Back-UPS ES 700G (id=1234567)\t82%; discharging; 0:21 remaining present: true\n";

describe("what pmset prints", () => {
  test("on mains is on line, and 0:00 remaining is no runtime", () => {
    expect(parsePmset(mains)).toEqual({ name: "Back-UPS ES 700G", vars: { "ups.status": "OL", "battery.charge": "100", "device.model": "Back-UPS ES 700G" } });
  });

  test("while charging tells the time to full, which is no runtime either", () => {
    const text = "Now drawing from 'AC Power'\n -CP1500EPFCLCD (id=3)\t95%; charging; 0:30 remaining present: true\n";
    expect(parsePmset(text)?.vars).toEqual({ "ups.status": "OL CHRG", "battery.charge": "95", "device.model": "CP1500EPFCLCD" });
    expect(parsePmset(text.replace("charging; 0:30 remaining", "AC attached; not charging"))?.vars["ups.status"]).toBe("OL");
  });

  test("on battery is on battery with its runtime in seconds", () => {
    expect(parsePmset(battery)?.vars).toMatchObject({ "ups.status": "OB DISCHRG", "battery.charge": "82", "battery.runtime": "1260" });
    expect(parsePmset(battery.replace("0:21 remaining", "(no estimate)"))?.vars).not.toHaveProperty("battery.runtime");
  });

  test("with a final warning is low battery", () => {
    expect(parsePmset(`${battery}\tBattery Warning: Final\n`)?.vars["ups.status"]).toBe("OB DISCHRG LB");
    expect(parsePmset(`${battery}\tBattery Warning: Early\n`)?.vars["ups.status"]).toBe("OB DISCHRG");
  });

  test("of the Mac's own battery alone is no UPS", () => {
    expect(parsePmset(`Now drawing from 'Battery Power'\n${laptop}`)).toBeNull();
    expect(parsePmset(mains.replace("\n", `\n${laptop}`))?.name).toBe("Back-UPS ES 700G");
    for (const text of ["", "Now drawing from 'AC Power'\n", "pmset: usage", " -UPS\n"]) expect(parsePmset(text)).toBeNull();
  });
});

describe("the adapter", () => {
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test("looks every two seconds, and a Mac that stops telling on battery is low battery after 15 s", async () => {
    const clock = createFakeClock();
    let text = mains;
    let looks = 0;
    const ups = createPmsetUps({ clock, log: silentLog, run: () => ((looks += 1), text === "" ? Promise.reject(new Error("gone")) : Promise.resolve(text)) });
    expect(ups.current()).toMatchObject({ state: "unknown", source: "pmset" });
    const stop = ups.start();
    const seconds = async (count: number) => {
      for (let second = 0; second < count; second += 1) {
        clock.pass(1000);
        await settle();
      }
    };
    await settle();
    expect(ups.current()).toMatchObject({ state: "on-line", chargePercent: 100, runtimeSeconds: "unknown", loadPercent: "unknown" });
    text = battery;
    await seconds(2);
    expect(ups.current()).toMatchObject({ state: "on-battery", runtimeSeconds: 1260 });
    text = "";
    await seconds(14);
    expect(ups.current()).toMatchObject({ state: "unreachable", lowBattery: false, problem: "timeout" });
    await seconds(2);
    expect(ups.current()).toMatchObject({ state: "low-battery", lowBatteryBecause: "vanished-on-battery" });
    stop();
    expect(looks).toBe(10);
    clock.pass(60_000);
    expect(looks).toBe(10);
  });

  test("says that there is no UPS where only the Mac's battery is", async () => {
    const ups = createPmsetUps({ clock: createFakeClock(), log: silentLog, run: () => Promise.resolve(`Now drawing from 'AC Power'\n${laptop}`) });
    const stop = ups.start();
    await settle();
    stop();
    expect(ups.current()).toMatchObject({ state: "unknown", problem: "unknown-ups" });
  });
});
