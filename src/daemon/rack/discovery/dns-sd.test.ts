import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { createDnsSdDiscovery, parseBrowseLine, parseResolve } from "./dns-sd.ts";
import type { Sighting } from "./port.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aos-dns-sd-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const id = "abcdefghij234567";
const txt = ` id=${id} role=main,llm rack=r1 rn=Flower\\ shop nn=Node\\ 1 v=0.1.0 fp=AA:BB pair=open`;

test("a browse line is read, also with spaces in the name; headings are not", () => {
  expect(parseBrowseLine("14:32:01.123  Add        2   4 local.               _aosnode._tcp.       Node 1 abc")).toEqual({ change: "add", name: "Node 1 abc" });
  expect(parseBrowseLine("14:32:09.001  Rmv        0   4 local.               _aosnode._tcp.       Node 1 abc")).toEqual({
    change: "remove",
    name: "Node 1 abc",
  });
  expect(parseBrowseLine("Timestamp     A/R    Flags  if Domain               Service Type         Instance Name")).toBeUndefined();
});

test("a resolve answer is read with its escaped TXT", () => {
  const text = `14:32:01.200  Node\\0321._aosnode._tcp.local. can be reached at aos-${id}.local.:7443 (interface 4)\n${txt}\n`;
  expect(parseResolve(text)).toEqual({
    host: `aos-${id}.local`,
    port: 7443,
    txt: expect.objectContaining({ id, rn: "Flower shop", nn: "Node 1", pair: "open" }),
  });
  expect(parseResolve("nothing")).toBeUndefined();
});

test("the system's client is run to announce, browse and resolve, and ends with us", async () => {
  const command = join(dir, "dns-sd");
  const calls = join(dir, "calls");
  // Stands in for macOS's program, which is not here: it prints what its manual shows.
  writeFileSync(
    command,
    `#!/bin/sh\necho "$@" >> ${calls}\ncase "$1" in\n-B) echo "14:32:01.123  Add  2  4 local. _aosnode._tcp. Node 1"; sleep 0.4; echo "14:32:02.123  Rmv  0  4 local. _aosnode._tcp. Node 1";;\n-L) printf '%s\\n%s\\n' "14:32:01.200 x can be reached at aos-${id}.local.:7443 (interface 4)" '${txt}';;\nesac\nexec sleep 30\n`,
  );
  chmodSync(command, 0o755);
  const seen: Sighting[] = [];
  const gone: string[] = [];
  const discovery = createDnsSdDiscovery({ clock: createClock(), log: silentLog, command, events: { up: (s) => seen.push(s), down: (one) => gone.push(one) } });
  discovery.start();
  discovery.announce({
    id: "b".repeat(16),
    name: "We",
    roles: ["pool"],
    rackId: null,
    rackName: null,
    version: "1",
    fp: "CC",
    pairing: "closed",
    port: 7000,
    loopbackOnly: false,
  });
  await expect.poll(() => gone, { timeout: 5000 }).toEqual([id]);
  expect(seen[0]).toMatchObject({
    id,
    name: "Node 1",
    roles: ["main", "llm"],
    rackName: "Flower shop",
    pairing: "open",
    port: 7443,
    addresses: [`aos-${id}.local`],
  });
  expect(discovery.state()).toBe("listening");
  expect(readFileSync(calls, "utf8")).toContain("-R We bbbbbbbbbbbbbbbb _aosnode._tcp local 7000");
  await discovery.stop();
  expect(discovery.state()).toBe("off");
});
