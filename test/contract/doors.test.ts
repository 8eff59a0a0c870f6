import { request as plain } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonRole } from "../../src/contract/roles.ts";
import { startBreakerHouse, type BreakerHouse } from "./support/breaker.ts";
import { openDoor, type Door } from "./support/breaker-door.ts";
import { refusalOf, sessionOf, until } from "./support/house.ts";
import { https } from "./support/peer.ts";
import { http, wires, type Client, type HttpAnswer } from "./support/transports.ts";

/** The doors for runtimes on this machine, and who may do what with the stop: from outside, with everything that may be wrong about a call. */
let house: BreakerHouse;
let door: Door;
const read = { tool: "fs.list", args: { path: "." } };
const tools = { "fs.list": { command: "/bin/ls", args: [], network: "none" as const } };

beforeAll(async () => {
  house = await startBreakerHouse("doors");
  await house.setLevel(3);
  await house.run();
  door = await openDoor(house.owner(), house.node(), tools);
});
afterAll(() => house.end());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** Every door with a body that is right for it. */
const doors = [
  { path: "/v1/gate", body: read },
  { path: "/v1/act", body: read },
  { path: "/v1/gate/inbound", body: { text: "hello", surface: "web" } },
  { path: "/v1/gate/span-gone", body: { spans: ["x"] } },
  { path: "/v1/gate/outcome", body: { act: "x", epoch: 1, outcome: "done" } },
] as const;
const judging = doors.slice(0, 2);
const call = (path: string, body: unknown, headers: Record<string, string>, method = "POST"): Promise<HttpAnswer> =>
  http(house.node(), path, { method, headers, ...(method === "GET" ? {} : { body }) });
/** An answer that lets nothing through: a refusal by status, or a verdict of deny. */
const letsNothing = ({ status, body }: Pick<HttpAnswer, "status" | "body">): boolean =>
  status >= 400 || (status === 200 && (body as { decision?: string } | null)?.decision === "deny");
/** Raw bytes to a door, as no client would write them. */
const raw = (path: string, headers: Record<string, string | number>, chunks: readonly (string | Buffer)[]): Promise<Pick<HttpAnswer, "status" | "body">> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(house.node().loopback);
    const sent = plain({ host: hostname, port, path, method: "POST", agent: false, headers: { ...bearer(door.token), ...headers } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (body += chunk));
      const end = () => resolve({ status: answer.statusCode ?? 0, body: body.startsWith("{") ? (JSON.parse(body) as unknown) : body });
      answer.on("end", end);
      answer.on("error", end);
    });
    sent.on("error", () => resolve({ status: 499, body: "cut" }));
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
  });

