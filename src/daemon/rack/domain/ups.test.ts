import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numRuns } from "./fake-facts.ts";
import { newUps, observeUps, parseStatus, reading, upsView, vanishedAfterMs, type UpsMemory, type UpsReport } from "./ups.ts";

const values = (status: string, but: Partial<Extract<UpsReport, { kind: "values" }>> = {}): UpsReport => ({
  kind: "values",
  name: "aosups",
  vars: { "ups.status": status, "battery.charge": "80", "battery.runtime": "1200" },
  encrypted: false,
  problem: null,
  ...but,
});
const silent: UpsReport = { kind: "silent", problem: "refused" };

/** Reports one second apart; null lets the second pass. */
function after(...reports: readonly (UpsReport | null)[]): { memory: UpsMemory; at: number; view: ReturnType<typeof upsView> } {
  let memory = newUps("nut", "aosups", 0);
  let at = 0;
  for (const report of reports) memory = observeUps(memory, report, (at += 1000));
  return { memory, at, view: upsView(memory, at) };
}
const seconds = (count: number, report: UpsReport | null) => Array.from({ length: count }, () => report);

const flag = fc.constantFrom("OL", "OB", "LB", "FSD", "CHRG", "DISCHRG", "RB", "WAIT", "BYPASS");
const report: fc.Arbitrary<UpsReport | null> = fc.oneof(
  fc.array(flag, { maxLength: 4 }).map((flags) => values(flags.join(" "))),
  fc.constant(values("OB DISCHRG")),
  fc.constant(silent),
  fc.constant(null),
);
const series = fc.array(fc.record({ report, wait: fc.integer({ min: 1, max: 8000 }) }), { maxLength: 30 });

type Word = { flags: readonly string[]; at: number } | null;
type Aged = { flags: readonly string[]; ageMs: number } | null;

/** Plays a random series; `each` sees the view, the last word, and the last one that told of the power. */
function always(each: (view: ReturnType<typeof upsView>, said: Aged, power: Aged) => void) {
  fc.assert(
    fc.property(series, (steps) => {
      let memory = newUps("nut", "aosups", 0);
      let at = 0;
      let said: Word = null;
      let power: Word = null;
      for (const { report: one, wait } of steps) {
        at += wait;
        if (one?.kind === "values") {
          said = { flags: (one.vars["ups.status"] ?? "").split(" "), at };
          if (said.flags.some((word) => ["OL", "OB", "LB", "FSD"].includes(word))) power = said;
        }
        memory = observeUps(memory, one, at);
        const aged = (what: Word): Aged => (what === null ? null : { flags: what.flags, ageMs: at - what.at });
        each(upsView(memory, at), aged(said), aged(power));
      }
    }),
    { numRuns },
  );
}

describe("the status", () => {
  test("is read as a set of flags, in any case and spacing, and nothing else gets in", () => {
    expect([...parseStatus("OB DISCHRG  LB")]).toEqual(["OB", "DISCHRG", "LB"]);
    expect([...parseStatus(" ol\tCHRG\r\n")]).toEqual(["OL", "CHRG"]);
    expect([...parseStatus("")]).toEqual([]);
    expect([...parseStatus("OL OL <b> 12 ALARM")]).toEqual(["OL", "ALARM"]);
    fc.assert(
      fc.property(fc.string({ maxLength: 4000 }), (text) => {
        const flags = [...parseStatus(text)];
        expect(flags.length).toBeLessThanOrEqual(32);
        expect(flags.every((one) => /^[A-Z][A-Z0-9_-]{0,15}$/.test(one))).toBe(true);
      }),
      { numRuns },
    );
  });

  test("tells on line, on battery and low battery", () => {
    expect(after(values("OL CHRG")).view).toMatchObject({ state: "on-line", lowBattery: false, lowBatteryBecause: null, problem: null });
    expect(after(values("OB DISCHRG")).view).toMatchObject({ state: "on-battery", lowBattery: false });
    expect(after(values("OB LB")).view).toMatchObject({ state: "low-battery", lowBattery: true, lowBatteryBecause: "flag" });
    expect(after(values("FSD OL")).view).toMatchObject({ state: "low-battery", lowBattery: true, lowBatteryBecause: "forced-shutdown" });
    expect(after(values("OL LB CHRG")).view).toMatchObject({ state: "on-line", lowBattery: false });
  });
});

