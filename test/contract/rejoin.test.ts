import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAosd, type Aosd } from "../../demo/aosd.ts";
import type { Link } from "../../src/cli/link.ts";

const flags = (...more: string[]) => ["--lan-host", "127.0.0.1", "--lan-port", "0", "--loopback-port", "0", "--discovery", "off", ...more];
let dir = "";
let main: Aosd;
let owner: Link;

const codeOf = async (node: Aosd) => {
  const window = await node.link.ask((client) => client.access.window.get());
  if (window.state !== "open") throw new Error(`closed: ${window.reason}`);
  return window.code;
};
const add = async (node: Aosd, roles?: ("pool" | "llm" | "storage")[]) => {
  const code = await codeOf(node);
  return owner.ask((client) => client.rack.node.add({ address: `127.0.0.1:${node.lan}`, code, ...(roles ? { roles } : {}) }));
};
const stateOf = async (id: string) => (await owner.ask((client) => client.rack.snapshot())).nodes.find((node) => node.id === id);
const online = async (id: string) => {
  await expect.poll(() => stateOf(id), { timeout: 10_000 }).toMatchObject({ state: "online" });
  return stateOf(id);
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aos-rejoin-"));
  main = await startAosd(join(dir, "main"), flags("--roles", "main"));
  owner = await main.signIn((await main.link.ask((client) => client.access.claim({ name: "owner", deviceName: "test" }))).token);
});
afterAll(async () => {
  owner.close();
  await main.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("a node that was set up for all roles and founded its own rack is taken in, without being a second main", async () => {
  const node = await startAosd(join(dir, "all"), flags());
  const { aosd } = await node.link.ask((client) => client.access.me());
  expect(aosd).toMatchObject({ standing: "rack", claimed: false });
  await add(node);
  expect(await online(node.id)).toMatchObject({ roles: ["pool", "llm", "storage"] });
  await node.stop();
});

test("a node that is claimed is not taken away from its owner", async () => {
  const node = await startAosd(join(dir, "claimed"), flags());
  await node.link.ask((client) => client.access.claim({ name: "somebody", deviceName: "test" }));
  await node.link.ask((client) => client.access.window.open());
  await expect(add(node)).rejects.toMatchObject({ code: "access.already-in-rack" });
  await node.stop();
});

test("roles can be chosen as a node is taken in, and stay after its restart", async () => {
  const node = await startAosd(join(dir, "chosen"), flags("--roles", "pool"));
  await add(node, ["llm", "storage"]);
  expect(await online(node.id)).toMatchObject({ roles: ["llm", "storage"] });
  await node.stop();
  const again = await startAosd(join(dir, "chosen"), flags("--roles", "pool"));
  const { aosd } = await again.link.ask((client) => client.access.me());
  expect(aosd).toMatchObject({ id: node.id, roles: ["llm", "storage"], standing: "rack" });
  await again.stop();
});

test("a node that is taken out forgets the rack at once and can be taken in again under the same id", async () => {
  const node = await startAosd(join(dir, "again"), flags("--roles", "llm"));
  await add(node);
  await online(node.id);
  await owner.ask((client) => client.rack.node.remove({ nodeId: node.id }));
  expect(await stateOf(node.id)).toBeUndefined();
  expect((await node.link.ask((client) => client.access.me())).aosd).toMatchObject({ id: node.id, standing: "new", pairing: "open" });
  await add(node);
  await online(node.id);
  await node.stop();
});

test("a node that was away when it was taken out is let go at its own machine", async () => {
  const node = await startAosd(join(dir, "away"), flags("--roles", "llm"));
  await add(node);
  await online(node.id);
  await node.stop();
  await owner.ask((client) => client.rack.node.remove({ nodeId: node.id }));
  const again = await startAosd(join(dir, "away"), flags("--roles", "llm"));
  expect((await again.link.ask((client) => client.access.me())).aosd.standing).toBe("rack");
  await again.link.ask((client) => client.access.leave());
  await again.link.ask((client) => client.access.window.open());
  await add(again);
  await online(again.id);
  await again.stop();
});
