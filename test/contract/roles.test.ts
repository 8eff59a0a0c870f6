import { createSocket } from "node:dgram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Route } from "../../src/contract/access.ts";
import type { PersonRole, Role } from "../../src/contract/roles.ts";
import type { Aosd } from "../../demo/aosd.ts";
import { aos } from "./support/cli.ts";
import { procedures, ways, type Answer, type As, type Caller, type Procedure, type Way } from "./support/callers.ts";
import { addressOf, codeOf, createHouse, pair, sessionOf, tokenOf, udpPortsOf, until, type Owned } from "./support/house.ts";
import { https, materialOf } from "./support/peer.ts";
import { http, wires } from "./support/transports.ts";
import { callWith } from "./support/callers.ts";

/**
 * Who may call what, from outside: every procedure of the contract, by every way in, as every role. Each call has an empty input,
 * which no procedure that changes much accepts; the role is judged before the input. `aos doctor --routes` says which ways there
 * are, and one without a row here fails.
 */
const house = createHouse("roles");
const all = procedures();
const personRoles = ["kiosk", "support", "installer", "viewer", "operator", "owner"] as const satisfies readonly PersonRole[];
const rows = new Set<string>();
const tokens = new Map<PersonRole | "waiting", string>();
let main: Owned;
let member: Aosd;
let desk: Aosd;
let deskPerson = "";

const key = (route: Pick<Route, "transport" | "listener" | "method" | "path">) => `${route.transport} ${route.listener} ${route.method} ${route.path}`;
const rowOf = ({ transport, listener }: Way, { path, method, http: route }: Procedure) =>
  key({ transport, listener, ...(transport === "http" ? { method, path: `/api${route}` } : { method: "CALL", path: `/rpc ${path.join(".")}` }) });

/** Who may call what, said a second time: the daemon's own judge must not be its own witness. */
const rank: Partial<Record<Role, number>> = { public: 0, viewer: 1, operator: 2, owner: 3 };
function may(role: Role, { role: needs, also }: Procedure["meta"]): boolean {
  if (needs === "node" || role === "node") return needs === role || needs === "public";
  return also.includes(role as "kiosk") || (rank[role] ?? 0) >= (rank[needs] ?? Infinity);
}
/** What the contract says about this role; undefined where it lets the call in. */
function refusalFor(role: Role | "waiting", { meta }: Procedure): Answer | undefined {
  if (may(role === "waiting" ? "public" : role, meta)) return undefined;
  if (role === "waiting") return { code: "access.awaiting-admission" };
  return role === "public" ? { code: "access.signed-out" } : { code: "access.denied", data: { role, needs: meta.role } };
}
const roleRefusals = new Set(["access.signed-out", "access.awaiting-admission"]);
/** Why an answer is not the one of the contract; undefined when it is. */
function wrongAbout(role: Role | "waiting", procedure: Procedure, answer: Answer): string | undefined {
  const expected = refusalFor(role, procedure);
  const said = `${procedure.path.join(".")} as ${role} said ${answer.code} ${JSON.stringify(answer.data ?? {})}`;
  if (expected) {
    const { data = {} } = expected;
    const same =
      answer.code === expected.code &&
      Object.entries(data as object).every(([name, value]) => (answer.data as Record<string, unknown> | undefined)?.[name] === value);
    return same ? undefined : `${said}, not ${expected.code}`;
  }
  const byRole =
    roleRefusals.has(answer.code) || (answer.code === "access.denied" && (answer.data as { needs?: string } | undefined)?.needs === procedure.meta.role);
  return byRole ||
    answer.code.startsWith("error:") ||
    answer.code === "kernel.internal" ||
    answer.code === "kernel.unknown-procedure" ||
    answer.code === "NOT_FOUND"
    ? said
    : undefined;
}
const endsSessions = (way: Way, { path }: Procedure) => way.transport === "http" && path.join(".") === "access.session.end";

async function tryAll(way: Way, node: Aosd, role: Role | "waiting", as: As): Promise<{ wrong: string[]; calls: number }> {
  const wrong: string[] = [];
  const caller: Caller = await way.open(node, as);
  let calls = 0;
  try {
    for (const procedure of all) {
      // Over HTTP this one ends the caller's own session: it gets a session of its own.
      const fresh = endsSessions(way, procedure) && as.token !== undefined && role !== "waiting" && role !== "public" && role !== "node";
      const by = fresh ? await way.open(node, { token: (await sessionOf(main.node, main.owner, role)).token }) : caller;
      if (endsSessions(way, procedure) && role === "waiting") continue;
      // Main's word that a member is out would be taken: rejoin.test.ts says it.
      if (role === "node" && procedure.path.join(".") === "access.peer.release") continue;
      const trouble = wrongAbout(role, procedure, await by.call(procedure));
      if (trouble !== undefined) wrong.push(trouble);
      rows.add(rowOf(way, procedure));
      calls += 1;
    }
  } finally {
    caller.close();
  }
  return { wrong, calls };
}

