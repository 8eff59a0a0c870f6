import { spawn } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../kernel/clock.ts";
import { silentLog } from "../kernel/log.ts";
import { createFileKey } from "./vault-key.ts";
import { createVault, macOf } from "./vault.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "aos-vault-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = () => mkdtempSync(join(root, "v-"));
const openVault = (stateDir: string) => createVault({ stateDir, clock: createClock(), log: silentLog, key: createFileKey(stateDir), randomBytes });
const secret = "q8Zr2LmX0vTb7NcW4sYd";
const file = (dir: string) => join(dir, "vault.json");
type Stored = { version: 1; entries: Record<string, { hosts: string[]; data: string; iv: string; tag: string; [more: string]: unknown }>; mac: string };
const stored = (dir: string) => JSON.parse(readFileSync(file(dir), "utf8")) as Stored;
/** Writes the file with a MAC that fits: what somebody does who has the key, or found it. */
function store(dir: string, changed: Stored): void {
  const key = Buffer.from(readFileSync(join(dir, "vault.key"), "utf8").trim(), "hex");
  writeFileSync(file(dir), JSON.stringify({ ...changed, mac: macOf(key, new Map(Object.entries(changed.entries)) as never) }));
}
function filled(): string {
  const dir = folder();
  const vault = openVault(dir);
  expect(vault.set("mail", secret, { hosts: ["smtp.example.com"], note: "mail" })).toEqual({ ok: true });
  expect(vault.set("pay", `${secret}-other`, { hosts: ["*.pay.example"] })).toEqual({ ok: true });
  return dir;
}

test("a secret survives a restart, goes to its hosts only, and is never listed", () => {
  const dir = filled();
  const vault = openVault(dir);
  expect(vault.state()).toEqual({ state: "open", count: 2 });
  expect(vault.take("mail", { host: "smtp.example.com:465" })).toEqual({ ok: true, value: secret });
  expect(vault.take("mail", { host: "evil.example.com" })).toMatchObject({ ok: false, code: "vault.host-not-bound" });
  expect(vault.take("nobody", { host: "smtp.example.com" })).toMatchObject({ ok: false, code: "vault.unknown-handle" });
  expect(JSON.stringify(vault.list())).not.toContain(secret);
  expect(vault.list()).toMatchObject([
    { handle: "mail", hosts: ["smtp.example.com"], note: "mail" },
    { handle: "pay", lastUsedAt: null },
  ]);
  expect(vault.list()[0]?.lastUsedAt).toBeGreaterThan(0);
  expect(vault.remove("pay")).toEqual({ ok: true });
  expect(
    openVault(dir)
      .list()
      .map((one) => one.handle),
  ).toEqual(["mail"]);
  expect(statSync(file(dir)).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, "vault.key")).mode & 0o777).toBe(0o600);
});

test("no byte of a value stands in the state folder", () => {
  const dir = filled();
  openVault(dir).take("mail", { host: "smtp.example.com" });
  const forms = [
    secret,
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
    Array.from(secret).toReversed().join(""),
  ];
  const names = readdirSync(dir);
  expect(names.toSorted()).toEqual(["vault.json", "vault.key"]);
  for (const name of names) for (const form of forms) expect(readFileSync(join(dir, name)).includes(form), `${name} ${form}`).toBe(false);
});

test("the matcher knows the vault's values and follows its changes", () => {
  const vault = openVault(filled());
  const matcher = vault.matcher();
  expect(matcher.find(`leak: ${Buffer.from(secret).toString("base64")}`)).toMatchObject([{ handle: "mail", whole: true }]);
  vault.set("new", "another-V4lue-here", { hosts: ["local"] });
  expect(matcher.find("another-V4lue-here")).toMatchObject([{ handle: "new" }]);
  vault.remove("new");
  expect(matcher.find("another-V4lue-here")).toEqual([]);
  vault.close();
  expect(() => matcher.find("anything")).toThrow("vault.locked");
});

test("a canary can be told when it turns up, and never be taken", () => {
  const dir = folder();
  const vault = openVault(dir);
  expect(vault.plantCanary("bait")).toEqual({ ok: true });
  expect(vault.take("bait", { host: "local" })).toMatchObject({ ok: false, code: "vault.canary" });
  expect(openVault(dir).list()).toMatchObject([{ handle: "bait", canary: true, hosts: [] }]);
});

test("names, hosts and values that can't be kept are refused", () => {
  const vault = openVault(folder());
  expect(vault.set("Bad", secret, { hosts: ["local"] })).toMatchObject({ code: "vault.bad-handle" });
  expect(vault.set("a", secret, { hosts: [] })).toMatchObject({ code: "vault.bad-host" });
  expect(vault.set("a", secret, { hosts: ["*"] })).toMatchObject({ code: "vault.bad-host" });
  expect(vault.set("a", secret, { hosts: ["https://x/"] })).toMatchObject({ code: "vault.bad-host" });
  expect(vault.set("a", "abc", { hosts: ["local"] })).toMatchObject({ code: "vault.bad-value" });
  expect(vault.set("a", "x".repeat(70_000), { hosts: ["local"] })).toMatchObject({ code: "vault.bad-value" });
});

