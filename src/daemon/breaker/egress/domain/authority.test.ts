import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKind } from "./address.ts";
import { parseAbsolute, parseConnect } from "./authority.ts";

describe("where a request goes", () => {
  it.each([
    ["example.org:443", { host: "example.org", port: 443 }],
    ["EXAMPLE.org.:443", { host: "example.org", port: 443 }],
    ["[2606:4700::1111]:8443", { host: "2606:4700::1111", port: 8443 }],
    ["bücher.example:443", { host: "xn--bcher-kva.example", port: 443 }],
    ["0x7f.1:80", { host: "127.0.0.1", port: 80 }],
    ["2130706433:80", { host: "127.0.0.1", port: 80 }],
  ])("CONNECT %s", (target, authority) => {
    expect(parseConnect(target)).toEqual(authority);
  });

  it.each([
    "",
    "example.org",
    "example.org:0",
    "example.org:65536",
    "a@example.org:443",
    "http://example.org:443",
    "example.org:443/x",
    "ex ample:443",
    "example.org:44x",
    "[::1]",
    ":443",
    "%00:1",
  ])("CONNECT %s is refused", (target) => {
    expect(parseConnect(target)).toBeUndefined();
  });

  it("an absolute address is split into what is dialled and what is sent", () => {
    expect(parseAbsolute("http://Example.org/a%20b?c=1#d")).toEqual({ host: "example.org", port: 80, path: "/a%20b?c=1", hostHeader: "example.org" });
    expect(parseAbsolute("http://[::1]:8080")).toEqual({ host: "::1", port: 8080, path: "/", hostHeader: "[::1]:8080" });
  });

  it.each([
    "/",
    "https://example.org/",
    "ftp://example.org/",
    "http:example.org",
    "http:///x",
    "http://u:p@example.org/",
    "http://a.example\\@b.example/",
    "//example.org/",
    "*",
    "",
  ])("%s is refused", (target) => {
    expect(parseAbsolute(target)).toBeUndefined();
  });

  it("no way of writing an inside address makes it look like a name", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(127, 10, 169),
        fc.integer({ min: 0, max: 2 ** 24 - 1 }),
        fc.constantFrom("dec", "hex", "oct", "short"),
        (first, rest, way) => {
          const number = first * 2 ** 24 + rest;
          const written = { dec: String(number), hex: `0x${number.toString(16)}`, oct: `0${number.toString(8)}`, short: `${first}.${rest}` }[way];
          const read = parseConnect(`${written}:80`);
          expect(read && addressKind(read.host)).not.toBe("invalid");
          expect(parseAbsolute(`http://${written}/`)?.host).toBe(read?.host);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
