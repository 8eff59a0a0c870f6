import { expect, it } from "vitest";
import { parsePs, parseStat } from "./process-table.ts";

it("a line of /proc/PID/stat is read, whatever name the program gave itself", () => {
  const rest = "S 10 11 12 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 777 8888 99";
  for (const name of ["(sh)", "(a b) R 1 1 1)", "())"])
    expect(parseStat(`42 ${name} ${rest}`)).toEqual({ pid: 42, ppid: 10, pgid: 11, sid: 12, startedAt: "777", zombie: false });
  expect(parseStat(`42 (sh) Z${rest.slice(1)}`)?.zombie).toBe(true);
  for (const line of ["", "42", "42 (sh) S 1", "x (sh) S 1 2 3"]) expect(parseStat(line)).toBeUndefined();
});

it("what ps prints on macOS is read, and no session is made up", () => {
  const text = "    1     0     1 Ss   Mon Nov 23 08:00:00 2026    \n  501     1   501 Z+   Mon Nov  3 08:00:01 2026\nnonsense\n";
  expect(parsePs(text)).toEqual([
    { pid: 1, ppid: 0, pgid: 1, sid: null, startedAt: "Mon Nov 23 08:00:00 2026", zombie: false },
    { pid: 501, ppid: 1, pgid: 501, sid: null, startedAt: "Mon Nov 3 08:00:01 2026", zombie: true },
  ]);
});
