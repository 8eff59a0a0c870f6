import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { ButtonVerdict } from "./domain/judge.ts";
import { layCable } from "./testing/cable.ts";
import { freeUdpPort } from "./testing/free-port.ts";
import { startSimulatedButton, startSimulatedUdpButton } from "./testing/simulated-button.ts";
import { watchReader } from "./testing/watch-reader.ts";

const hasSocat = existsSync("/usr/bin/socat");
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of undo.splice(0).toReversed()) await end();
});

/** A cable, a button at its far end, and a reader at the near one that already hears RUN. */
async function wired() {
  const key = randomBytes(32);
  const cable = await layCable();
  undo.push(cable.remove);
  const button = await startSimulatedButton(cable.button, key);
  undo.push(button.unplug);
  const reader = watchReader({ kind: "serial", path: cable.host }, key);
  undo.push(reader.stop);
  await reader.until(({ state }) => state === "run");
  return { key, cable, button, reader };
}

describe.skipIf(!hasSocat)("a button on a cable", () => {
  it("is run while released, renewed ten times a second, and stop at once when pressed", async () => {
    const { button, reader } = await wired();
    const before = reader.renewed.length;
    await sleep(1000);
    expect(reader.renewed.length - before).toBeGreaterThanOrEqual(8);
    expect(reader.renewed.length - before).toBeLessThanOrEqual(12);
    const pressed = reader.clock.mono();
    const seen = reader.until(({ reason }) => reason === "pressed");
    button.press();
    expect((await seen) - pressed).toBeLessThan(150);
    await sleep(200);
    expect(reader.view()).toMatchObject({ state: "stop", reason: "pressed" });
    button.release();
    await reader.until(({ state }) => state === "run");
  });

  it("is stop (held) after 5 s, and run again after the release", async () => {
    const { button, reader } = await wired();
    const start = reader.clock.mono();
    button.press();
    expect((await reader.until(({ reason }) => reason === "held")) - start).toBeGreaterThan(4900);
    button.release();
    await reader.until(({ state }) => state === "run");
  });

  it("is stop when only one contact opens, and a fault when that lasts 500 ms", async () => {
    const { button, reader } = await wired();
    const start = reader.clock.mono();
    button.setContacts(true, false);
    expect((await reader.until(({ reason }) => reason === "pressed")) - start).toBeLessThan(150);
    const fault = (await reader.until(({ reason }) => reason === "fault")) - start;
    expect(fault).toBeGreaterThan(450);
    expect(fault).toBeLessThan(800);
    button.setContacts(true, true);
    await reader.until(({ state }) => state === "run");
  });

  it("is stop within 300 ms and a tick when the button falls silent, and heard again under a new nonce", async () => {
    const { button, reader } = await wired();
    const start = reader.clock.mono();
    button.freeze();
    expect((await reader.until(({ reason }) => reason === "silent")) - start).toBeLessThan(450);
    const nonce = button.spoken.at(-1)?.split(" ")[3];
    button.thaw();
    await reader.until(({ state }) => state === "run");
    expect(button.spoken.at(-1)?.split(" ")[3]).not.toBe(nonce);
  });

  it("is stop when the cable is out, and run again when it is back", async () => {
    const { key, cable, reader } = await wired();
    const start = reader.clock.mono();
    await cable.cut();
    expect((await reader.until(({ state }) => state === "stop")) - start).toBeLessThan(450);
    await reader.until(({ reason }) => reason === "unplugged");
    const renewed = reader.renewed.length;
    await sleep(500);
    expect(reader.renewed.length).toBe(renewed);
    await cable.plug();
    const again = await startSimulatedButton(cable.button, key);
    undo.push(again.unplug);
    await reader.until(({ state }) => state === "run");
  });

  it("takes one piece of noise beside good frames, and stops at a stream of it", async () => {
    const { button, reader } = await wired();
    const told = reader.told.length;
    button.say("x");
    await sleep(300);
    expect(reader.told.length).toBe(told);
    for (const noise of ["AOS1 RUN", "\u0000\u0001\u00ff", "AOS1 RUN 5 00 00", "zzz"]) button.say(noise);
    await reader.until(({ reason }) => reason === "garbage");
    await reader.until(({ state }) => state === "run");
  });

  it("a recording neither renews nor starts: not in the same session, not in a later one", async () => {
    const { key, cable, button, reader } = await wired();
    await sleep(500);
    const recorded = button.spoken.filter((line) => line.startsWith("AOS1 RUN"));
    expect(recorded.length).toBeGreaterThan(4);
    button.freeze();
    await reader.until(({ state }) => state === "stop");
    let renewed = reader.renewed.length;
    for (const line of recorded) button.say(line);
    await reader.until(({ reason }) => reason === "replayed");
    expect(reader.renewed.length).toBe(renewed);
    await cable.cut();
    await reader.until(({ reason }) => reason === "unplugged");
    await cable.plug();
    const player = await startSimulatedButton(cable.button, null);
    undo.push(player.unplug);
    await reader.until(({ reason }) => reason !== "unplugged");
    renewed = reader.renewed.length;
    for (let round = 0; round < 5; round++) {
      for (const line of recorded) player.say(line);
      await sleep(100);
      expect(reader.view().state).toBe("stop");
    }
    expect(reader.renewed.length).toBe(renewed);
    expect(key.length).toBe(32);
  });

  it("a button with another key is never run", async () => {
    const cable = await layCable();
    undo.push(cable.remove);
    const button = await startSimulatedButton(cable.button, randomBytes(32));
    undo.push(button.unplug);
    const reader = watchReader({ kind: "serial", path: cable.host }, randomBytes(32));
    undo.push(reader.stop);
    await reader.until(({ reason }) => reason === "bad-mac");
    await sleep(1200);
    expect(reader.renewed).toEqual([]);
    expect(reader.told.map(({ view }) => view.state)).not.toContain("run");
  });

  it("a button that restarts is asked anew, and stop until it answered", async () => {
    const { button, reader } = await wired();
    const told = reader.told.length;
    button.restart();
    await reader.until(({ reason }) => reason === "no-hello");
    await reader.until(({ state }) => state === "run");
    expect(reader.told.slice(told).map(({ view }) => view.state)).toEqual(["stop", "run"]);
  });

  it("a port that isn't there is unplugged, and is found when it comes", async () => {
    const { key, cable, button, reader } = await wired();
    await reader.stop();
    await button.unplug();
    await cable.cut();
    const late = watchReader({ kind: "serial", path: cable.host }, key);
    undo.push(late.stop);
    await sleep(600);
    expect(late.view()).toMatchObject({ state: "stop", reason: "unplugged", renewedAtMono: null });
    expect(late.told).toEqual([]);
    await cable.plug();
    const again = await startSimulatedButton(cable.button, key);
    undo.push(again.unplug);
    await late.until(({ state }) => state === "run");
  });

  it("a port that hangs while it looks open is opened anew", async () => {
    const { key, cable, reader: first } = await wired();
    await first.stop();
    const reader = watchReader({ kind: "serial", path: cable.host }, key, { reopenAfterMs: 1000 });
    undo.push(reader.stop);
    await reader.until(({ state }) => state === "run");
    const holders = execFileSync("pgrep", ["-f", `serial-process.ts ${cable.host}$`], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(holders.length).toBe(1);
    process.kill(Number(holders[0]), "SIGSTOP");
    await reader.until(({ reason }) => reason === "silent");
    await reader.until(({ state }) => state === "run");
    expect(reader.links).toEqual(["open", "closed", "open"]);
    expect(() => process.kill(Number(holders[0]), 0)).toThrow("ESRCH");
  });

  it("works in a worker thread, and lets the port go when it is stopped", async () => {
    const { key, cable, button, reader } = await wired();
    await reader.stop();
    const worker = new Worker(new URL("./testing/worker-reader.ts", import.meta.url), { workerData: { source: { kind: "serial", path: cable.host }, key } });
    undo.push(() => worker.terminate());
    const heard: ButtonVerdict[] = [];
    worker.on("message", (view: ButtonVerdict) => void heard.push(view));
    const until = async (state: string) => {
      for (let tries = 0; tries < 400 && heard.at(-1)?.state !== state; tries++) await sleep(20);
      expect(heard.at(-1)?.state).toBe(state);
    };
    await until("run");
    button.press();
    await until("stop");
    expect(heard.at(-1)?.reason).toBe("pressed");
    button.release();
    await until("run");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage("stop");
    const [code] = (await once(worker, "exit")) as [number];
    expect(code).toBe(0);
  });
});

describe("a button on the network", () => {
  /** A reader on a free port, and a button that sends there. */
  async function networked() {
    const to = { host: "127.0.0.1", port: await freeUdpPort() };
    const key = randomBytes(32);
    const reader = watchReader({ kind: "udp", ...to }, key);
    undo.push(reader.stop);
    const button = await startSimulatedUdpButton(to, key);
    undo.push(button.unplug);
    return { to, key, reader, button };
  }

  it("is found by its own datagrams, runs, stops when pressed and when it is gone", async () => {
    const { reader, button } = await networked();
    await reader.until(({ state }) => state === "run");
    button.press();
    await reader.until(({ reason }) => reason === "pressed");
    button.release();
    await reader.until(({ state }) => state === "run");
    const start = reader.clock.mono();
    await button.unplug();
    expect((await reader.until(({ state }) => state === "stop")) - start).toBeLessThan(450);
    expect(reader.view().reason).toBe("silent");
  });

  it("a stranger's datagrams are not answered, and can only stop", async () => {
    const { to, reader, button } = await networked();
    await reader.until(({ state }) => state === "run");
    const stranger = createSocket("udp4");
    undo.push(() => new Promise((resolve) => stranger.close(() => resolve(null))));
    const answers: string[] = [];
    stranger.on("message", (datagram) => answers.push(datagram.toString()));
    const forged = `AOS1 RUN 4000000000 ${button.spoken.at(-1)?.split(" ")[3]} ${"0".repeat(32)}\n`;
    for (let round = 0; round < 4; round++) stranger.send(forged, to.port, to.host);
    await reader.until(({ reason }) => reason === "bad-mac");
    await reader.until(({ state }) => state === "run");
    await sleep(1100);
    expect(answers).toEqual([]);
  });
});