describe("a runtime's doors", () => {
  test("let an act through for the runtime's own token: what follows is refused for its own reason", async () => {
    expect(await call("/v1/gate", read, bearer(door.token))).toMatchObject({ status: 200, body: { decision: "allow" } });
    expect(await call("/v1/act", read, bearer(door.token))).toMatchObject({ status: 200, body: { decision: "allow", outcome: "done" } });
  });

  test.each(doors)("$path refuses whoever has no token, a wrong one or half of one", async ({ path, body }) => {
    const { token } = door;
    const flipped = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    const wrong: Record<string, string>[] = [
      {},
      bearer(""),
      bearer("A".repeat(43)),
      bearer(flipped),
      bearer(token.slice(0, -1)),
      bearer(`${token}A`),
      bearer(`${token} ${token}`),
      { authorization: `Basic ${token}` },
      { authorization: token },
      { cookie: `token=${token}` },
      { "x-aos-token": token },
    ];
    for (const headers of wrong) {
      const answer = await call(path, body, headers);
      expect([401, 429], JSON.stringify(headers).slice(0, 30)).toContain(answer.status);
      expect(letsNothing(answer)).toBe(true);
      // No more than fifty strangers a second are answered with words.
      if (answer.status === 429) await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect((await call(`${path}?token=${token}`, body, {})).status).toBe(401);
  });

  test("refuse a person's session: it is no runtime", async () => {
    const { token } = await sessionOf(house.node(), house.owner(), "owner", "second owner");
    for (const { path, body } of doors) expect((await call(path, body, bearer(token))).status).toBe(401);
  });

  test("refuse a runtime that was removed, from that moment on and after a restart", async () => {
    const gone = await openDoor(house.owner(), house.node(), tools);
    expect((await gone.post("/v1/gate", read)).status).toBe(200);
    await house.owner().ask((client) => client.breaker.runtimes.remove({ id: gone.id }));
    for (const { path, body } of doors) expect((await call(path, body, bearer(gone.token))).status).toBe(401);
    expect(await refusalOf(house.owner().ask((client) => client.breaker.runtimes.remove({ id: gone.id })))).toMatchObject({ code: "breaker.not-found" });
  });

  test.each(doors)("$path is on no other listener than loopback, whatever token is shown", async ({ path, body }) => {
    const { token } = await sessionOf(house.node(), house.owner(), "owner", `owner at ${path}`);
    for (const headers of [bearer(door.token), bearer(token), {}]) {
      const answers = [
        await https(house.node().lan, path, { method: "POST", headers, body }),
        await http(house.node(), path, { over: "socket", method: "POST", headers, body }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    }
  });

  test.each(doors)("$path does not answer a browser's page", async ({ path, body }) => {
    for (const origin of ["https://evil.example", "null", house.node().loopback])
      expect((await call(path, body, { ...bearer(door.token), origin })).status).toBe(404);
  });

  test.each(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])("take no %s", async (method) => {
    for (const { path, body } of doors) {
      const answer = await call(path, body, bearer(door.token), method);
      expect([404, 405]).toContain(answer.status);
    }
  });

  test("know no other path", async () => {
    for (const path of [
      "/v1/gate/",
      "/v1/gate/approvals",
      "/v1/gate/approvals/x/y",
      "/v1/gate/../gate/x",
      "/v1/acts",
      "/v1",
      "/v1/",
      "/v1//gate",
      "/V1/gate",
      "/v1/gate%00",
    ]) {
      const answer = await call(path, read, bearer(door.token));
      expect(letsNothing(answer), `${path} ${answer.status} ${JSON.stringify(answer.body)}`).toBe(true);
    }
  });
});

describe("a body that is wrong", () => {
  const bad: readonly [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a list", [read]],
    ["a number", 1],
    ["no tool", { args: {} }],
    ["an empty tool", { tool: "", args: {} }],
    ["a tool that is no text", { tool: { toString: "fs.list" }, args: {} }],
    ["a tool with too long a name", { tool: "x".repeat(200), args: {} }],
    ["no arguments", { tool: "fs.list" }],
    ["arguments that are a list", { tool: "fs.list", args: ["."] }],
    ["arguments of the wrong kind", { tool: "fs.list", args: { path: 7 } }],
    ["a mode that isn't one", { ...read, mode: "later" }],
    ["an instant that isn't one", { ...read, at: "yesterday" }],
    ["an instant without a zone", { ...read, at: "2026-11-23T09:00:00" }],
    ["too long a folder", { ...read, cwd: "/".repeat(5000) }],
  ];
  test.each(bad)("is never an allow: %s", async (_, body) => {
    for (const { path } of judging) expect(letsNothing(await call(path, body, bearer(door.token)))).toBe(true);
  });

  test.each([
    ["broken JSON", ['{"tool": "fs.list", "args": {']],
    ["bytes that are no text", [Buffer.from([0xff, 0xfe, 0x00, 0x80])]],
    ["JSON with half a character", [Buffer.concat([Buffer.from('{"tool":"fs.list","args":{"path":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}}')])]],
    ["two values", [JSON.stringify(read), JSON.stringify(read)]],
    ["very deep JSON", [`{"tool":"fs.list","args":{"path":".","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`]],
  ] as const)("is never an allow: %s", async (_, chunks) => {
    for (const { path } of judging) expect(letsNothing(await raw(path, { "content-type": "application/json" }, [...chunks]))).toBe(true);
  });

  test("is not read to its end where it is too long, told or not", async () => {
    const long = Buffer.alloc(400_000, 0x20);
    for (const { path } of judging) {
      expect(letsNothing(await raw(path, { "content-length": long.length + 100 }, [long]))).toBe(true);
      expect(letsNothing(await raw(path, { "transfer-encoding": "chunked" }, [JSON.stringify(read).slice(0, -1), long, "}"]))).toBe(true);
      expect((await call(path, { ...read, args: { path: ".", x: "y".repeat(300_000) } }, bearer(door.token))).status).toBe(413);
      expect(letsNothing(await call(path, { tool: "fs.write", args: { path: "a", text: "y".repeat(200_000) } }, bearer(door.token)))).toBe(true);
    }
    expect(house.node().running()).toBe(true);
  });

  test("does not let a runtime that rehearses nothing set the time", async () => {
    const ordinary = await openDoor(house.owner(), house.node(), tools, false);
    for (const { path, body } of doors) expect((await ordinary.post(path, { ...body, at: "2031-01-01T00:00:00Z" })).status).toBe(400);
  });
});

test("a crowd of strangers gets fewer and fewer words, and does not keep the runtime from its own", async () => {
  const crowd = await Promise.all(Array.from({ length: 200 }, () => call("/v1/gate", read, {})));
  expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect(await door.judge(read)).toMatchObject({ decision: "allow" });
});

describe("the stop", () => {
  const wireOf = async (role: PersonRole, name: string = role) => wires.ws(house.node(), (await sessionOf(house.node(), house.owner(), role, name)).token);
  const trippers = ["kiosk", "support", "installer", "viewer", "operator", "owner"] as const;
  const state = () => house.owner().ask((client) => client.breaker.state());

  test.each(trippers)("can be pressed by a %s, and then every door denies", async (role) => {
    await house.run();
    expect((await door.judge(read)).decision).toBe("allow");
    const { client, close } = await wireOf(role, `${role} who stops`);
    const view = await client.breaker.trip({ reason: "test" });
    expect(view).toMatchObject({ state: "stopped", cause: role === "kiosk" ? "kiosk" : "person" });
    for (const { path, body } of judging)
      expect(await call(path, body, bearer(door.token))).toMatchObject({ status: 200, body: { decision: "deny", reason: "latched" } });
    expect(await door.act(read)).toMatchObject({ decision: "deny", outcome: null, output: null });
    close();
  });

  test.each(trippers.filter((role) => role !== "owner"))("is reset and started by owners alone: a %s does neither", async (role) => {
    await until("a stop that can be reset", 10_000, async () => (await state()).mayReset);
    const { client, close } = await wireOf(role, `${role} who starts`);
    expect(await refusalOf(client.breaker.reset())).toMatchObject({ code: "access.denied", data: { needs: "owner" } });
    expect(await refusalOf(client.breaker.start())).toMatchObject({ code: "access.denied", data: { needs: "owner" } });
    expect((await state()).state).toBe("stopped");
    expect((await door.judge(read)).decision).toBe("deny");
    close();
  });

  test("lets go of nothing at the reset: only the start opens the doors", async () => {
    await until("a stop that can be reset", 10_000, async () => (await state()).mayReset);
    await house.owner().ask((client) => client.breaker.reset());
    expect((await state()).state).toBe("ready");
    expect(await door.judge(read)).toMatchObject({ decision: "deny" });
    await house.owner().ask((client) => client.breaker.start());
    expect(await door.judge(read)).toMatchObject({ decision: "allow" });
  });

  test("is all that a kiosk has: it reads its state, follows it and presses it", async () => {
    const { client, close } = await wireOf("kiosk", "the kiosk");
    expect(await client.breaker.state()).toMatchObject({ state: "run" });
    const seen = await client.breaker.watch();
    expect((await seen.next()).value).toMatchObject({ state: "run" });
    await seen.return?.();
    const rest: Record<string, (client: Client) => Promise<unknown>> = {
      note: (c) => c.breaker.note({ reason: "x" }),
      approvals: (c) => c.breaker.approvals.list(),
      activity: (c) => c.breaker.activity.list({}),
      verify: (c) => c.breaker.activity.verify(),
      autonomy: (c) => c.breaker.autonomy.get(),
      level: (c) => c.breaker.autonomy.set({ level: 1 }),
      egress: (c) => c.breaker.egress.view({}),
      secrets: (c) => c.breaker.secrets.list(),
      runtimes: (c) => c.breaker.runtimes.list(),
      rack: (c) => c.rack.snapshot(),
      people: (c) => c.access.person.list(),
    };
    for (const [name, ask] of Object.entries(rest)) expect(await refusalOf(ask(client)), name).toMatchObject({ code: "access.denied" });
    close();
  });

  test("is nobody's who was not paired: a browser on the network neither sees nor presses it", async () => {
    const { lan } = house.node();
    for (const headers of [{}, bearer("A".repeat(43)), bearer(door.token)] as Record<string, string>[]) {
      expect((await https(lan, "/api/breaker", { headers })).status).toBe(401);
      expect((await https(lan, "/api/breaker/events", { headers })).status).toBe(401);
      expect((await https(lan, "/api/breaker/trip", { method: "POST", headers, body: {} })).status).toBe(401);
      expect((await https(lan, "/api/breaker/start", { method: "POST", headers, body: {} })).status).toBe(401);
    }
    const { client, close } = await wires.wss(house.node());
    for (const ask of [client.breaker.state(), client.breaker.trip({}), client.breaker.tripHere({}), client.breaker.start()])
      expect(await refusalOf(ask)).toMatchObject({ code: "access.signed-out" });
    close();
    expect((await state()).state).toBe("run");
  });

  test("pressed on a page of somebody else's by a browser that is signed in does nothing", async () => {
    const { token } = await sessionOf(house.node(), house.owner(), "owner", "browser");
    const answer = await http(house.node(), "/api/breaker/trip", { method: "POST", body: {}, headers: { ...bearer(token), origin: "https://evil.example" } });
    expect(answer.status).toBe(403);
    expect((await state()).state).toBe("run");
  });
});
