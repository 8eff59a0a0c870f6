import fc from "fast-check";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { addressKind } from "./address.ts";

describe("addresses", () => {
  it.each([
    ["8.8.8.8", "public"],
    ["1.1.1.1", "public"],
    ["172.15.255.255", "public"],
    ["172.32.0.0", "public"],
    ["2606:4700::1111", "public"],
    ["::ffff:8.8.8.8", "public"],
    ["64:ff9b::8.8.8.8", "public"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["64:ff9b::7f00:1", "loopback"],
    ["2002:7f00:1::", "loopback"],
    ["10.1.2.3", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["fc00::1", "private"],
    ["fd12:3456::1", "private"],
    ["fec0::1", "private"],
    ["::ffff:192.168.1.1", "private"],
    ["169.254.1.1", "link-local"],
    ["fe80::1", "link-local"],
    ["169.254.169.254", "metadata"],
    ["::ffff:169.254.169.254", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["0.0.0.0", "reserved"],
    ["0.1.2.3", "reserved"],
    ["::", "reserved"],
    ["::7f00:1", "reserved"],
    ["224.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"],
    ["ff02::1", "reserved"],
    ["2001::1", "reserved"],
    ["2001:db8::1", "reserved"],
    ["198.18.0.1", "reserved"],
  ] as const)("%s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  it.each([
    "",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "127.0.0.1 ",
    "127.0.0.256",
    "1:2:3:4:5:6:7",
    "1::2::3",
    "fe80::1%eth0",
    "::ffff:1.2.3",
    "[::1]",
    "12345::",
  ])("%s is no address", (text) => {
    expect(addressKind(text)).toBe("invalid");
  });

  it("knows every address that the system knows, and no other", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        expect(addressKind(text) !== "invalid").toBe(isIP(text) !== 0 && !text.includes("%"));
      }),
      { numRuns: 3000 },
    );
  });

  it("an IPv4 address is the same thing in IPv6's clothes", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const low = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const other of [`::ffff:${address}`, `::ffff:${low}`, `64:ff9b::${low}`, `2002:${low}::1`]) expect(addressKind(other)).toBe(addressKind(address));
      }),
      { numRuns: 1000 },
    );
  });
});
