import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, isGone } from "./errno.ts";

/** Groups of processes that the kernel keeps together, whatever they fork (cgroup v2). `folder` names one. */

/** Makes the group. Throws when the system won't. */
export function makeCgroup(folder: string): void {
  mkdirSync(folder, { recursive: true });
}

/** Members, also those of groups below it; empty when the group is gone. */
export function cgroupMembers(folder: string): number[] {
  try {
    const own = readFileSync(join(folder, "cgroup.procs"), "latin1")
      .split("\n")
      .filter((line) => line !== "");
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own.map(Number), ...below.flatMap((entry) => cgroupMembers(join(folder, entry.name)))];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Whether anybody is in it, by the kernel's own count. The list of members can miss one that is just being forked; this can't. */
export function cgroupPopulated(folder: string): boolean {
  try {
    return !/^populated 0$/m.test(readFileSync(join(folder, "cgroup.events"), "latin1"));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** SIGKILL to every member at once, by the kernel: no fork escapes. A group that is gone has nobody left. */
export function killCgroup(folder: string): void {
  try {
    writeFileSync(join(folder, "cgroup.kill"), "1");
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Removes an empty group and those below it. False while somebody is still in it. */
export function removeCgroup(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (isGone(error)) return true;
    if (errnoOf(error) === "EBUSY") return false;
    throw error;
  }
}
