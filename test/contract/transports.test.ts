import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ORPCError } from "@orpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAosd, type Aosd } from "../../demo/aosd.ts";
import { http, wires, type Client } from "./support/transports.ts";

let dir = "";
let node: Aosd;
let token = "";

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aos-contract-"));
  node = await startAosd(join(dir, "n"), [
    "--lan-host",
    "127.0.0.1",
    "--lan-port",
    "0",
    "--loopback-port",
    "0",
    "--discovery",
    "off",
    "--name",
    "계약",
    "--desktop",
  ]);
  token = (await node.link.ask((client) => client.access.claim({ name: "owner", deviceName: "test" }))).token;
});
afterAll(async () => {
  await node.stop();
  rmSync(dir, { recursive: true, force: true });
});

const codeOf = (error: unknown) => (error instanceof ORPCError ? error.code : String(error));
const refusalOf = (call: Promise<unknown>) => call.then(() => "answered", codeOf);

/** The same expectations, whatever carries the call. */
const table: { name: string; run(client: Client): Promise<unknown>; expected: unknown }[] = [
  { name: "a call with no input answers", run: async (c) => (await c.access.me()).role, expected: "owner" },
  { name: "a typed answer keeps Hangul", run: async (c) => (await c.rack.snapshot()).nodes.map((n) => n.name), expected: ["계약"] },
  { name: "an input is parsed", run: async (c) => (await c.rack.settings.set({ units: 10 })).units, expected: 10 },
  { name: "a wrong input is refused with its path", run: (c) => refusalOf(c.rack.settings.set({ units: 0 })), expected: "kernel.invalid-input" },
  {
    name: "a fault keeps its code and data",
    run: (c) => c.rack.node.rename({ nodeId: "aaaaaaaaaaaaaaaa", name: "x" }).catch((e: unknown) => e instanceof ORPCError && [e.code, e.data]),
    expected: ["rack.node-not-found", { nodeId: "aaaaaaaaaaaaaaaa" }],
  },
  { name: "a member's procedure is refused to people", run: (c) => refusalOf(c.access.peer.request()), expected: "access.denied" },
  {
    name: "an unknown procedure is refused",
    run: (c) => refusalOf((c as unknown as { rack: { nothing(): Promise<unknown> } }).rack.nothing()),
    expected: "NOT_FOUND",
  },
  {
    name: "constructor is no procedure",
    run: (c) => refusalOf((c as unknown as { constructor: { x(): Promise<unknown> } })["constructor"].x()),
    expected: "NOT_FOUND",
  },
  {
    name: "a stream begins with the whole, goes on and ends when the reader leaves",
    async run(c) {
      const stop = new AbortController();
      const kinds: string[] = [];
      for await (const event of await c.rack.watch(undefined, { signal: stop.signal })) {
        kinds.push(event.type);
        if (kinds.length === 3) break;
      }
      stop.abort();
      return kinds;
    },
    expected: ["snapshot", "patch", "patch"],
  },
];

describe.each(Object.entries(wires))("over %s", (name, open) => {
  test.each(table.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    const wire = await open(node, name === "messagePort" ? undefined : token);
    try {
      expect(await row.run(wire.client)).toEqual(row.expected);
    } finally {
      wire.close();
    }
  });
});

describe("over HTTP", () => {
  const headers = () => ({ authorization: `Bearer ${token}` });
  test("a call with no input answers", async () =>
    expect((await http(node, "/api/me", { headers: headers() })).body).toMatchObject({ role: "owner", via: "http" }));
  test("a typed answer keeps Hangul", async () =>
    expect((await http(node, "/api/rack", { headers: headers() })).body).toMatchObject({ nodes: [{ name: "계약" }] }));
  test("a wrong input is refused with its path", async () => {
    const answer = await http(node, "/api/rack/settings", { method: "PUT", headers: headers(), body: { units: 0 } });
    expect(answer).toMatchObject({ status: 400, body: { code: "kernel.invalid-input", data: { issues: [{ path: "units" }] } } });
  });
  test("a fault keeps its code, status and data", async () => {
    const answer = await http(node, "/api/nodes/aaaaaaaaaaaaaaaa/name", { method: "PUT", headers: headers(), body: { name: "x" } });
    expect(answer).toMatchObject({ status: 404, body: { code: "rack.node-not-found", data: { nodeId: "aaaaaaaaaaaaaaaa" } } });
  });
  test("an unknown path is refused", async () =>
    expect(await http(node, "/api/nothing", { headers: headers() })).toMatchObject({ status: 404, body: { code: "kernel.unknown-procedure" } }));
  test("the OpenAPI document describes each procedure", async () => {
    const { body } = await http(node, "/openapi.json");
    const { paths } = body as { paths: Record<string, object> };
    expect(Object.keys(paths).length).toBeGreaterThan(30);
    expect(paths["/nodes/{nodeId}/history"]).toHaveProperty("get");
  });
  test("a body beyond a megabyte is refused before it is read", async () => {
    const answer = await http(node, "/api/session", { method: "POST", body: { token: "x".repeat(1_100_000) } });
    expect(answer).toMatchObject({ status: 413, body: { code: "kernel.too-large" } });
  });
});
