import { describe, expect, it } from "vitest";
import { nothingConfined, type Capabilities } from "./domain/capabilities.ts";
import { launchLine, type Launch } from "./launcher.ts";

const base: Omit<Launch, "capabilities"> = {
  cgroup: null,
  cwd: "/w/a",
  home: "/w/a",
  programs: null,
  hidden: ["/state/audit", "/run", "/state"],
  proxyPort: 8,
  binary: "/bin/x",
  args: ["--", "a b"],
};
const line = (capabilities: Capabilities, part: Partial<Launch> = {}) => {
  const { file, args } = launchLine({ ...base, ...part, capabilities });
  return [file, ...args];
};
const netns: Capabilities = { network: "netns", privilege: "root", pids: "namespace", cgroup: null, why: "ok" };

describe("the line that starts a tool", () => {
  it("goes into the cgroup, then into its namespaces, then gives up its rights, then waits", () => {
    const words = line(netns, { cgroup: "/cg/t" });
    const order = [
      "aos-enter",
      "/cg/t",
      "unshare",
      "--net",
      "--mount",
      "--pid",
      "aos-confine",
      "setpriv",
      "--no-new-privs",
      "--bounding-set=-all",
      "--reuid=65534",
      "aos-wait",
      "/bin/x",
    ].map((word) => words.indexOf(word));
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(words.slice(-3)).toEqual(["/bin/x", "--", "a b"]);
  });

  it("covers outer folders before inner ones, so that none lies bare below a cover", () => {
    const words = line(netns);
    expect(words.slice(words.indexOf("aos-confine") + 4, words.indexOf("--"))).toEqual(["/run", "/state", "/state/audit"]);
  });

  it("in a user namespace keeps its account and loses its rights", () => {
    const words = line({ ...netns, privilege: "user" });
    expect(words).toContain("--map-root-user");
    expect(words).toContain("--bounding-set=-all");
    expect(words.some((word) => word.startsWith("--reuid"))).toBe(false);
  });

  it("without namespaces still gives up root", () => {
    const words = line({ ...nothingConfined("namespaces-refused"), privilege: "root" });
    expect(words).toContain("--reuid=65534");
    expect(words).not.toContain("unshare");
    expect(line(nothingConfined("unknown"))).not.toContain("setpriv");
  });

  it("on macOS runs under the profile, with the proxy's port and nothing else", () => {
    const words = line({ ...nothingConfined("ok"), network: "sandbox-exec" });
    expect(words.slice(0, 2)).toEqual(["/usr/bin/sandbox-exec", "-p"]);
    expect(words[2]).toContain('(remote ip "localhost:8")');
    expect(words[2]).toContain('(deny file* (subpath "/state"))');
  });
});
