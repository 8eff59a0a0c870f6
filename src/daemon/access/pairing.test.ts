import { expect, test } from "vitest";
import { createClock } from "../kernel/clock.ts";
import { createIds } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { createPairing } from "./pairing.ts";
import { fromHex, initiate, pairingContext, sameBytes, toHex } from "./spake.ts";

const make = () => createPairing({ clock: createClock(), ids: createIds(), log: silentLog, ownId: "responder", onWindow: () => {} });
const openCode = (pairing: ReturnType<typeof make>) => {
  const window = pairing.open();
  if (window.state !== "open") throw new Error("closed");
  return window.code;
};
/** One try as an initiator: what it would send as its proof, and whether it believed the responder. */
async function attempt(pairing: ReturnType<typeof make>, code: string, binding = { initiator: "b", responder: "b" }) {
  const scratch = new Map<string, unknown>();
  const { windowId, salt, iterations } = await pairing.parameters();
  const side = await initiate(
    code,
    fromHex(salt),
    iterations,
    pairingContext({ binding: binding.initiator, windowId, initiatorId: "initiator", responderId: "responder" }),
  );
  const { y, proof } = await pairing.begin({ windowId, initiatorId: "initiator", x: toHex(side.x) }, binding.responder, scratch);
  const { own, expected } = await side.proofs(fromHex(y));
  return { own: toHex(own), believed: sameBytes(expected, fromHex(proof)), scratch };
}

test("200 windows give 200 different codes of eight digits", () => {
  const pairing = make();
  const codes = new Set(Array.from({ length: 200 }, () => openCode(pairing)));
  expect(codes.size).toBe(200);
  for (const code of codes) expect(code).toMatch(/^\d{8}$/);
});

test("the right code proves itself once; the same proof again is refused", async () => {
  const pairing = make();
  const { own, believed, scratch } = await attempt(pairing, openCode(pairing));
  expect(believed).toBe(true);
  expect(pairing.prove(own, scratch)).toBe("initiator");
  expect(() => pairing.prove(own, scratch)).toThrow("access.window-closed");
  expect(pairing.view()).toEqual({ state: "closed", reason: "used" });
});

test("a proof recorded on one connection is worth nothing on another", async () => {
  const pairing = make();
  const code = openCode(pairing);
  const { own } = await attempt(pairing, code);
  const other = await attempt(pairing, code);
  expect(() => pairing.prove(own, other.scratch)).toThrow("access.code-wrong");
});

test("two TLS connections (a relay that ends TLS) never agree, although the code is right", async () => {
  const pairing = make();
  const { own, believed, scratch } = await attempt(pairing, openCode(pairing), { initiator: "outer", responder: "inner" });
  expect(believed).toBe(false);
  expect(() => pairing.prove(own, scratch)).toThrow("access.code-wrong");
});

test("a wrong code five times closes the window", async () => {
  const pairing = make();
  const code = openCode(pairing);
  const wrong = code === "00000000" ? "00000001" : "00000000";
  for (let i = 0; i < 5; i++) {
    const { own, believed, scratch } = await attempt(pairing, wrong);
    expect(believed).toBe(false);
    expect(() => pairing.prove(own, scratch)).toThrow("access.code-wrong");
  }
  expect(pairing.view()).toEqual({ state: "closed", reason: "too-many-tries" });
  await expect(attempt(pairing, code)).rejects.toThrow("access.window-closed");
});

test("a share that is no point of the curve costs a try and is refused", async () => {
  const pairing = make();
  openCode(pairing);
  const { windowId } = await pairing.parameters();
  await expect(pairing.begin({ windowId, initiatorId: "i", x: "04".padEnd(130, "0") }, "b", new Map())).rejects.toThrow("access.code-wrong");
  expect(pairing.view()).toMatchObject({ triesLeft: 4 });
});

test("a browser's wrong code costs a try, its right code uses the window up", () => {
  const pairing = make();
  const code = openCode(pairing);
  expect(() => pairing.useCode(code === "11111111" ? "22222222" : "11111111")).toThrow("access.code-wrong");
  expect(pairing.view()).toMatchObject({ triesLeft: 4 });
  pairing.useCode(code);
  expect(pairing.view()).toEqual({ state: "closed", reason: "used" });
});
