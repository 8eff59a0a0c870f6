import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Found } from "../../../contract/rack.ts";
import { createHouse, until } from "../../../../test/contract/support/house.ts";
import { canMakeNetworks, createNetwork, hasAvahi, openLink, type Link, type Network, type Node } from "../../../../test/contract/support/netns.ts";

const foundBy = async (node: Pick<Node, "link">): Promise<Found[]> => (await node.link.ask((client) => client.rack.found())).found;
const findsIn = (ms: number, node: Pick<Node, "link">, id: string, also: (found: Found) => boolean = () => true) =>
  until(`${id} is found`, ms, async () => (await foundBy(node)).find((one) => one.id === id && one.foundBy === "mdns" && also(one)));
const stateOf = async (owner: Link, id: string) => (await owner.ask((client) => client.rack.snapshot())).nodes.find((node) => node.id === id)?.state;

describe("two daemons on one host", () => {
  const house = createHouse("mdns");
  afterAll(() => house.end());

  test("find each other, each with its own port, and hear when a pairing window closes", async () => {
    const [one, two] = await Promise.all([
      house.start("one", ["--roles", "main", "--discovery", "bonjour"]),
      house.start("two", ["--roles", "pool", "--discovery", "bonjour"]),
    ]);
    const [seen, back] = await Promise.all([findsIn(8000, one, two.id), findsIn(8000, two, one.id)]);
    expect(seen).toMatchObject({ name: "two", roles: ["pool"], port: two.lan, pairing: "open", member: false, rackId: null });
    expect(back).toMatchObject({ name: "one", roles: ["main"], port: one.lan });
    await two.link.ask((client) => client.access.window.close());
    await findsIn(8000, one, two.id, (found) => found.pairing === "closed");
    await two.stop();
    await until("gone after its goodbye", 15_000, async () => !(await foundBy(one)).some((found) => found.id === two.id));
  });
});

