import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentSecurityPolicy } from "./csp.ts";
import { createConsoleFiles, customScheme, locate } from "./protocol.ts";

let folder = "";
let root = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aos-protocol-"));
  root = join(folder, "renderer");
  mkdirSync(join(root, "assets"), { recursive: true });
  mkdirSync(join(folder, "renderer-secrets"));
  writeFileSync(join(root, "index.html"), "<!doctype html>");
  writeFileSync(join(root, "assets", "app.js"), "export {};");
  writeFileSync(join(root, "assets", "한글.json"), "{}");
  writeFileSync(join(root, "assets", "archive.tar"), "x");
  writeFileSync(join(folder, "secret.json"), "secret");
  writeFileSync(join(folder, "renderer-secrets", "secret.json"), "secret");
  symlinkSync(join(folder, "secret.json"), join(root, "assets", "link.json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const get = (url: string, method = "GET") => createConsoleFiles({ root, log: () => undefined })({ url, method });

describe("app://console", () => {
  test.each([
    ["app://console/", "text/html; charset=utf-8"],
    ["app://console/index.html", "text/html; charset=utf-8"],
    ["app://console/assets/app.js", "text/javascript; charset=utf-8"],
    ["app://console/assets/app.js?v=1#x", "text/javascript; charset=utf-8"],
    [`app://console/assets/${encodeURIComponent("한글.json")}`, "application/json; charset=utf-8"],
  ])("serves %s as %s", async (url, type) => {
    const response = await get(url);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
  });

  test.each([
    "app://console/../secret.json",
    "app://console/%2e%2e/secret.json",
    "app://console/assets/..%2f..%2fsecret.json",
    "app://console/..%5c..%5csecret.json",
    "app://console/%252e%252e/secret.json",
    "app://console//etc/passwd",
    "app://console/%2fetc%2fpasswd",
    "app://console/C:/secret.json",
    "app://console/index.html%00.json",
    "app://console/..%c0%afsecret.json",
    "app://console/../renderer-secrets/secret.json",
    "app://console/%2e%2e%2frenderer-secrets/secret.json",
    "app://console/assets/link.json",
    "app://console/assets/archive.tar",
    "app://console/assets",
    "app://elsewhere/index.html",
    "app://console.evil/index.html",
    "app://user@console/index.html",
    "app://console:81/index.html",
    "file:///etc/passwd",
    "https://console/index.html",
    "not a url",
  ])("refuses %s", async (url) => {
    const response = await get(url);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toBe("");
    expect(response.headers.get("content-security-policy")).toBe(contentSecurityPolicy);
  });

  test("answers GET and HEAD only", async () => {
    expect((await get("app://console/", "POST")).status).toBe(405);
    const head = await get("app://console/", "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("says with each answer what the page may do", async () => {
    const { headers } = await get("app://console/");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  });

  test("whatever is asked for, a file outside the root is never named", () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "%2e%2e", "%2E.", "..%2f", "%5c", "..\\", "%00", "//", "C:", "~", "index.html", "%252e", "\u2025"),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom("app://console/", "app://console", "APP://CONSOLE/", "app:///", ""), (parts, start) => {
        const located = locate("/srv/renderer", start + parts.join("/"));
        expect(!located.ok || (located.file.startsWith(`/srv/renderer${sep}`) && !located.file.includes(".."))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

test("the scheme is a secure origin of its own, with no right beyond that", () => {
  expect(customScheme).toEqual({ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } });
});

test("the policy has nothing inline, nothing from outside, and enforces trusted types", () => {
  expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("require-trusted-types-for 'script'");
  for (const name of ["object-src", "frame-src", "base-uri", "form-action", "frame-ancestors"]) expect(contentSecurityPolicy).toContain(`${name} 'none'`);
});
