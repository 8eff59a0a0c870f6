import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const file = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), "aos-config-")), "config.json");
  writeFileSync(path, text);
  return path;
};
const failure = (argv: string[], env: Record<string, string> = {}): string => {
  try {
    readConfig(argv, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return "";
};

test("flags win over the environment, the environment over the file, the file over the defaults", () => {
  const config = file('{ "name": "file", "lanPort": 1, "loopbackPort": 2, "logLevel": "warn" }');
  const read = readConfig(["--config", config, "--name", "flag"], { AOS_NAME: "env", AOS_LAN_PORT: "3" });
  expect(read).toMatchObject({ name: "flag", lanPort: 3, loopbackPort: 2, logLevel: "warn", discovery: "auto" });
});

test("a wrong value names its key, where it stands and what is allowed", () => {
  expect(failure(["--lan-port", "99999"])).toBe('lanPort = "99999" (flag --lan-port): allowed is a port from 0 to 65535 (0: any free one)');
  expect(failure([], { AOS_ROLES: "main,boss" })).toContain("roles");
  expect(failure([], { AOS_ROLES: "main,boss" })).toContain("main, pool, llm, storage");
  expect(failure(["--discovery", "loud"])).toContain("auto, bonjour, dns-sd or off");
});

test("an unknown flag, an unknown key and a damaged file are refused", () => {
  expect(failure(["--port", "1"])).toContain("--lan-port");
  expect(failure(["--config", file('{ "prot": 1 }')])).toContain('no setting is called "prot"');
  expect(failure(["--config", file("{")])).toContain("can't be read as JSON");
  expect(failure(["--config", file("[]")])).toContain("one JSON object");
});

test("a password never stands in a message", () => {
  expect(failure([], { AOS_UPS_PASSWORD: "" })).not.toContain('""');
  expect(failure([], { AOS_UPS_PASSWORD: "" })).toContain("(hidden)");
});

test("no setting can set, seed or reveal a pairing code", () => {
  const keys = Object.keys(readConfig([], {}));
  expect(keys.filter((key) => /code|pair|seed|random|window|tries/i.test(key))).toEqual([]);
});