beforeAll(async () => {
  main = await house.startMain("main");
  member = await house.startMember("member");
  await pair(main.owner, member);
  for (const role of personRoles) tokens.set(role, (await sessionOf(main.node, main.owner, role)).token);
  await main.owner.ask((client) => client.access.window.open());
  const waiting = await http(main.node, "/api/session", { method: "POST", body: { code: await codeOf(main.node), deviceName: "waiting" } });
  if ((waiting.body as { state?: string }).state !== "waiting") throw new Error(`the device doesn't wait: ${JSON.stringify(waiting.body)}`);
  tokens.set("waiting", tokenOf(waiting.headers["set-cookie"]));

  desk = await house.start("desk", ["--desktop", "--roles", "pool"]);
  await main.owner.ask((client) => client.access.window.open());
  await desk.link.ask(async (client) => client.access.join({ address: addressOf(main.node), code: await codeOf(main.node), deviceName: "desk" }));
});
afterAll(() => house.end());

test("the contract has the procedures that this table is about", () => {
  expect(all.length).toBeGreaterThan(40);
  expect(new Set(all.map(({ meta }) => meta.role))).toEqual(new Set(["public", "viewer", "operator", "owner", "node"]));
});

/** Callers that have no session: who they are depends on the way they come. */
const nobody = { name: "as nobody", at: () => main.node, role: "public", as: () => ({}) } as const;
const others: Record<Way["listener"], readonly { name: string; at(): Aosd; role: Role; as(): As }[]> = {
  loopback: [nobody],
  socket: [{ name: "as the local account of an appliance", at: () => main.node, role: "operator", as: () => ({}) }],
  lan: [
    nobody,
    { name: "as main at a member", at: () => member, role: "node", as: () => materialOf(main.node) },
    { name: "as a member at main", at: () => main.node, role: "public", as: () => materialOf(member) },
    { name: "as nobody at a member", at: () => member, role: "public", as: () => ({}) },
  ],
};

describe.each(Object.entries(ways))("%s", (_, way) => {
  test.each(personRoles)("as %s", async (role) => {
    const { wrong, calls } = await tryAll(way, main.node, role, { token: tokens.get(role) });
    expect(wrong).toEqual([]);
    expect(calls).toBe(all.length);
  });
  test("as a device that nobody has admitted", async () =>
    expect((await tryAll(way, main.node, "waiting", { token: tokens.get("waiting") })).wrong).toEqual([]));
  test("with a session that doesn't exist", async () => expect((await tryAll(way, main.node, "public", { token: "A".repeat(43) })).wrong).toEqual([]));
  test.each(others[way.listener])("$name", async ({ at, role, as }) => expect((await tryAll(way, at(), role, as())).wrong).toEqual([]));
});

describe("the relay of a console", () => {
  const relayed = all.filter(({ meta }) => meta.scope === "rack");
  const tryRelay = async (role: Role | "waiting") => {
    const { client, close } = await wires.socket(desk);
    const wrong: string[] = [];
    for (const procedure of relayed) {
      const trouble = wrongAbout(role, procedure, await callWith(client, procedure));
      if (trouble !== undefined) wrong.push(trouble);
      rows.add(key({ transport: "relay", listener: "none", method: "CALL", path: procedure.path.join(".") }));
    }
    close();
    return wrong;
  };
  const linkState = async () => (await desk.link.ask((client) => client.access.me())).link?.state;

  test("gives a device that waits nothing", async () => {
    await until("a link that waits", 5000, async () => (await linkState()) === "waiting");
    expect(await tryRelay("waiting")).toEqual([]);
  });
  test.each(personRoles)("gives the desktop's owner what main gives the device, as %s", async (role) => {
    const { devices } = await main.owner.ask((client) => client.access.person.list());
    const device = devices.find((one) => one.name === "desk");
    if (!device) throw new Error("no device");
    if (device.state === "waiting") deskPerson = (await main.owner.ask((client) => client.access.device.admit({ id: device.id, role }))).personId ?? "";
    else await main.owner.ask((client) => client.access.person.update({ id: deskPerson, role }));
    expect(await tryRelay(role)).toEqual([]);
  });
});

