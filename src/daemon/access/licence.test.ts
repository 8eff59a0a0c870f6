import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newKeys, signLicence } from "../../../build/licence.ts";
import { silentLog } from "../kernel/log.ts";
import { createLicence, readLicenceKeys } from "./licence.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aos-licence-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const day = 86_400_000;
const start = 1_800_000_000_000;
const keys = newKeys();
const terms = { plan: "dedicated", maxLevel: 5, packs: "all", subAgents: "unlimited", support: true, issuedAt: start, notAfter: start + 30 * day } as const;

function setUp(name: string, trusted: readonly string[] = [keys.publicKey]) {
  const path = join(dir, name);
  let ms = 0;
  const clock = { now: () => start + ms, mono: () => ms, after: () => () => undefined, every: () => () => undefined };
  const licence = createLicence({ path, keys: trusted, clock, rackId: () => "abcdefghijklmnop", log: silentLog });
  const write = (text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  return { path, licence, write, pass: (by: number) => (ms += by) };
}

test("a licence is noticed within a second, and gone when it runs out or is taken away", () => {
  const { path, licence, write, pass } = setUp("a.json");
  expect(licence.current()).toMatchObject({ plan: "starter", maxLevel: 3, packs: ["report", "schedule", "analysis"], problem: "licence.absent" });
  write(signLicence(terms, keys.privateKey));
  pass(1000);
  expect(licence.current()).toMatchObject({ plan: "dedicated", maxLevel: 5, packs: "all", subAgents: "unlimited", support: true, problem: null });
  pass(30 * day);
  expect(licence.current()).toMatchObject({ plan: "starter", problem: "licence.expired" });
  rmSync(path);
  pass(1000);
  expect(licence.current().problem).toBe("licence.absent");
});

test("a tampered file, a foreign key and a folder in its place give the lowest plan", () => {
  const { licence, write, pass } = setUp("b.json");
  write(signLicence(terms, keys.privateKey).replace("dedicated", "dedicatee"));
  expect(licence.current().problem).toBe("licence.not-signed");
  write(signLicence(terms, newKeys().privateKey));
  pass(1000);
  expect(licence.current().problem).toBe("licence.not-signed");
  write(signLicence({ ...terms, plan: "pro", maxLevel: 4 }, keys.privateKey));
  pass(1000);
  expect(licence.current()).toMatchObject({ plan: "pro", maxLevel: 4, problem: null });
  const folder = setUp("c.json");
  mkdirSync(folder.path);
  expect(folder.licence.current().problem).toBe("licence.unreadable");
});

test("without a usable key nothing is trusted, and nothing throws", () => {
  const { licence, write } = setUp("d.json", ["garbage", "", "AAAA"]);
  write(signLicence(terms, keys.privateKey));
  expect(licence.current()).toMatchObject({ plan: "starter", problem: "licence.not-signed" });
  expect(readLicenceKeys(join(dir, "none.json"), silentLog)).toEqual([]);
  const broken = setUp("e.json");
  const failing = createLicence({
    path: broken.path,
    keys: [keys.publicKey],
    clock: { now: () => Number.NaN, mono: () => 0, after: () => () => undefined, every: () => () => undefined },
    rackId: () => {
      throw new Error("no rack");
    },
    log: silentLog,
  });
  broken.write(signLicence(terms, keys.privateKey));
  expect(failing.current()).toMatchObject({ plan: "starter", problem: "licence.unreadable" });
});

test("the shipped keys can be read", () => {
  const shipped = readLicenceKeys(fileURLToPath(new URL("../../../resources/licence/keys.json", import.meta.url)), silentLog);
  expect(shipped).toHaveLength(1);
});
