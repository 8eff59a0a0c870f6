import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { membersOf, nameOf, type ProcessRow } from "./members.ts";

const row = (pid: number, ppid: number, pgid = pid, sid: number | null = pgid, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  ppid,
  pgid,
  sid,
  startedAt: `s${pid}`,
  zombie: false,
  ...more,
});
const none = { remembered: new Set<string>(), marked: new Set<number>(), spared: new Set([1, 2]) };
const pids = (rows: ProcessRow[]) => rows.map((one) => one.pid);
const group = { pid: 100, startedAt: "s100" };

describe("who belongs to a tool", () => {
  it("its children, their children, its group and its session do; the daemon and strangers don't", () => {
    const table = [
      row(1, 0),
      row(2, 1),
      row(100, 2),
      row(101, 100, 100),
      row(102, 101, 102),
      row(103, 1, 100),
      row(104, 1, 104, 100),
      row(200, 2),
      row(201, 200),
    ];
    expect(pids(membersOf(table, group, none))).toEqual([100, 101, 102, 103, 104]);
  });

  it("a child that left session and parent is known by its mark, its cgroup, or because it was seen before", () => {
    const table = [row(1, 0), row(300, 1), row(301, 300)];
    expect(pids(membersOf(table, group, none))).toEqual([]);
    expect(pids(membersOf(table, group, { ...none, marked: new Set([300]) }))).toEqual([300, 301]);
    expect(pids(membersOf(table, group, { ...none, remembered: new Set(["300@s300"]) }))).toEqual([300, 301]);
    expect(pids(membersOf(table, group, { ...none, remembered: new Set(["300@another"]) }))).toEqual([]);
  });

  it("a number that was given to somebody else is not the tool", () => {
    const table = [row(1, 0), row(100, 1, 100, 100, { startedAt: "later" }), row(101, 100, 100)];
    expect(pids(membersOf(table, group, none))).toEqual([]);
  });

  it("a group whose first process nobody knows takes nobody by number, kernel threads least of all", () => {
    const table = [row(1, 0, 1, 1), row(2, 0, 0, 0), row(9, 2, 0, 0), row(50, 1, 50, null)];
    for (const pid of [null, 0, 1, -1]) expect(pids(membersOf(table, { pid, startedAt: null }, { ...none, spared: new Set() }))).toEqual([]);
  });

  it("the dead are not among the living, but their children are", () => {
    expect(pids(membersOf([row(100, 2, 100, 100, { zombie: true }), row(101, 100, 101)], group, none))).toEqual([101]);
  });

  it("for any table: never a spared process, always closed under children, never fewer with more evidence", () => {
    const tables = fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 40 }).chain((numbers) =>
      fc.tuple(
        ...numbers.map((pid) =>
          fc.record({
            pid: fc.constant(pid),
            ppid: fc.integer({ min: 0, max: 60 }),
            pgid: fc.integer({ min: 0, max: 60 }),
            sid: fc.option(fc.integer({ min: 0, max: 60 })),
            startedAt: fc.constantFrom("a", "b"),
            zombie: fc.boolean(),
          }),
        ),
      ),
    );
    const some = fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { maxLength: 5 });
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 60 }), some, some, (table, pid, marked, spared) => {
        const evidence = { remembered: new Set<string>(), marked: new Set<number>(), spared: new Set(spared) };
        const found = membersOf(table, { pid, startedAt: null }, evidence);
        const names = new Set(found.map((one) => one.pid));
        for (const one of found) expect(evidence.spared.has(one.pid) || one.zombie).toBe(false);
        for (const child of table) if (names.has(child.ppid) && !evidence.spared.has(child.pid) && !child.zombie) expect(names.has(child.pid)).toBe(true);
        const more = membersOf(table, { pid, startedAt: null }, { ...evidence, marked: new Set(marked), remembered: new Set(found.map(nameOf)) });
        for (const one of found) expect(more.some((other) => other.pid === one.pid)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
