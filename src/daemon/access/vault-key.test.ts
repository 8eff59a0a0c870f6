import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileKey, createKeychainKey } from "./vault-key.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aos-vault-key-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A keychain of one item, with the documented commands of `security`; `deny` answers as a locked keychain does. */
function fakeSecurity(name: string, deny = false): string {
  const path = join(dir, name);
  const item = join(dir, `${name}.item`);
  writeFileSync(
    path,
    deny
      ? "#!/bin/sh\nexit 36\n"
      : `#!/bin/sh
if [ "$1" = "-i" ]; then read -r verb a account s service w value; [ "$verb" = add-generic-password ] && printf '%s' "$value" > '${item}'; exit 0; fi
[ "$1" = find-generic-password ] || exit 2
[ -f '${item}' ] || exit 44
cat '${item}'; echo
`,
  );
  chmodSync(path, 0o700);
  return path;
}

test("a key in the keychain is found again, and absent only when the keychain says so", () => {
  const key = randomBytes(32);
  const chain = createKeychainKey({ account: "aos", command: fakeSecurity("security") });
  expect(chain.load()).toEqual({ ok: false, code: "absent" });
  chain.save(key);
  expect(chain.load()).toEqual({ ok: true, key });
});

test("a keychain that is locked, missing or keeps nothing is no reason to make a new key", () => {
  const locked = createKeychainKey({ account: "aos", command: fakeSecurity("locked", true) });
  expect(locked.load()).toEqual({ ok: false, code: "vault.key-unreadable" });
  expect(() => locked.save(randomBytes(32))).toThrow("vault.key");
  expect(createKeychainKey({ account: "aos", command: join(dir, "nowhere") }).load()).toEqual({ ok: false, code: "vault.key-unreadable" });
  expect(() => createKeychainKey({ account: "a; rm" })).toThrow("plain words");
});

test("a file key is made once and read back", () => {
  const chain = createFileKey(dir);
  expect(chain.load()).toEqual({ ok: false, code: "absent" });
  const key = randomBytes(32);
  chain.save(key);
  expect(chain.load()).toEqual({ ok: true, key });
});