describe("low battery", () => {
  test("holds whenever the last word was FSD, or LB without mains, for ever after and whatever silence follows", () => {
    always((view, _said, power) => {
      if (power === null) return;
      if (power.flags.includes("FSD")) expect(view.lowBatteryBecause).toBe("forced-shutdown");
      else if (power.flags.includes("LB") && (power.flags.includes("OB") || !power.flags.includes("OL"))) expect(view.lowBatteryBecause).toBe("flag");
    });
  });

  test("holds 15 s after a UPS on battery was last heard, not before", () => {
    const cut = [values("OL"), values("OB DISCHRG")];
    expect(after(...cut, ...seconds(14, silent)).view).toMatchObject({ state: "unreachable", lowBattery: false, problem: "refused" });
    expect(after(...cut, ...seconds(15, silent)).view).toMatchObject({ state: "low-battery", lowBattery: true, lowBatteryBecause: "vanished-on-battery" });
    expect(after(...cut, ...seconds(15, null)).view.lowBatteryBecause).toBe("vanished-on-battery");
    // A server that answers but no longer says where the power comes from is as good as gone.
    expect(after(...cut, ...seconds(15, values("WAIT"))).view.lowBatteryBecause).toBe("vanished-on-battery");
    always((view, _said, power) => {
      if (power === null || power.flags.includes("LB") || power.flags.includes("FSD")) return;
      expect(view.lowBatteryBecause).toBe(power.flags.includes("OB") && power.ageMs >= vanishedAfterMs ? "vanished-on-battery" : null);
    });
  });

  test("does not follow from a silence that began on mains", () => {
    expect(after(values("OL"), ...seconds(60, silent)).view).toMatchObject({ state: "unreachable", lowBattery: false });
  });

  test("ends when the UPS is back and says that mains are there", () => {
    const gone = [values("OB"), ...seconds(20, silent)];
    expect(after(...gone, values("OL")).view).toMatchObject({ state: "on-line", lowBattery: false, lowBatteryBecause: null });
    expect(after(...gone, values("OB")).view).toMatchObject({ state: "on-battery", lowBattery: false });
  });
});

describe("unknown", () => {
  test("is not fine: on line only while a word of the last three seconds says so", () => {
    always((view, said) => {
      if (view.state !== "on-line") return;
      expect(said?.flags).toContain("OL");
      expect(said?.flags).not.toContain("OB");
      expect(said?.ageMs).toBeLessThanOrEqual(3000);
    });
  });

  test("is the state before the first word and while the status says nothing", () => {
    expect(after().view).toMatchObject({ state: "unknown", ageMs: null, problem: null, chargePercent: "unknown", runtimeSeconds: "unknown", model: "unknown" });
    expect(after(silent, silent).view).toMatchObject({ state: "unknown", problem: "refused" });
    expect(after(values("OL"), values("WAIT")).view.state).toBe("unknown");
    expect(after(values("OL"), values("")).view.state).toBe("unknown");
  });

  test("is the value of anything that is no number within its limits, never 0", () => {
    for (const text of [undefined, "", " ", "n/a", "1e3", "0x10", "Infinity", "-1", "101", "50 %"]) expect(reading(text, 0, 100)).toBe("unknown");
    expect([reading("0", 0, 100), reading(" 42.5 ", 0, 100), reading("100", 0, 100)]).toEqual([0, 42.5, 100]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = reading(text, 1, 100);
        return value === "unknown" || (value >= 1 && value <= 100);
      }),
      { numRuns },
    );
  });
});

describe("its view", () => {
  test("keeps old values with their age, and says stale", () => {
    const { view } = after(values("OL"), null, null, null, null);
    expect(view).toMatchObject({ state: "unreachable", chargePercent: 80, runtimeSeconds: 1200, ageMs: 4000, status: ["OL"], problem: "stale" });
  });

  test("has no negative age, and counts a state from its beginning", () => {
    always((view) => {
      expect(view.ageMs ?? 0).toBeGreaterThanOrEqual(0);
      expect(view.forMs ?? 0).toBeGreaterThanOrEqual(0);
    });
    expect(after(values("OL"), values("OB"), values("OB"), values("OB")).view.forMs).toBe(2000);
  });

  test("shows values beside a refused login", () => {
    expect(after(values("OL", { problem: "access-denied" })).view).toMatchObject({ state: "on-line", chargePercent: 80, problem: "access-denied" });
  });

  test("of no UPS is none for ever", () => {
    const memory = newUps("none", null, 0);
    expect(upsView(observeUps(memory, null, 60_000), 60_000)).toMatchObject({ state: "none", lowBattery: false, problem: null, ageMs: null });
  });
});