describe.skipIf(!canMakeNetworks)("machines on one switch (network namespaces)", () => {
  const dir = mkdtempSync(join(tmpdir(), "aos-netns-"));
  const nodes: Node[] = [];
  let network: Network;
  let main: Node;
  let owner: Link;
  let avahi: Awaited<ReturnType<ReturnType<Network["machine"]>["avahi"]>>;
  const machines = new Map<string, ReturnType<Network["machine"]>>();
  const machine = (name: string) => {
    const found = machines.get(name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  };
  const start = async (name: string, role: string): Promise<Node> => {
    const node = await machine(name).aosd(join(dir, name), ["--name", name, "--roles", role]);
    nodes.push(node);
    return node;
  };
  /** Pairs a node at the address that mDNS gave, as a person would from the list. */
  const pairFound = async (node: Node) => {
    const seen = await findsIn(10_000, main, node.id, (found) => found.addresses.length > 0);
    const window = await node.link.ask((client) => client.access.window.get());
    if (window.state !== "open") throw new Error("closed");
    const address = seen.addresses.find((one) => one.startsWith("10.77.")) ?? "";
    await owner.ask((client) => client.rack.node.add({ address: `${address}:${seen.port}`, code: window.code }));
    return seen;
  };

  /** What anybody on the network can say with avahi's own tool: that here is a node with this id, of this rack. */
  const claim = (name: string, id: string, rackId: string | null) =>
    avahi.beside([
      "avahi-publish",
      "-s",
      name,
      "_aosnode._tcp",
      "7443",
      `id=${id}`,
      "role=storage",
      `rack=${rackId}`,
      "rn=main",
      `nn=${name}`,
      "v=0.1.0",
      "fp=00:11:22:33:44:55:66:77",
      "pair=closed",
    ]);

  beforeAll(async () => {
    network = createNetwork();
    for (const [index, name] of ["main", "moved", "pulled", "killed", "avahi"].entries()) machines.set(name, network.machine(name, `10.77.0.${index + 1}`));
    main = await start("main", "main");
    const claimed = await main.link.ask((client) => client.access.claim({ name: "owner", deviceName: "test" }));
    if (hasAvahi) avahi = await machine("avahi").avahi(join(dir, "avahi"));
    owner = await openLink({ socket: main.socket, stateDir: main.stateDir, token: claimed.token });
  });
  afterAll(async () => {
    owner.close();
    for (const node of nodes) await node.end();
    await network.end();
    rmSync(dir, { recursive: true, force: true });
  });

  test.concurrent("two nodes find and pair each other, and again within 15 s after an address change", async () => {
    const node = await start("moved", "pool");
    const seen = await pairFound(node);
    expect(seen).toMatchObject({ addresses: expect.arrayContaining(["10.77.0.2"]) as string[], port: 7443 });
    await findsIn(10_000, node, main.id);
    await until("online", 5000, async () => (await stateOf(owner, node.id)) === "online");

    machine("moved").readdress("10.77.0.102");
    const moved = performance.now();
    await findsIn(15_000, main, node.id, (found) => found.addresses.includes("10.77.0.102") && !found.addresses.includes("10.77.0.2"));
    await until("online at its new address", 15_000 - (performance.now() - moved), async () => {
      const view = (await owner.ask((client) => client.rack.snapshot())).nodes.find((one) => one.id === node.id);
      return view?.state === "online" && view.address === "10.77.0.102";
    });
  });

  test.concurrent("after its interface is removed and comes back, a node is found and online within 15 s", async () => {
    const node = await start("pulled", "llm");
    await pairFound(node);
    await until("online", 5000, async () => (await stateOf(owner, node.id)) === "online");
    machine("pulled").unplug();
    await until("offline", 8000, async () => (await stateOf(owner, node.id)) === "offline");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    machine("pulled").plug("10.77.0.33");
    const back = performance.now();
    await findsIn(15_000, main, node.id, (found) => found.addresses.includes("10.77.0.33"));
    await until("online", 15_000 - (performance.now() - back), async () => (await stateOf(owner, node.id)) === "online");
    await findsIn(15_000 - (performance.now() - back), node, main.id);
  });

  test.concurrent("a node that was killed leaves the list, and comes back with the same id and no ghost", async () => {
    const node = await start("killed", "storage");
    await findsIn(10_000, main, node.id);
    await node.end("SIGKILL");
    await until("gone from the list", 60_000, async () => !(await foundBy(main)).some((found) => found.id === node.id));
    const again = await start("killed", "storage");
    expect(again.id).toBe(node.id);
    await findsIn(10_000, main, node.id);
    expect((await foundBy(main)).filter((found) => found.id === node.id || found.name === "killed")).toHaveLength(1);
    expect((await owner.ask((client) => client.rack.snapshot())).nodes.some((one) => one.id === node.id)).toBe(false);
  });

  test.skipIf(!hasAvahi)("what avahi-publish claims is seen and nothing more", { concurrent: true }, async () => {
    // A plausible claim, even to belong to this very rack.
    const { rackId } = await owner.ask((client) => client.rack.snapshot());
    const fake = "fakefakefakefake";
    claim("노드 9", fake, rackId);
    const seen = await findsIn(15_000, main, fake, (found) => found.addresses.includes("10.77.0.5"));
    expect(seen).toMatchObject({ name: "노드 9", roles: ["storage"], member: false });
    for (let i = 0; i < 10; i++) {
      const snapshot = await owner.ask((client) => client.rack.snapshot());
      expect(snapshot.nodes.some((node) => node.id === fake)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  test.skipIf(!hasAvahi)("avahi-browse resolves each node at its present address", async () => {
    const present = nodes.filter((node, index) => nodes.findLastIndex((other) => other.id === node.id) === index);
    expect(present).toHaveLength(4);
    const at: Record<string, string> = { main: "10.77.0.1", moved: "10.77.0.102", pulled: "10.77.0.33", killed: "10.77.0.4" };
    await until("avahi resolves each", 15_000, async () => {
      const lines = (await avahi.ask("avahi-browse", "-rtp", "_aosnode._tcp")).split("\n").filter((line) => line.startsWith("="));
      return present.every((node) =>
        lines.some((line) => line.includes(`;aos-${node.id}.local;${at[basename(node.stateDir)]};7443;`) && line.includes(`"id=${node.id}"`)),
      );
    });
  });

  test.skipIf(!hasAvahi)("a claim to be a member, made elsewhere, neither moves the member nor takes it offline", async () => {
    const node = nodes.find((one) => one.stateDir.endsWith("pulled"));
    if (!node) throw new Error("no member");
    const { rackId } = await owner.ask((client) => client.rack.snapshot());
    claim("pulled too", node.id, rackId);
    await findsIn(15_000, main, node.id, (found) => found.addresses.includes("10.77.0.5"));
    for (let i = 0; i < 10; i++) {
      const view = (await owner.ask((client) => client.rack.snapshot())).nodes.find((one) => one.id === node.id);
      expect(view).toMatchObject({ state: "online", address: "10.77.0.33" });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // Even a link that has to be made anew comes to the right machine: the impostor has no certificate of ours.
    await node.end();
    const again = await start("pulled", "llm");
    expect(again.id).toBe(node.id);
    await until("online again", 15_000, async () => (await stateOf(owner, node.id)) === "online");
  });
});
