import fc from "fast-check";
import { expect, test } from "vitest";
import { fillHandles, handlesIn, hostAllowed, isHandle, type Json, type Taken } from "./vault-handles.ts";

const take = (handle: string): Taken =>
  handle === "mail" ? { ok: true, value: "v4lue {{vault:other}}" } : { ok: false, code: "vault.unknown-handle", handle };

test("placeholders in strings are filled at any depth, and what was filled in is not read again", () => {
  const value: Json = { env: { PASS: "{{vault:mail}}", PATH: "bin" }, list: ["x{{vault:mail}}y", 3, null, true] };
  expect(fillHandles(value, take)).toEqual({
    ok: true,
    value: { env: { PASS: "v4lue {{vault:other}}", PATH: "bin" }, list: ["xv4lue {{vault:other}}y", 3, null, true] },
    used: ["mail"],
  });
  expect(handlesIn(value)).toEqual(["mail"]);
});

test("one refusal and nothing is filled", () => {
  expect(fillHandles({ a: "{{vault:mail}}", b: "{{vault:nobody}}" }, take)).toEqual({ ok: false, code: "vault.unknown-handle", handle: "nobody" });
  expect(fillHandles("{{vault:Bad Name}}", take)).toMatchObject({ ok: false, code: "vault.bad-placeholder" });
  expect(fillHandles({ "{{vault:mail}}": 1 }, take)).toMatchObject({ ok: false, code: "vault.bad-placeholder" });
});

test("what holds no placeholder comes back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes("{{"));
      const filled = fillHandles(value as Json, take);
      expect(filled).toMatchObject({ ok: true, used: [] });
      expect(JSON.stringify(filled.ok ? filled.value : null)).toBe(JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

test("handles are small letters, digits, dots and dashes", () => {
  for (const good of ["a", "mail.smtp", "9-lives", "a".repeat(63)]) expect(isHandle(good), good).toBe(true);
  for (const bad of ["", "A", ".a", "-a", "a b", "a/b", "비번", "a".repeat(64), "__proto__"]) expect(isHandle(bad), bad).toBe(false);
});

test.each([
  ["api.example.com", ["api.example.com"], true],
  ["API.example.com.", ["api.example.com"], true],
  ["api.example.com:443", ["api.example.com"], true],
  ["api.example.com:8443", ["api.example.com:443"], false],
  ["a.example.com", ["*.example.com"], true],
  ["example.com", ["*.example.com"], false],
  ["evilexample.com", ["*.example.com"], false],
  ["example.com.evil.net", ["example.com"], false],
  ["", ["example.com"], false],
  ["*.example.com", ["*.example.com"], false],
  ["a.example.com", [], false],
  ["local", ["local"], true],
])("%s against %j: %s", (host, patterns, allowed) => {
  expect(hostAllowed(host, patterns)).toBe(allowed);
});
