import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { silentLog } from "../../kernel/log.ts";
import { cgroupHome, detectCapabilities } from "./capabilities.ts";
import { cgroupMembers, cgroupPopulated, killCgroup, makeCgroup, removeCgroup } from "./cgroup.ts";

const mounts = "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n";

it("groups are made below the daemon's own, in whichever place version 2 is mounted", () => {
  expect(cgroupHome(mounts, "0::/system.slice/aosd.service\n")).toBe("/sys/fs/cgroup/system.slice/aosd.service");
  expect(cgroupHome(mounts.replace("/sys/fs/cgroup ", "/sys/fs/cgroup/unified "), "9:pids:/a\n0::/\n")).toBe("/sys/fs/cgroup/unified");
  expect(cgroupHome("proc /proc proc rw 0 0\n", "0::/\n")).toBeNull();
  expect(cgroupHome(mounts, "9:pids:/a\n")).toBeNull();
  expect(cgroupHome(mounts, "0::/../../elsewhere\n")).toBeNull();
});

it("what was found is one of the known answers, and leaves nothing behind but the group's home", async () => {
  const found = await detectCapabilities({ instance: "test-capabilities", log: silentLog });
  expect(found.network === "none").toBe(found.why !== "ok");
  if (found.network !== "netns") expect(found.pids).toBe("none");
  if (found.cgroup !== null) {
    expect(existsSync(join(found.cgroup, "probe"))).toBe(false);
    expect(removeCgroup(found.cgroup)).toBe(true);
  }
});

it("a group that is not there has no members, and removing it twice is fine", () => {
  const folder = mkdtempSync(join(tmpdir(), "aos-cgroup-"));
  const gone = join(folder, "gone");
  expect([cgroupMembers(gone), cgroupPopulated(gone), removeCgroup(gone)]).toEqual([[], false, true]);
  expect(() => killCgroup(gone)).not.toThrow();
  makeCgroup(gone);
  expect(removeCgroup(gone)).toBe(true);
  rmSync(folder, { recursive: true });
});
