import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createClock } from "../../kernel/clock.ts";
import { enrol } from "./enrol.ts";
import { fingerprintOf } from "./mac.ts";
import { listPorts, openSerial } from "./serial.ts";
import { layCable } from "./testing/cable.ts";
import { startSimulatedButton } from "./testing/simulated-button.ts";
import { watchReader } from "./testing/watch-reader.ts";

const hasSocat = existsSync("/usr/bin/socat");
const clock = createClock();
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of undo.splice(0).toReversed()) await end();
});
async function wired(key: Uint8Array | null = null) {
  const cable = await layCable();
  undo.push(cable.remove);
  const button = await startSimulatedButton(cable.button, key);
  undo.push(button.unplug);
  return { cable, button };
}

describe.skipIf(!hasSocat)("enrolling a button", () => {
  it("gives it the key while it is held pressed, and it runs with that key and no other", async () => {
    const { cable, button } = await wired(randomBytes(32));
    const key = randomBytes(32);
    button.press();
    await enrol({ path: cable.host, key, clock });
    button.release();
    const reader = watchReader({ kind: "serial", path: cable.host }, key);
    undo.push(reader.stop);
    await reader.until(({ state }) => state === "run");
  });

  it("waits until the person presses", async () => {
    const { cable, button } = await wired();
    const key = randomBytes(32);
    const enrolling = enrol({ path: cable.host, key, clock });
    await sleep(600);
    button.press();
    await enrolling;
    expect(button.spoken).toContain(`AOS1 ENROLLED ${fingerprintOf(key)}`);
  });

  it("says when nobody held it, and the key that it had stays", async () => {
    const key = randomBytes(32);
    const { cable } = await wired(key);
    await expect(enrol({ path: cable.host, key: randomBytes(32), clock, withinMs: 600 })).rejects.toMatchObject({ code: "not-held" });
    const reader = watchReader({ kind: "serial", path: cable.host }, key);
    undo.push(reader.stop);
    await reader.until(({ state }) => state === "run");
  });

  it("tells a button for the network where its datagrams go", async () => {
    const { cable, button } = await wired();
    button.press();
    await enrol({ path: cable.host, key: randomBytes(32), clock, host: { address: "192.0.2.10", port: 4710 } });
    expect(button.target).toEqual({ host: "192.0.2.10", port: 4710 });
  });

  it("tells apart a port that isn't there, one where nobody answers, and one that confirms another key", async () => {
    const { cable, button } = await wired();
    await expect(enrol({ path: `${cable.host}-not`, key: randomBytes(32), clock })).rejects.toMatchObject({ code: "not-found" });
    button.freeze();
    await expect(enrol({ path: cable.host, key: randomBytes(32), clock, withinMs: 500 })).rejects.toMatchObject({ code: "no-answer" });
    const another = async () => {
      await sleep(200);
      button.say("AOS1 ENROLLED 00000000");
    };
    await Promise.all([
      expect(enrol({ path: cable.host, key: randomBytes(32), clock, withinMs: 2000 })).rejects.toMatchObject({ code: "wrong-answer" }),
      another(),
    ]);
  });

  it("refuses a key of another length before it opens anything", async () => {
    await expect(enrol({ path: "nowhere", key: new Uint8Array(16), clock })).rejects.toThrow("32 bytes");
  });
});

describe("serial ports", () => {
  it("are listed, each with a path", async () => {
    for (const { path, maker } of await listPorts()) {
      expect(path).not.toBe("");
      expect(maker === null || maker.length > 0).toBe(true);
    }
  });

  it.skipIf(!hasSocat)("the process that holds one ends when its opener does", async () => {
    const { cable } = await wired();
    const holder = spawn(process.execPath, [fileURLToPath(new URL("./serial-process.ts", import.meta.url)), cable.host], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    holder.stdin.end();
    expect(await once(holder, "exit")).toEqual([0, null]);
  });

  it.skipIf(!hasSocat)("are dropped as closed once, though the other end dies with a write under way", async () => {
    const cable = await layCable();
    undo.push(cable.remove);
    const closed: string[] = [];
    const link = await openSerial(cable.host, { onLine: () => false, onClosed: (why) => void closed.push(why) });
    await cable.cut();
    for (let tries = 0; tries < 20 && closed.length === 0; tries++) {
      link.send("AOS1 HELLO 0000000000000001");
      await sleep(50);
    }
    await sleep(200);
    expect(closed.length).toBe(1);
    await link.close();
  });
});
