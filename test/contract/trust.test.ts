import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPrivateKey } from "node:crypto";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeIdOf } from "../../src/daemon/access/keys.ts";
import { DAY } from "../../src/daemon/access/certificates.ts";
import type { Aosd } from "../../demo/aosd.ts";
import { addressOf, codeOf, codesOf, createHouse, logged, pair, refusalOf, seenBy, until, type Owned } from "./support/house.ts";
import { freshKey, https, knock, materialOf, signedBy, signedByStranger, type Shown } from "./support/peer.ts";

const house = createHouse("trust");
let main: Owned;
let pool: Aosd;
let storage: Aosd;

beforeAll(async () => {
  main = await house.startMain("main");
  pool = await house.startMember("pool");
  storage = await house.startMember("storage", "storage");
  for (const node of [pool, storage]) await pair(main.owner, node);
  for (const node of [pool, storage]) await until("online", 5000, async () => (await seenBy(main.owner, node.id))?.state === "online");
});
afterAll(() => house.end());

const roleOf = async (port: number, shown: Shown) => {
  const answer = await knock(port, shown);
  if (!answer.open) return answer.body;
  try {
    return (await answer.client.access.me()).role;
  } finally {
    answer.socket.terminate();
  }
};
/** Refused at the upgrade and over HTTP, both for this reason. */
const expectRefused = async (port: number, shown: Shown, reason: string) => {
  const refusal = { code: "access.peer-certificate", data: { reason } };
  expect(await knock(port, shown)).toMatchObject({ open: false, status: 502, body: refusal });
  expect(await https(port, "/api/me", shown)).toMatchObject({ status: 502, body: refusal });
  expect(await https(port, "/api/rack", shown)).toMatchObject({ status: 502, body: refusal });
};

describe("the LAN listener", () => {
  test("without a certificate answers as to anybody, and nothing more", async () => {
    for (const node of [main.node, pool]) {
      const answer = await knock(node.lan);
      if (!answer.open) throw new Error("refused");
      expect((await answer.client.access.me()).role).toBe("public");
      expect((await refusalOf(answer.client.rack.snapshot())).code).toBe("access.signed-out");
      expect((await refusalOf(answer.client.rack.peer.pulse({ after: 0 }))).code).toBe("access.signed-out");
      expect((await refusalOf(answer.client.access.peer.request())).code).toBe("access.signed-out");
      answer.socket.terminate();
    }
  });

  test("refuses a certificate of a foreign CA, whatever it says", async () => {
    for (const subject of [
      { kind: "node", id: main.node.id },
      { kind: "device", id: "x" },
    ] as const) {
      const shown = await signedByStranger(subject);
      await expectRefused(main.node.lan, shown, "foreign");
      await expectRefused(pool.lan, shown, "foreign");
    }
  });

  test("refuses a certificate that nobody signed but itself, as before pairing", async () => {
    const fresh = await house.startMember("fresh");
    await expectRefused(main.node.lan, materialOf(fresh), "foreign");
    expect(await roleOf(fresh.lan, materialOf(pool))).toMatchObject({ code: "access.peer-certificate", data: { reason: "foreign" } });
  });

  test("refuses an expired certificate of its own CA", async () => {
    const shown = await signedBy(main.node, { kind: "node", id: main.node.id }, { now: Date.now() - 100 * DAY });
    await expectRefused(pool.lan, shown, "expired");
    await expectRefused(main.node.lan, shown, "expired");
  });

  test("refuses a certificate that begins tomorrow, and one of the CA's own for no node and no device", async () => {
    await expectRefused(pool.lan, await signedBy(main.node, { kind: "node", id: main.node.id }, { now: Date.now() + 3 * DAY }), "foreign");
    await expectRefused(pool.lan, await signedBy(main.node, { kind: "rack", id: "x" }), "foreign");
  });

  test("takes a member's certificate for a node, never for a person", async () => {
    const answer = await knock(main.node.lan, materialOf(pool));
    if (!answer.open) throw new Error("refused");
    const me = await answer.client.access.me();
    expect(me).toMatchObject({ role: "public", via: "peer", person: null, device: null });
    expect(
      await codesOf([
        answer.client.rack.snapshot(),
        answer.client.access.person.list(),
        answer.client.access.device.renew({ csr: "x" }),
        answer.client.rack.peer.pulse({ after: 0 }),
      ]),
    ).toEqual(new Set(["access.signed-out"]));
    answer.socket.terminate();
  });

  test("gives the role of a node to main's certificate alone", async () => {
    expect(await roleOf(pool.lan, materialOf(main.node))).toBe("node");
    expect(await roleOf(pool.lan, materialOf(storage))).toBe("public");
    expect(await roleOf(main.node.lan, materialOf(main.node))).toBe("public");
    expect(await roleOf(pool.lan, await signedBy(main.node, { kind: "device", id: main.node.id }))).toBe("public");
  });

  test("speaks TLS 1.3 only and resumes nothing", async () => {
    const session = await new Promise<Buffer | undefined>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: pool.lan, rejectUnauthorized: false, ...materialOf(main.node) });
      let last: Buffer | undefined;
      socket.on("session", (ticket) => (last = ticket));
      socket.once("secureConnect", () => setTimeout(() => socket.destroy(), 300));
      socket.once("close", () => resolve(last));
      socket.once("error", reject);
    });
    const again = await new Promise<{ reused: boolean; body: string }>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: pool.lan, rejectUnauthorized: false, ...(session ? { session } : {}) });
      let body = "";
      let reused = true;
      socket.setEncoding("utf8");
      socket.on("data", (chunk: string) => (body += chunk));
      socket.once("secureConnect", () => {
        reused = socket.isSessionReused();
        socket.write(`GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:${pool.lan}\r\nconnection: close\r\n\r\n`);
      });
      socket.once("close", () => resolve({ reused, body }));
      socket.once("error", reject);
    });
    expect(again.reused).toBe(false);
    expect(again.body).toContain('"role":"public"');
    const old = await new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: pool.lan, rejectUnauthorized: false, maxVersion: "TLSv1.2" }, () => resolve("connected"));
      socket.once("error", (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    });
    expect(old).not.toBe("connected");
  });

  test("refuses a foreign host and a foreign origin", async () => {
    const wrong = { open: false, status: 403, body: { code: "access.wrong-origin" } };
    expect(await knock(main.node.lan, {}, { origin: "https://evil.example" })).toMatchObject(wrong);
    expect(await knock(main.node.lan, {}, { host: "evil.example" })).toMatchObject(wrong);
    expect(await knock(main.node.lan, {}, { origin: `http://127.0.0.1:${main.node.lan}` })).toMatchObject(wrong);
    expect(await https(main.node.lan, "/api/me", { headers: { host: "evil.example" } })).toMatchObject({ status: 403, body: { code: "access.wrong-origin" } });
  });
});

