import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Aosd } from "../../demo/aosd.ts";
import { addressOf, codeOf, createHouse, logged, otherCode, pair, refusalOf, seenBy, until, type Owned } from "./support/house.ts";
import { startForwarder, startTlsRelay } from "./support/relay.ts";

const house = createHouse("pairing");
let main: Owned;
const add = (address: string, code: string) => refusalOf(main.owner.ask((client) => client.rack.node.add({ address, code })));
const members = async () => (await main.owner.ask((client) => client.rack.snapshot())).nodes.map((node) => node.id).toSorted();

beforeAll(async () => {
  main = await house.startMain("main");
});
afterAll(() => house.end());

describe("pairing of real daemons", () => {
  test("a plain TCP forwarder between the two works, and the logs of both hold the proof", async () => {
    const node = await house.startMember("forwarded");
    const forwarder = await startForwarder({ port: node.lan });
    try {
      expect(await add(forwarder.address, await codeOf(node))).toEqual({ code: "answered" });
      await until("online through the forwarder", 5000, async () => (await seenBy(main.owner, node.id))?.state === "online");
      expect(forwarder.connections()).toBeGreaterThanOrEqual(2);
    } finally {
      await forwarder.close();
    }
    await until(
      "both logs",
      3000,
      () => logged(node.stateDir, "pairing.spake2p-confirmed").length > 0 && logged(main.node.stateDir, "pairing.spake2p-confirmed").length > 0,
    );
    expect(logged(node.stateDir, "pairing.spake2p-confirmed")).toMatchObject([{ side: "responder", peer: main.node.id }]);
    expect(logged(main.node.stateDir, "pairing.spake2p-confirmed")).toMatchObject([{ side: "initiator", peer: node.id }]);
  });

  test.each([
    ["that keeps the node's id", false, "access.channel-mismatch"],
    ["that puts its own id in its place", true, "access.code-wrong"],
  ])("a relay that ends TLS %s is refused, although the code is right", async (_, lies, refusal) => {
    const node = await house.startMember(`relayed-${String(lies)}`);
    const relay = await startTlsRelay({ port: node.lan, id: node.id }, lies);
    const before = await members();
    try {
      expect((await add(relay.address, await codeOf(node))).code).toBe(refusal);
      expect(relay.connections()).toBe(1);
    } finally {
      await relay.close();
    }
    expect(await members()).toEqual(before);
    expect((await node.link.ask((client) => client.access.me())).aosd).toMatchObject({ standing: "new", rackName: null });
    expect(logged(node.stateDir, "pairing.spake2p-confirmed")).toEqual([]);
  });

  test("a wrong code five times closes the window, the right one is then refused too, and opening it again helps", async () => {
    const node = await house.startMember("guessed");
    const code = await codeOf(node);
    for (const triesLeft of [4, 3, 2, 1, 0]) expect(await add(addressOf(node), otherCode(code))).toEqual({ code: "access.code-wrong", data: { triesLeft } });
    expect(await add(addressOf(node), code)).toEqual({ code: "access.window-closed", data: { reason: "too-many-tries" } });
    expect(await node.link.ask((client) => client.access.window.get())).toEqual({ state: "closed", reason: "too-many-tries" });

    const window = await node.link.ask((client) => client.access.window.open());
    expect(window).toMatchObject({ state: "open", triesLeft: 5 });
    expect(window.state === "open" && window.code).not.toBe(code);
    expect((await add(addressOf(node), code)).code).toBe("access.code-wrong");
    await pair(main.owner, node);
    await until("online", 5000, async () => (await seenBy(main.owner, node.id))?.state === "online");
  });

  test("a closed window is refused", async () => {
    const node = await house.startMember("closed");
    const code = await codeOf(node);
    await node.link.ask((client) => client.access.window.close());
    expect(await add(addressOf(node), code)).toEqual({ code: "access.window-closed", data: { reason: "closed" } });
  });

  test("a node of another rack refuses, with its window open and the right code", async () => {
    const other = await house.startMain("other-rack", ["--rack-name", "남의 랙"]);
    const { aosd } = await other.node.link.ask((client) => client.access.me());
    expect(aosd.standing).toBe("rack");
    await other.owner.ask((client) => client.access.window.open());
    expect(await add(addressOf(other.node), await codeOf(other.node))).toEqual({ code: "access.already-in-rack", data: { rack: "남의 랙" } });
    const after = await other.node.link.ask((client) => client.access.me());
    expect(after.aosd).toMatchObject({ standing: "rack", rackName: "남의 랙" });
  });

  test("a member that is already in takes no second rack, and stays where it is", async () => {
    const node = await house.startMember("settled");
    await pair(main.owner, node);
    await node.link.ask((client) => client.access.window.open());
    const thief = await house.startMain("thief");
    const code = await codeOf(node);
    expect((await refusalOf(thief.owner.ask((client) => client.rack.node.add({ address: addressOf(node), code })))).code).toBe("access.already-in-rack");
    expect((await node.link.ask((client) => client.access.me())).aosd.rackName).not.toBeNull();
    await until("still online", 5000, async () => (await seenBy(main.owner, node.id))?.state === "online");
  });

  test("what answers without being an aosd, and what answers not at all, are told apart", async () => {
    const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    try {
      expect((await add(`127.0.0.1:${(web.address() as AddressInfo).port}`, "12345678")).code).toBe("access.not-an-aos");
      expect((await add("127.0.0.1:1", "12345678")).code).toBe("access.not-responding");
      expect((await add("not an address", "12345678")).code).toBe("rack.address-invalid");
    } finally {
      web.close();
    }
  });

  test("no log and no file holds a pairing code", async () => {
    const node = await house.startMember("logs");
    const code = await codeOf(node);
    expect((await add(addressOf(node), otherCode(code))).code).toBe("access.code-wrong");
    await pair(main.owner, node);
    for (const dir of [node.stateDir, main.node.stateDir]) {
      const text = readFileSync(join(dir, "log", "aosd.log"), "utf8");
      expect(text).not.toContain(code);
      expect(text).not.toContain(otherCode(code));
    }
  });

  test("no flag and no variable sets a code", async () => {
    await Promise.all(
      ["--pairing-code", "--code", "--window-code"].map((flag) => expect(house.start(`flagged${flag}`, [flag, "12345678"])).rejects.toThrow("Unknown option")),
    );
    const node = await house.startMember("variable", "pool", [], { AOS_PAIRING_CODE: "12345678", AOS_CODE: "12345678", AOS_WINDOW_CODE: "12345678" });
    expect(await codeOf(node)).not.toBe("12345678");
  });
});

describe("pairing without a code", () => {
  let node: Aosd;
  beforeAll(async () => {
    node = await house.startMember("plain");
  });
  test("needs TLS: loopback and the local socket have no channel to bind to", async () => {
    expect((await refusalOf(node.link.ask((client) => client.access.pair.parameters()))).code).toBe("access.needs-tls");
  });
});
