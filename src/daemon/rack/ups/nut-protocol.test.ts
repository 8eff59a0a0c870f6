import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numRuns } from "../domain/fake-facts.ts";
import { errorOf, quoted, variable } from "./nut-protocol.ts";

describe("a line of the server", () => {
  test("that is an error says what it means to us", () => {
    const problemOf = (line: string) => errorOf(line)?.problem;
    expect(problemOf("ERR ACCESS-DENIED")).toBe("access-denied");
    expect(problemOf("ERR DATA-STALE")).toBe("stale");
    expect(problemOf("ERR DRIVER-NOT-CONNECTED")).toBe("driver-not-connected");
    expect(problemOf("ERR UNKNOWN-UPS extra words")).toBe("unknown-ups");
    expect(problemOf("ERR FEATURE-NOT-CONFIGURED")).toBe("tls-failed");
    expect(problemOf("ERR SOMETHING-NEW")).toBe("garbage");
    expect([errorOf("OK"), errorOf("ERR"), errorOf("ERROR x"), errorOf(" ERR ACCESS-DENIED")]).toEqual([null, null, null, null]);
  });

  test("that is a variable is read with its quotes undone, whatever stands in it", () => {
    expect(variable('VAR aosups ups.status "OL CHRG"', "aosups")).toEqual(["ups.status", "OL CHRG"]);
    expect(variable('VAR aosups ups.status ""', "aosups")).toEqual(["ups.status", ""]);
    const text = fc.string().filter((one) => one.split("").every((sign) => sign >= " " && sign !== "\u007f"));
    fc.assert(
      fc.property(text, (value) => {
        expect(variable(`VAR aosups device.model ${quoted(value)}`, "aosups")).toEqual(["device.model", value]);
      }),
      { numRuns },
    );
  });

  test("that is cut, of another UPS or something else is none", () => {
    const whole = 'VAR aosups ups.status "OL CHRG"';
    for (let end = 0; end < whole.length; end += 1) expect(variable(whole.slice(0, end), "aosups")).toBeNull();
    for (const line of [`${whole} `, 'VAR other ups.status "OL"', 'VAR aosups ups.status "a"b"', 'VAR aosups ups status "OL"', 'UPS aosups "x"'])
      expect(variable(line, "aosups")).toBeNull();
  });
});

test("a configured value can't end its line and begin another command", () => {
  for (const text of ["a\nFSD aosups", "a\r", "a\0", "\u007f"]) expect(() => quoted(text)).toThrow("control character");
  expect(quoted('a "b" \\')).toBe('"a \\"b\\" \\\\"');
});