const harm: [string, string, (dir: string) => void][] = [
  [
    "a flipped bit in a value",
    "vault.tampered",
    (dir) => {
      const all = stored(dir);
      const entry = all.entries["mail"];
      if (entry === undefined) throw new Error("no entry");
      const data = Buffer.from(entry.data, "base64");
      data[0] = (data[0] ?? 0) ^ 1;
      store(dir, { ...all, entries: { ...all.entries, mail: { ...entry, data: data.toString("base64") } } });
    },
  ],
  [
    "two entries exchanged",
    "vault.tampered",
    (dir) => {
      const all = stored(dir);
      const { mail, pay } = all.entries;
      if (mail === undefined || pay === undefined) throw new Error("no entry");
      store(dir, { ...all, entries: { mail: { ...pay, hosts: mail.hosts }, pay: { ...mail, hosts: pay.hosts } } });
    },
  ],
  [
    "another host written in",
    "vault.tampered",
    (dir) => {
      const all = stored(dir);
      const { mail } = all.entries;
      if (mail === undefined) throw new Error("no entry");
      store(dir, { ...all, entries: { ...all.entries, mail: { ...mail, hosts: ["evil.example"] } } });
    },
  ],
  [
    "an entry taken out",
    "vault.tampered",
    (dir) => {
      const all = stored(dir);
      delete all.entries["pay"];
      writeFileSync(file(dir), JSON.stringify(all));
    },
  ],
  ["a file cut short", "vault.file-damaged", (dir) => writeFileSync(file(dir), readFileSync(file(dir), "utf8").slice(0, 200))],
  ["an empty file", "vault.file-damaged", (dir) => writeFileSync(file(dir), "")],
  ["garbage", "vault.file-damaged", (dir) => writeFileSync(file(dir), "[]")],
  ["a missing key", "vault.key-missing", (dir) => rmSync(join(dir, "vault.key"))],
  ["a key that others may read", "vault.key-unsafe", (dir) => chmodSync(join(dir, "vault.key"), 0o640)],
  [
    "a key that is a link",
    "vault.key-unsafe",
    (dir) => {
      writeFileSync(join(dir, "elsewhere"), readFileSync(join(dir, "vault.key")), { mode: 0o600 });
      rmSync(join(dir, "vault.key"));
      symlinkSync(join(dir, "elsewhere"), join(dir, "vault.key"));
    },
  ],
  ["another key", "vault.tampered", (dir) => writeFileSync(join(dir, "vault.key"), `${"ab".repeat(32)}\n`)],
  ["a damaged key", "vault.key-damaged", (dir) => writeFileSync(join(dir, "vault.key"), "short")],
];
test.each(harm)("%s locks the vault with %s, and nothing is written over", (_name, code, act) => {
  const dir = filled();
  act(dir);
  const before = readFileSync(file(dir));
  const vault = openVault(dir);
  expect(vault.state()).toEqual({ state: "locked", code });
  expect(vault.take("mail", { host: "smtp.example.com" })).toMatchObject({ ok: false, code: "vault.locked" });
  expect(vault.set("more", secret, { hosts: ["local"] })).toEqual({ ok: false, code: "vault.locked" });
  expect(vault.remove("mail")).toEqual({ ok: false, code: "vault.locked" });
  expect(vault.list()).toEqual([]);
  expect(() => vault.matcher().find("x")).toThrow("vault.locked");
  expect(readFileSync(file(dir)).equals(before)).toBe(true);
});

test("a value sealed without its handle would pass for any handle: the seal is over the handle", () => {
  const dir = filled();
  const key = Buffer.from(readFileSync(join(dir, "vault.key"), "utf8").trim(), "hex");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const data = Buffer.concat([cipher.update("unbound value"), cipher.final()]);
  const all = stored(dir);
  const { mail } = all.entries;
  if (mail === undefined) throw new Error("no entry");
  const bare = { ...mail, iv: iv.toString("base64"), data: data.toString("base64"), tag: cipher.getAuthTag().toString("base64") };
  store(dir, { ...all, entries: { ...all.entries, mail: bare } });
  expect(openVault(dir).state()).toEqual({ state: "locked", code: "vault.tampered" });
});

test("a kill in the middle of writing loses nothing that was acknowledged", { timeout: 60_000 }, async () => {
  const module = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  for (let round = 0; round < 8; round++) {
    const dir = folder();
    const script = `
      import { randomBytes } from "node:crypto";
      const [{ createVault }, { createFileKey }, { createClock }, { silentLog }] = await Promise.all([import(${module("./vault.ts")}), import(${module("./vault-key.ts")}), import(${module("../kernel/clock.ts")}), import(${module("../kernel/log.ts")})]);
      const stateDir = ${JSON.stringify(dir)};
      const vault = createVault({ stateDir, clock: createClock(), log: silentLog, key: createFileKey(stateDir), randomBytes });
      for (let n = 0; ; n++) { if (!vault.set("h" + n, "value-number-" + n, { hosts: ["local"] }).ok) process.exit(9); process.stdout.write(n + "\\n"); }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    const killAfter = 3 + round * 2;
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        if (out.split("\n").length > killAfter) child.kill("SIGKILL");
      });
      child.on("close", () => resolve());
    });
    const acknowledged = out.split("\n").filter((line) => line !== "").length;
    const vault = openVault(dir);
    expect(vault.state()).toMatchObject({ state: "open" });
    expect(vault.list().length).toBeGreaterThanOrEqual(acknowledged);
    expect(vault.take(`h${acknowledged - 1}`, { host: "local" })).toEqual({ ok: true, value: `value-number-${acknowledged - 1}` });
  }
});