describe("beside the procedures", () => {
  const plain = ["/", "/trust", "/healthz", "/openapi.json", "/trust/ca.crt"];
  test.each(["loopback", "lan", "socket"] as const)("the plain pages on %s tell nobody a secret", async (listener) => {
    for (const path of plain) {
      const answer = listener === "lan" ? await https(main.node.lan, path) : await http(main.node, path, { over: listener });
      expect([200, 302, 404]).toContain(answer.status);
      const text = JSON.stringify(answer.body);
      expect(text).not.toContain("PRIVATE KEY");
      expect(text).not.toContain(main.token);
      expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
      rows.add(key({ transport: "http", listener, method: "GET", path }));
    }
  });

  test("the doors for runtimes on this machine open to nobody without a runtime's token", async () => {
    for (const [method, path] of [
      ["POST", "/v1/gate"],
      ["POST", "/v1/gate/inbound"],
      ["POST", "/v1/gate/span-gone"],
      ["POST", "/v1/gate/outcome"],
      ["GET", "/v1/gate/approvals/{id}"],
      ["POST", "/v1/act"],
    ] as const) {
      for (const token of [undefined, "A".repeat(43), main.token, ...tokens.values()]) {
        const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const answer = await http(main.node, path.replace("{id}", "x"), { method, headers, ...(method === "POST" ? { body: {} } : {}) });
        expect([401, 429]).toContain(answer.status);
      }
      rows.add(key({ transport: "http", listener: "loopback", method, path }));
    }
  });

  test("a datagram to the keeper's port starts, stops and opens nothing", async () => {
    const before = await main.owner.ask((client) => client.breaker.state());
    const ports = udpPortsOf(main.node.pid);
    expect(ports.length).toBeGreaterThan(0);
    const socket = createSocket("udp4");
    for (const port of ports)
      for (const datagram of [Buffer.alloc(0), Buffer.from("run"), Buffer.alloc(64, 1), Buffer.alloc(200, 255), Buffer.alloc(1400, 7)])
        await new Promise<void>((resolve, reject) => socket.send(datagram, port, "127.0.0.1", (error) => (error ? reject(error) : resolve())));
    socket.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = await main.owner.ask((client) => client.breaker.state());
    expect({ state: after.state, epoch: after.epoch, cause: after.cause }).toEqual({ state: before.state, epoch: before.epoch, cause: before.cause });
    expect(main.node.running()).toBe(true);
    rows.add(key({ transport: "udp", listener: "lan", method: "RECEIVE", path: "lease" }));
    // A button's port is open only where one was enrolled; the reader's own tests speak to such a port.
    expect(after.button.state).toBe("none");
    rows.add(key({ transport: "udp", listener: "lan", method: "RECEIVE", path: "button" }));
  });

  test("a datagram to the mDNS port is nobody's call", async () => {
    const ear = await house.start("ear", ["--roles", "pool", "--discovery", "bonjour"]);
    const socket = createSocket("udp4");
    for (const datagram of [Buffer.alloc(0), Buffer.from("{}"), Buffer.alloc(12, 255), Buffer.from("000084000000ffff0000ffff", "hex"), Buffer.alloc(9000, 7)])
      await new Promise<void>((resolve, reject) => socket.send(datagram, 5353, "224.0.0.251", (error) => (error ? reject(error) : resolve())));
    socket.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ear.link.ask((client) => client.access.me())).aosd.standing).toBe("new");
    expect(ear.running()).toBe(true);
    rows.add(key({ transport: "udp", listener: "mdns", method: "RECEIVE", path: "224.0.0.251:5353" }));
  });
});

test("each route that the daemons list has a row in this table, and each row is such a route", async () => {
  const listed = new Set<string>();
  for (const node of [main.node, member, desk]) {
    const { code, out } = await aos("doctor", "--routes", "--json", "--state-dir", node.stateDir);
    expect(code).toBe(0);
    for (const route of (JSON.parse(out) as { routes: Route[] }).routes) listed.add(key(route));
  }
  expect(listed.size).toBeGreaterThan(all.length * 6);
  expect([...listed].filter((route) => !rows.has(route))).toEqual([]);
  expect([...rows].filter((row) => !listed.has(row))).toEqual([]);
});
