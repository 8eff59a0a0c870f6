import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { longestDatagram, seal } from "../../src/daemon/breaker/latch/datagram.ts";
import { canMakeNetworks, createNetwork } from "./support/netns.ts";
import { closedAfter, connect, eventually, isOpen, mono, startKeepers, startRack, wait, type KeeperRack } from "./support/keeper/rack.ts";

let rack: KeeperRack | undefined;
afterEach(async () => {
  await rack?.end();
  rack = undefined;
});
async function running(count = 3): Promise<KeeperRack> {
  rack = await startKeepers(count);
  await startRack(rack.main, rack.nodes);
  return rack;
}
const most = (closed: ReadonlyMap<string, number>) => Math.max(...closed.values());

describe("keepers in processes of their own", () => {
  it("start stopped, and a reset opens none of them", async () => {
    rack = await startKeepers(2);
    const { main, nodes } = rack;
    expect(await main.ask({ do: "view" })).toMatchObject({ state: "stopped", cause: "boot", trouble: [] });
    expect(await main.ask({ do: "start" })).toEqual({ ok: false, code: "not-ready" });
    await eventually("a reset", async () => (await main.ask({ do: "view" })).mayReset);
    expect(await main.ask({ do: "reset" })).toMatchObject({ ok: true });
    await wait(700);
    expect(await Promise.all(nodes.map(isOpen))).toEqual([false, false]);
    expect(await main.ask({ do: "view" })).toMatchObject({ state: "ready" });
  });

  it("close on every node when a person stops at one, and say so with ages", async () => {
    const { main, nodes, member } = await running();
    const since = mono();
    const ack = await member(1).ask({ do: "trip" });
    expect(ack).toMatchObject({ ok: true, onDisk: true });
    expect(most(await closedAfter(nodes, since))).toBeLessThan(250);
    const view = await eventually("all acknowledged", async () => {
      const now = await main.ask({ do: "view" });
      return now.nodes.every((one) => one.state === "closed") && now;
    });
    expect(view).toMatchObject({ state: "stopped", cause: "person", by: { name: "owner" }, from: member(1).nodeId, onDisk: true });
    for (const one of view.nodes) {
      expect(one.closeTookMs).toBeLessThan(250);
      expect(one.ackAgeMs).toBeLessThan(1500);
      expect(one.processes).toEqual({ alive: 0, killed: 0, tookMs: 0 });
    }
  });

  it("keep their members open for as long as main renews, and no longer", async () => {
    const { main, nodes, member } = await running();
    await wait(1500);
    expect(await Promise.all(nodes.map(isOpen))).toEqual([true, true, true]);
    const since = mono();
    process.kill(main.pid, "SIGKILL");
    expect(most(await closedAfter([member(0), member(1)], since))).toBeLessThan(550);
    expect(await member(0).ask({ do: "view" })).toMatchObject({ state: "stopped", cause: "lost-lease" });
  });

  it("close their members when main is frozen, and main with them once it thaws", async () => {
    const { main, nodes, member } = await running();
    const since = mono();
    process.kill(main.pid, "SIGSTOP");
    expect(most(await closedAfter([member(0), member(1)], since))).toBeLessThan(550);
    await wait(300);
    process.kill(main.pid, "SIGCONT");
    expect(await main.probe()).toBe("deny");
    await eventually("the rack is stopped", async () => (await main.ask({ do: "view" })).state === "stopped");
    expect(await main.ask({ do: "view" })).toMatchObject({ cause: "lost-lease" });
    await wait(500);
    expect(await Promise.all(nodes.map(isOpen))).toEqual([false, false, false]);
  });

  it("do not open a member that was frozen with old leases in its queue", async () => {
    const { main, member } = await running(2);
    process.kill(member(0).pid, "SIGSTOP");
    await wait(300);
    process.kill(main.pid, "SIGKILL");
    await wait(400);
    process.kill(member(0).pid, "SIGCONT");
    expect(await member(0).probe()).toBe("deny");
    await wait(100);
    expect(await isOpen(member(0))).toBe(false);
  });

  it("close also where the main loop is blocked", async () => {
    const { main, nodes, member } = await running();
    const blocked = [main.ask({ do: "block", ms: 2000 }), member(1).ask({ do: "block", ms: 2000 })];
    await wait(200);
    const since = mono();
    await member(0).ask({ do: "trip" });
    for (const answer of await Promise.all(blocked)) {
      expect(answer.closedAt).not.toBeNull();
      expect((answer.closedAt ?? Number.NaN) - since).toBeLessThan(250);
    }
    expect(await Promise.all(nodes.map((node) => node.probe()))).toEqual(["deny", "deny", "deny"]);
  });

  it("kill what was started under them, also with the main loop blocked", async () => {
    const { main, member } = await running(2);
    const { pid } = await main.ask({ do: "tool", command: ["sh", "-c", 'trap "" TERM; while :; do sleep 0.05; done'] });
    expect(alive(pid)).toBe(true);
    const blocked = main.ask({ do: "block", ms: 3500 });
    await wait(100);
    const since = mono();
    await member(0).ask({ do: "trip" });
    await eventually("the tool is dead", () => Promise.resolve(!alive(pid)), 4000);
    expect(mono() - since).toBeLessThan(3000);
    await blocked;
    const view = await eventually("the report", async () => {
      const [self] = (await main.ask({ do: "view" })).nodes;
      return self?.processes !== "unknown" && self?.processes.tookMs !== "unknown" && (self?.processes.killed ?? 0) > 0 && self?.processes;
    });
    expect(view.alive).toBe(0);
  });

  it("believe no datagram that is forged, replayed, turned round, cut or too long", async () => {
    const { main, member } = await running(2);
    const node = member(0);
    const { port, session, key } = await connect(main, node);
    await eventually("the new key is in use", async () =>
      (await main.ask({ do: "view" })).nodes.every((one) => one.ackAgeMs !== "unknown" && one.ackAgeMs < 300),
    );
    const before = await node.ask({ do: "refused" });
    const lease = { epoch: 9e15, state: "stopped", echo: null, heard: 0, excluded: false, cause: "person" } as const;
    const sealed = (more: object = {}) => ({ session: Buffer.from(session, "hex"), key: Buffer.from(key, "hex"), seq: 1, ...more });
    const wrongKey = seal("lease", sealed({ key: Buffer.alloc(32), seq: 1e9 }), lease);
    const replayed = seal("lease", sealed(), lease);
    const turned = seal("ack", sealed({ seq: 1e9 }), lease);
    const stranger = seal("lease", sealed({ session: Buffer.alloc(8), seq: 1e9 }), lease);
    const bent = seal("lease", sealed({ seq: 1e9 }), lease);
    bent[30] = (bent[30] ?? 0) ^ 1;
    const wrongShape = seal("lease", sealed({ seq: 1e9 }), { ...lease, epoch: -1 });
    const socket = createSocket("udp4");
    const all = [
      wrongKey,
      replayed,
      turned,
      stranger,
      bent,
      wrongShape,
      replayed.subarray(0, 20),
      Buffer.alloc(0),
      Buffer.alloc(longestDatagram + 1),
      Buffer.from("hello"),
    ];
    for (const one of all) await new Promise<void>((resolve) => socket.send(one, port, "127.0.0.1", () => resolve()));
    socket.close();
    await wait(200);
    const after = await node.ask({ do: "refused" });
    expect(after.mac - before.mac).toBe(2);
    expect(after.replayed - before.replayed).toBe(1);
    expect(after.stranger - before.stranger).toBe(2);
    expect(after.malformed - before.malformed).toBe(5);
    expect(await isOpen(node)).toBe(true);
    expect((await node.ask({ do: "fence" })).epoch).toBeLessThan(9e15);
  });

  it("end the older key with the first use of the newer one", async () => {
    const { main, member } = await running(2);
    const old = await connect(main, member(0));
    await wait(300);
    await connect(main, member(0));
    await wait(300);
    const before = await member(0).ask({ do: "refused" });
    const socket = createSocket("udp4");
    const stop = { epoch: 9e15, state: "stopped", echo: null, heard: 0, excluded: false, cause: "person" } as const;
    const late = seal("lease", { session: Buffer.from(old.session, "hex"), key: Buffer.from(old.key, "hex"), seq: 1e9 }, stop);
    await new Promise<void>((resolve) => socket.send(late, old.port, "127.0.0.1", () => resolve()));
    socket.close();
    await wait(100);
    expect((await member(0).ask({ do: "refused" })).stranger).toBe(before.stranger + 1);
    expect(await isOpen(member(0))).toBe(true);
  });
});

