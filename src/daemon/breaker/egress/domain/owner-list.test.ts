import { expect, it } from "vitest";
import { hostListed, insideListed } from "./owner-list.ts";

it("a host is listed by its name, and by a star only what lies below", () => {
  expect(hostListed("example.org", ["Example.org."])).toBe(true);
  expect(hostListed("a.example.org", ["example.org"])).toBe(false);
  expect(hostListed("a.b.example.org", ["*.example.org"])).toBe(true);
  expect(hostListed("example.org", ["*.example.org"])).toBe(false);
  expect(hostListed("badexample.org", ["*.example.org"])).toBe(false);
});

it("a pattern that would open a whole top-level domain, or everything, opens nothing", () => {
  for (const pattern of ["*", "*.", "*.org", "*.*.org", ""]) expect(hostListed("example.org", [pattern]), pattern).toBe(false);
});

it("a place inside is listed with its port, and no other port or spelling is", () => {
  expect(insideListed({ host: "nas.local", port: 5000 }, ["NAS.local:5000"])).toBe(true);
  expect(insideListed({ host: "nas.local", port: 22 }, ["nas.local:5000"])).toBe(false);
  expect(insideListed({ host: "nas.local", port: 5000 }, ["nas.local", "*:5000"])).toBe(false);
  expect(insideListed({ host: "fd00::1", port: 80 }, ["[fd00::1]:80"])).toBe(true);
});
