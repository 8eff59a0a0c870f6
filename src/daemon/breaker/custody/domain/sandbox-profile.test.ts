import { describe, expect, it } from "vitest";
import { sandboxProfile } from "./sandbox-profile.ts";

describe("the macOS sandbox profile", () => {
  const spec = { proxyPort: 3128, hidden: ["/private/var/aosd", "/private/tmp/aosd.sock"], kept: ["/private/var/aosd/work/a"] };
  const lines = sandboxProfile(spec).split("\n");
  const at = (text: string) => lines.indexOf(text);

  it("denies all network and then allows the proxy's port alone", () => {
    expect(at("(deny network*)")).toBeGreaterThan(-1);
    expect(lines.filter((line) => line.startsWith("(allow network"))).toEqual(['(allow network-outbound (remote ip "localhost:3128"))']);
    expect(at('(allow network-outbound (remote ip "localhost:3128"))')).toBeGreaterThan(at("(deny network*)"));
    expect(sandboxProfile({ ...spec, proxyPort: null })).not.toContain("allow network");
  });

  it("hides the state folder and the socket, and gives back the work folder after them: the last rule wins", () => {
    for (const path of spec.hidden) expect(at(`(deny file* (subpath "${path}"))`)).toBeGreaterThan(-1);
    expect(at('(allow file* (subpath "/private/var/aosd/work/a"))')).toBeGreaterThan(
      Math.max(...spec.hidden.map((path) => at(`(deny file* (subpath "${path}"))`))),
    );
  });

  it("a path can't end its quotes, and one that could mean something else is refused", () => {
    expect(sandboxProfile({ ...spec, hidden: ['/a")(allow network*)("\\'] })).toContain('(deny file* (subpath "/a\\")(allow network*)(\\"\\\\"))');
    for (const path of ["relative", "/a\nb", ""]) expect(() => sandboxProfile({ ...spec, hidden: [path] }), path).toThrow();
    for (const proxyPort of [0, 65_536, 1.5, Number.NaN]) expect(() => sandboxProfile({ ...spec, proxyPort })).toThrow();
  });
});