describe.runIf(canMakeNetworks)("keepers on a switch (network namespaces)", () => {
  it("close within their lease when main's cable is out, and wait for a person when it is back", async () => {
    const network = createNetwork();
    try {
      const machines = new Map(
        ["node0", "node1", "node2"].map((id, index) => [id, { at: `10.77.0.${index + 1}`, machine: network.machine(id, `10.77.0.${index + 1}`) }]),
      );
      rack = await startKeepers(3, {
        place: (id) => ({ host: "0.0.0.0", at: machines.get(id)?.at ?? "", wrap: ["ip", "netns", "exec", machines.get(id)?.machine.namespace ?? ""] }),
      });
      const { main, nodes, member } = rack;
      await startRack(main, nodes);
      // Their gates are on loopback of their own namespace, so each looks itself, all the time.
      const watching = [member(0), member(1)].map((node) => node.ask({ do: "block", ms: 1500 }));
      await wait(200);
      const since = mono();
      machines.get("node0")?.machine.unplug();
      const took = mono() - since;
      for (const { closedAt } of await Promise.all(watching)) {
        expect(closedAt).not.toBeNull();
        expect((closedAt ?? Number.NaN) - since).toBeLessThan(550 + took);
      }
      expect(await isOpen(main)).toBe(true);
      machines.get("node0")?.machine.plug("10.77.0.1");
      await eventually("the rack is stopped", async () => (await main.ask({ do: "view" })).state === "stopped", 10_000);
      expect(await main.ask({ do: "view" })).toMatchObject({ cause: "lost-lease" });
      expect(await Promise.all(nodes.map(isOpen))).toEqual([false, false, false]);
    } finally {
      await rack?.end();
      rack = undefined;
      await network.end();
    }
  });
});

/** Neither gone nor a zombie that its blocked parent has yet to bury. */
function alive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test(stdout.trim());
}
