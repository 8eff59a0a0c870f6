import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { claims, frameLine } from "./domain/frame.ts";
import { enrol } from "./enrol.ts";
import { fingerprintOf, hmacSha256 } from "./mac.ts";
import { layCable } from "./testing/cable.ts";
import { freeUdpPort } from "./testing/free-port.ts";
import { watchReader } from "./testing/watch-reader.ts";

const compiler = ["/usr/bin/g++", "/usr/bin/clang++"].find((path) => existsSync(path));
const hasSocat = existsSync("/usr/bin/socat");
const firmware = fileURLToPath(new URL("../../../../resources/firmware/button/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "aos-firmware-"));
const program = join(folder, "check");
const networked = join(folder, "check-udp");

/** The sketch as a program of this machine, for the cable or for the network. */
async function compile(to: string, ethernet: 0 | 1) {
  if (compiler === undefined) return;
  const strict = ["-std=c++11", "-Wall", "-Wextra", "-Werror", "-O1"];
  await promisify(execFile)(compiler, [...strict, `-DAOS_ETHERNET=${ethernet}`, "-I", join(firmware, "check"), "-o", to, join(firmware, "check", "check.cpp")]);
}
beforeAll(() => Promise.all([compile(program, 0), compile(networked, 1)]));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the firmware's code answers to these lines. */
function asked(lines: readonly string[]): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.once("error", reject);
  child.once("close", () => resolve(out.trimEnd().split("\n")));
  child.stdin.end(`${lines.join("\n")}\n`);
  return promise;
}

describe.skipIf(compiler === undefined)("the button's firmware, compiled for this machine", () => {
  it("hashes and signs as Node does, at every length around a block's edge", async () => {
    const key = randomBytes(32);
    const texts = Array.from({ length: 200 }, (_, length) => "x".repeat(length + 1));
    const hashes = await asked(texts.map((text) => `sha ${text}`));
    expect(hashes).toEqual(texts.map((text) => createHash("sha256").update(text).digest("hex")));
    const macs = await asked(texts.map((text) => `hmac ${key.toString("hex")} ${text}`));
    expect(macs).toEqual(texts.map((text) => hmacSha256(key, text)));
  });

  it("writes each frame byte by byte as the daemon reads it", async () => {
    const hex = (digits: number) =>
      fc.array(fc.constantFrom(..."0123456789abcdef".split("")), { minLength: digits, maxLength: digits }).map((all) => all.join(""));
    const frames = fc.sample(
      fc.record({ key: hex(64), claim: fc.constantFrom(...claims), seq: fc.integer({ min: 0, max: 2 ** 32 - 1 }), nonce: hex(16) }),
      1000,
    );
    const written = await asked(frames.map(({ key, claim, seq, nonce }) => `frame ${key} ${claim} ${seq} ${nonce}`));
    expect(written).toEqual(frames.map(({ key, ...frame }) => frameLine(frame, Buffer.from(key, "hex"), hmacSha256)));
  });

  it("judges its contacts: bounce, press, held, disagreement, and a counter that wraps", async () => {
    const at = (a: number, b: number, ms: number) => `look ${a} ${b} ${ms}`;
    const said = async (...looks: string[]) => (await asked(looks)).map((line) => line.split(" ")[0]);
    expect(await said(at(1, 1, 0), at(1, 1, 49), at(1, 1, 50), at(0, 0, 51), at(1, 1, 52), at(0, 0, 60), at(1, 1, 61), at(1, 1, 111))).toEqual([
      "STOP",
      "STOP",
      "RUN",
      "STOP",
      "STOP",
      "STOP",
      "STOP",
      "RUN",
    ]);
    expect(await said(at(0, 0, 100), at(0, 0, 5099), at(0, 0, 5100), at(0, 0, 9000), at(1, 1, 9001))).toEqual(["STOP", "STOP", "HELD", "HELD", "STOP"]);
    // From one contact to the other is one disagreement.
    expect(await said(at(1, 0, 0), at(0, 1, 300), at(0, 1, 499), at(0, 1, 500), at(0, 0, 501))).toEqual(["STOP", "STOP", "STOP", "FAULT", "STOP"]);
    const end = 2 ** 32;
    expect(await said(at(0, 0, end - 1000), at(0, 0, 3999), at(0, 0, 4000), at(0, 0, end - 500))).toEqual(["STOP", "STOP", "HELD", "HELD"]);
  });

  it("takes a key only while it is held pressed, and only a whole one", async () => {
    const key = randomBytes(32);
    const offer = `hear AOS1 ENROL ${key.toString("hex")}`;
    expect(
      await asked([
        "look 1 1 0",
        offer,
        "look 0 0 100",
        offer,
        "hear AOS1 ENROL 00ff",
        `${offer}00`,
        "hear AOS1 HOST 192.0.2.1 4710",
        "hear AOS1 HOST 192.0.2.256 1",
        "hear nonsense",
      ]),
    ).toEqual([
      "STOP -",
      "AOS1 REFUSED ENROL not-held",
      "STOP -",
      `AOS1 ENROLLED ${fingerprintOf(key)}`,
      "AOS1 REFUSED ENROL malformed",
      "AOS1 REFUSED ENROL malformed",
      "AOS1 REFUSED HOST no-network",
      "AOS1 REFUSED HOST malformed",
      "-",
    ]);
  });

  it.skipIf(!hasSocat)("runs against the daemon's reader over a cable: enrolled, run, pressed, fault, held", async () => {
    const cable = await layCable();
    const button = spawn(program, [cable.button], { stdio: ["pipe", "ignore", "inherit"] });
    const contacts = (a: boolean, b: boolean) => button.stdin.write(`${Number(a)} ${Number(b)}\n`);
    const key = randomBytes(32);
    try {
      contacts(false, false);
      await enrol({ path: cable.host, key, clock: createClock() });
      const reader = watchReader({ kind: "serial", path: cable.host }, key);
      try {
        await reader.until(({ reason }) => reason === "pressed" || reason === "held");
        contacts(true, true);
        await reader.until(({ state }) => state === "run");
        const before = reader.renewed.length;
        await sleep(1000);
        expect(reader.view().state).toBe("run");
        expect(reader.renewed.length - before).toBeGreaterThanOrEqual(8);
        expect(reader.renewed.length - before).toBeLessThanOrEqual(12);
        contacts(true, false);
        await reader.until(({ reason }) => reason === "fault");
        contacts(false, false);
        await reader.until(({ reason }) => reason === "held");
        contacts(true, true);
        await reader.until(({ state }) => state === "run");
        button.kill("SIGSTOP");
        await reader.until(({ reason }) => reason === "silent");
        button.kill("SIGCONT");
        await reader.until(({ state }) => state === "run");
      } finally {
        await reader.stop();
      }
    } finally {
      button.kill("SIGKILL");
      await cable.remove();
    }
  });

  it.skipIf(!hasSocat)("runs against the daemon's reader over the network, once it was told where that is", async () => {
    const cable = await layCable();
    const button = spawn(networked, [cable.button], { stdio: ["pipe", "ignore", "inherit"] });
    const contacts = (a: boolean, b: boolean) => button.stdin.write(`${Number(a)} ${Number(b)}\n`);
    const key = randomBytes(32);
    const port = await freeUdpPort();
    try {
      contacts(false, false);
      await enrol({ path: cable.host, key, clock: createClock(), host: { address: "127.0.0.1", port } });
      const reader = watchReader({ kind: "udp", host: "127.0.0.1", port }, key);
      try {
        contacts(true, true);
        await reader.until(({ state }) => state === "run");
        contacts(false, false);
        await reader.until(({ reason }) => reason === "pressed");
        contacts(true, true);
        await reader.until(({ state }) => state === "run");
        button.kill("SIGKILL");
        await reader.until(({ reason }) => reason === "silent");
      } finally {
        await reader.stop();
      }
    } finally {
      button.kill("SIGKILL");
      await cable.remove();
    }
  });
});
