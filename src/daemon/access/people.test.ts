import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../kernel/clock.ts";
import { createIds } from "../kernel/ids.ts";
import { openPool, type Pool } from "../kernel/sqlite/pool.ts";
import { createPeople, LINK_MS, SESSION_MS, type People } from "./people.ts";
import { accessMigrations } from "./schema.ts";

const DAY = 86_400_000;
let dir = "";
let pool: Pool<"aos">;
let now = 1_800_000_000_000;
const lost: string[] = [];
const clock: Clock = { now: () => now, mono: () => now, after: () => () => {}, every: () => () => {} };
const open = () => createPeople({ db: pool.database("aos"), clock, ids: createIds(), onLost: (gone) => lost.push(...gone) });
const admitted = async (people: People, name: string, role: "owner" | "viewer" = "viewer", days: number | null = null) => {
  const person = await people.addPerson(name, role, days);
  const device = await people.addDevice({ kind: "browser", name, personId: person.id, state: "admitted", fingerprint: null });
  return { person, device, token: await people.createSession(device.id) };
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "aos-people-"));
  lost.length = 0;
  pool = await openPool({ aos: { path: join(dir, "aos.db"), durability: "full", migrations: accessMigrations } });
});
afterEach(async () => {
  await pool.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a session ends at its time, also after a restart, and its token isn't in the database", async () => {
  const people = await open();
  const { device, token } = await admitted(people, "a");
  now += SESSION_MS - 1;
  expect((await open()).deviceOfSession(token)).toBe(device.id);
  now += 1;
  expect(people.deviceOfSession(token)).toBeUndefined();
  expect((await open()).deviceOfSession(token)).toBeUndefined();
  expect(JSON.stringify(await pool.database("aos").read("SELECT * FROM session"))).not.toContain(token);
});

test("a one-time link works once, and not after fifteen minutes", async () => {
  const people = await open();
  const { person } = await admitted(people, "a");
  const used = await people.createLink(person.id);
  expect(await people.useLink(used)).toBe(person.id);
  expect(await people.useLink(used)).toBeUndefined();
  const late = await people.createLink(person.id);
  now += LINK_MS;
  expect(await people.useLink(late)).toBeUndefined();
  expect(await people.useLink("A".repeat(43))).toBeUndefined();
});

test("of two who use a link at the same moment, one gets in", async () => {
  const people = await open();
  const { person } = await admitted(people, "a");
  const token = await people.createLink(person.id);
  const both = await Promise.all([people.useLink(token), people.useLink(token)]);
  expect(both.filter((id) => id === person.id)).toHaveLength(1);
});

test("a link that was made before the clock went back an hour doesn't live an hour longer", async () => {
  const people = await open();
  const { person } = await admitted(people, "a");
  const token = await people.createLink(person.id);
  now -= 3_600_000;
  expect(await people.useLink(token)).toBeUndefined();
});

test("a person's time runs out: the device has no standing any more, and comes back with a longer time", async () => {
  const people = await open();
  const { person, device } = await admitted(people, "installer", "viewer", 1);
  expect(people.standing(device.id)).toMatchObject({ state: "admitted" });
  now += DAY;
  expect(people.standing(device.id)).toEqual({ state: "gone" });
  await people.updatePerson(person.id, { days: 1 });
  expect(people.standing(device.id)).toMatchObject({ state: "admitted" });
});

test("a revoked device loses its sessions and its connections, also after a restart", async () => {
  const people = await open();
  const { device, token } = await admitted(people, "a");
  await people.revoke(device.id);
  expect(lost).toEqual([device.id]);
  for (const each of [people, await open()]) {
    expect(each.deviceOfSession(token)).toBeUndefined();
    expect(each.standing(device.id)).toEqual({ state: "gone" });
  }
});

test("the last owner who can still get in can't be taken out; an owner without a device doesn't count", async () => {
  const people = await open();
  const { person, device } = await admitted(people, "a", "owner");
  const second = await people.addPerson("b", "owner", null);
  await expect(people.removePerson(person.id)).rejects.toThrow("access.last-owner");
  await expect(people.revoke(device.id)).rejects.toThrow("access.last-owner");
  await expect(people.updatePerson(person.id, { role: "viewer" })).rejects.toThrow("access.last-owner");
  await people.addDevice({ kind: "browser", name: "b", personId: second.id, state: "admitted", fingerprint: null });
  await people.removePerson(person.id);
  expect(lost).toEqual([device.id]);
  expect(people.claimed()).toBe(true);
});
