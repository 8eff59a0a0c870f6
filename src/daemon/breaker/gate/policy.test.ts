import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openGate, sharedDatabase, type TestGate } from "./fake-ports.ts";
import { createPolicy } from "./policy.ts";

const open: TestGate[] = [];
let shared: Awaited<ReturnType<typeof sharedDatabase>>;
beforeAll(async () => {
  shared = await sharedDatabase();
});
afterAll(() => shared.end());
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});
const world = async () => {
  const one = await openGate({}, { db: await shared.fresh() });
  open.push(one);
  const store = (maxLevel = 5, member = false) =>
    createPolicy({
      db: one.db,
      clock: one.clock,
      ids: one.deps.ids,
      log: one.deps.log,
      licence: { current: () => ({ maxLevel, plan: "starter", problem: null }) },
      isolation: () => "netns",
      member,
    });
  return { ...one, store };
};

describe("the policy", () => {
  it("ships watched: level 2, nothing spent, nothing in bulk, nothing listed", async () => {
    const { policy } = await world();
    expect(policy.current()).toMatchObject({ level: 2, limits: { spendCap: 0, bulkCap: 0, declaredPaths: [] }, hosts: [], grants: [] });
  });

  it("is kept over a restart, with a version that only grows", async () => {
    const { policy, store } = await world();
    await policy.setLevel(4);
    await policy.setLimits({ spendCap: 50_000 });
    await policy.allowHost("shop.example", "owner");
    await policy.addKnown(["kakao:abc"]);
    const again = await store();
    expect(again.version()).toBe(3);
    expect(again.current()).toMatchObject({ level: 4, limits: { spendCap: 50_000, currency: "KRW" }, hosts: ["shop.example"], known: ["kakao:abc"] });
    expect(await again.disallowHost("shop.example")).toBe(true);
    expect(await again.disallowHost("shop.example")).toBe(false);
  });

  it("raises no higher than the licence, and lowers always", async () => {
    const { store, policy } = await world();
    await policy.setLevel(5);
    const low = await store(3);
    expect(await low.setLevel(4)).toEqual({ ok: true });
    expect(low.current()).toMatchObject({ level: 4, maxLevel: 3 });
    expect(await low.setLevel(3)).toEqual({ ok: true });
    expect(await low.setLevel(4)).toEqual({ ok: false, code: "licence", maxLevel: 3, plan: "starter" });
    expect(await low.setLevel(1)).toEqual({ ok: true });
  });

  it("changes at once don't lose each other", async () => {
    const { policy } = await world();
    await Promise.all([policy.setLevel(3), policy.setLimits({ bulkCap: 7 }), policy.allowHost("a.example", "owner"), policy.setLimits({ spendCap: 9 })]);
    expect(policy.current()).toMatchObject({ level: 3, limits: { bulkCap: 7, spendCap: 9 }, hosts: ["a.example"] });
  });

  it.each(["{", "{}", '{"level":9}', "null"])("that reads %s is none: everything is denied until somebody sets one", async (body) => {
    const { db, store, policy } = await world();
    await policy.setLevel(5);
    await db.write([{ sql: "UPDATE gate_policy SET body = ?", params: [body] }]);
    const broken = await store();
    expect(broken.current()).toBeNull();
    await broken.setLevel(1);
    expect(broken.current()).toMatchObject({ level: 1, limits: { spendCap: 0 } });
  });

  it("of a member comes from main; without one it denies, and an older one changes nothing", async () => {
    const { db, store, policy } = await world();
    await policy.setLevel(4);
    const told = policy.exportFor();
    await db.write([{ sql: "DELETE FROM gate_policy" }]);
    const member = await store(5, true);
    expect(member.current()).toBeNull();
    expect(member.exportFor()).toBeNull();
    expect(await member.import(told?.version ?? 0, JSON.parse(JSON.stringify(told?.policy)))).toBe(1);
    expect(member.current()).toMatchObject({ level: 4 });
    await expect(member.import(9, { kept: { level: 7 } })).rejects.toThrow();
    expect(await member.import(0, { ...told?.policy, kept: { ...told?.policy.kept, level: 5 } })).toBe(1);
    expect(member.current()).toMatchObject({ level: 4 });
  });
});