describe("dialling", () => {
  test("main follows a node by its key, not by its address: another aosd in its place stays unheard", async () => {
    const impostor = await house.startMain("impostor");
    const add = refusalOf(main.owner.ask((client) => client.rack.node.add({ address: addressOf(impostor.node), code: "00000000" })));
    expect((await add).code).not.toBe("answered");
    expect(await seenBy(main.owner, impostor.node.id)).toBeUndefined();
  });

  test("a member whose certificate has run out is refused by main and not shown online", async () => {
    const late = await house.startMember("late");
    await pair(main.owner, late);
    await until("online", 5000, async () => (await seenBy(main.owner, late.id))?.state === "online");
    await late.stop();
    const { cert } = await signedBy(main.node, { kind: "node", id: late.id }, { now: Date.now() - 100 * DAY, key: materialOf(late).key });
    writeFileSync(join(late.stateDir, "trust", "node.crt"), cert);
    const again = await house.startMember("late", "pool", ["--lan-port", String(late.lan)]);
    expect(again.id).toBe(late.id);
    await until("offline", 5000, async () => (await seenBy(main.owner, late.id))?.state !== "online");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await seenBy(main.owner, late.id))?.state).not.toBe("online");
    await again.stop();
  });
});

describe("renewal", () => {
  test("main renews the certificate of a member when it is due, on the running link", async () => {
    const due = await house.startMember("due");
    await pair(main.owner, due);
    await due.stop();
    const { cert } = await signedBy(main.node, { kind: "node", id: due.id }, { now: Date.now() - 70 * DAY, key: materialOf(due).key });
    writeFileSync(join(due.stateDir, "trust", "node.crt"), cert);
    const again = await house.startMember("due", "pool", ["--lan-port", String(due.lan)]);
    expect(again.id).toBe(due.id);
    const renewed = await until("a new certificate", 10_000, async () => {
      const view = await seenBy(main.owner, due.id);
      return view?.state === "online" && (view.certNotAfter ?? 0) > Date.now() + 80 * DAY && view;
    });
    expect(renewed.certNotAfter).toBeLessThan(Date.now() + 91 * DAY);
    expect(materialOf(again).cert).not.toBe(cert);
    expect(logged(main.node.stateDir, "peer.certificate-renewed")).toMatchObject([{ node: due.id }]);
    expect(await roleOf(main.node.lan, materialOf(again))).toBe("public");
  });

  test("a console asks main for a new certificate when its own is due", async () => {
    const desk = await house.start("renewing-desk", ["--desktop", "--roles", "pool"]);
    await main.owner.ask((client) => client.access.window.open());
    await desk.link.ask(async (client) => client.access.join({ address: addressOf(main.node), code: await codeOf(main.node), deviceName: "renewing" }));
    const { devices } = await main.owner.ask((client) => client.access.person.list());
    const device = devices.find((one) => one.name === "renewing");
    if (!device) throw new Error("no device");
    await main.owner.ask((client) => client.access.device.admit({ id: device.id, role: "viewer" }));
    await desk.stop();
    const { cert } = await signedBy(main.node, { kind: "device", id: device.id }, { now: Date.now() - 70 * DAY, key: materialOf(desk).key });
    writeFileSync(join(desk.stateDir, "trust", "node.crt"), cert);
    const again = await house.start("renewing-desk", ["--desktop", "--roles", "pool"]);
    await until("a new certificate", 8000, () => materialOf(again).cert !== cert && logged(again.stateDir, "link.certificate-renewed").length === 1);
    expect(await roleOf(main.node.lan, materialOf(again))).toBe("viewer");
    expect((await again.link.ask((client) => client.access.me())).link?.state).toBe("connected");
  });

  test("a certificate for another key or of another CA is not taken, even from main", async () => {
    const answer = await knock(pool.lan, materialOf(main.node));
    if (!answer.open) throw new Error("refused");
    const before = materialOf(pool).cert;
    const others = [await signedBy(main.node, { kind: "node", id: pool.id }), await signedByStranger({ kind: "node", id: pool.id })];
    for (const { cert } of others) expect((await refusalOf(answer.client.access.peer.install({ cert }))).code).not.toBe("answered");
    expect(materialOf(pool).cert).toBe(before);
    answer.socket.terminate();
  });
});

describe("taking back", () => {
  test("a revoked console is refused at the upgrade and over HTTP, on main and on the members, and its open connection ends", async () => {
    const desk = await house.start("desk", ["--desktop", "--roles", "pool"]);
    await main.owner.ask((client) => client.access.window.open());
    const joined = await desk.link.ask(async (client) =>
      client.access.join({ address: addressOf(main.node), code: await codeOf(main.node), deviceName: "desk" }),
    );
    expect(joined).toMatchObject({ state: "waiting", recoveryKey: null });
    const { devices } = await main.owner.ask((client) => client.access.person.list());
    const device = devices.find((one) => one.name === "desk");
    if (!device) throw new Error("no device");
    const shown = materialOf(desk);
    expect(await roleOf(main.node.lan, shown)).toBe("public");
    await main.owner.ask((client) => client.access.device.admit({ id: device.id, role: "operator" }));
    expect(await roleOf(main.node.lan, shown)).toBe("operator");

    const open = await knock(main.node.lan, shown);
    if (!open.open) throw new Error("refused");
    const ended = new Promise<number>((resolve) => open.socket.once("close", resolve));
    await main.owner.ask((client) => client.access.device.revoke({ id: device.id }));
    expect(await ended).toBe(1008);
    await expectRefused(main.node.lan, shown, "revoked");
    await until("the members know", 3000, async () => {
      const at = await knock(pool.lan, shown);
      if (at.open) at.socket.terminate();
      return !at.open && (at.body.data as { reason?: string }).reason === "revoked";
    });
    await desk.stop();
  });

  test("a removed node's certificate is refused by main and by the others, and stays so after a restart", async () => {
    const gone = await house.startMember("gone");
    await pair(main.owner, gone);
    await until("online", 5000, async () => (await seenBy(main.owner, gone.id))?.state === "online");
    const shown = materialOf(gone);
    expect(await roleOf(pool.lan, shown)).toBe("public");
    await main.owner.ask((client) => client.rack.node.remove({ nodeId: gone.id }));
    expect(await seenBy(main.owner, gone.id)).toBeUndefined();
    await expectRefused(main.node.lan, shown, "revoked");
    await until("the others know", 3000, async () => {
      const at = await knock(storage.lan, shown);
      if (at.open) at.socket.terminate();
      return !at.open;
    });
    await expectRefused(pool.lan, shown, "revoked");
    await storage.stop();
    storage = await house.startMember("storage", "storage", ["--lan-port", String(storage.lan)]);
    await expectRefused(storage.lan, shown, "revoked");
  });
});

test("a node's id is its key: a certificate for another id with the rack's CA doesn't let it pose as main", async () => {
  const key = freshKey();
  expect(nodeIdOf(createPrivateKey(key))).not.toBe(main.node.id);
  const shown = await signedBy(main.node, { kind: "node", id: nodeIdOf(createPrivateKey(key)) }, { key });
  expect(await roleOf(pool.lan, shown)).toBe("public");
});
