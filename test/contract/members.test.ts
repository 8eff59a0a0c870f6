import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gateAnswer, type GateAnswer } from "../../src/contract/breaker.ts";
import { startDemoRack, type DemoRack } from "../../demo/rack.ts";
import { verifyFile } from "../../src/daemon/breaker/audit/verify.ts";
import { startAosd, type Aosd } from "../../demo/aosd.ts";

let rack: DemoRack;
let pool: Aosd;
let storage: Aosd;
let token: string;

const until = async (what: string, holds: () => Promise<boolean> | boolean, ms = 30_000) => {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const state = () => rack.owner.ask((client) => client.breaker.state());
const open = async () => (await state()).nodes.filter((node) => node.state === "open").length;
const ask = async (body: object): Promise<GateAnswer> => {
  const answer = await fetch(`${pool.loopback}/v1/gate`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return gateAnswer.parse(await answer.json());
};
const run = async () => {
  await until("the stop can be reset", async () => (await state()).mayReset);
  await rack.owner.ask((client) => client.breaker.reset());
  await rack.owner.ask((client) => client.breaker.start());
  await until("all four gates are open", async () => (await open()) === 4);
};

beforeAll(async () => {
  rack = await startDemoRack({ ups: undefined, lan: false, signal: AbortSignal.timeout(60_000), say: () => undefined });
  const [, second, , fourth] = rack.nodes;
  if (!second || !fourth) throw new Error("no four nodes");
  [pool, storage] = [second, fourth];
  ({ token } = await pool.link.ask((client) => client.breaker.runtimes.add({ name: "sub" })));
}, 90_000);
afterAll(() => rack.stop());

describe("a member's gate, four processes", () => {
  it("is closed until a person starts, follows main's level, and asks on main's screen", async () => {
    expect(await ask({ tool: "fs.read", args: { path: "x" } })).toMatchObject({ decision: "deny" });
    await rack.owner.ask((client) => client.breaker.autonomy.set({ level: 3 }));
    await run();
    expect(await ask({ tool: "fs.write", args: { path: "note.md", text: "hello" } })).toMatchObject({ decision: "allow", params: { level: 3 } });

    const sms = { tool: "sms.send", args: { to: "010-0000-0001", text: "Your flowers are ready." } };
    const asked = await ask(sms);
    expect(asked.decision).toBe("ask");
    const waiting = async () => (await rack.owner.ask((client) => client.breaker.approvals.list())).waiting;
    await until("main shows the member's approval", async () => (await waiting()).some((one) => one.id === asked.approval));
    const one = (await waiting()).find((each) => each.id === asked.approval);
    if (!one) throw new Error("gone");
    expect(one.nodeId).toBe(pool.id);
    await rack.owner.ask((client) => client.breaker.approvals.decide({ items: [{ id: one.id, hash: one.hash }], answer: "approve" }));
    expect(await ask({ ...sms, approval: one.id })).toMatchObject({ decision: "allow", reason: "approved" });
    expect(await ask({ ...sms, approval: one.id })).toMatchObject({ decision: "deny", reason: "approval-used" });
  });

  it("closes with the rack, and a stop given at the member closes the rack", async () => {
    await rack.owner.ask((client) => client.breaker.trip({ reason: "from main" }));
    expect(await ask({ tool: "fs.read", args: { path: "x" } })).toMatchObject({ decision: "deny", reason: "latched" });
    await run();
    await pool.link.ask((client) => client.breaker.tripHere({ reason: "from the pool" }));
    expect(await ask({ tool: "fs.read", args: { path: "x" } })).toMatchObject({ decision: "deny" });
    await until("main has heard of it", async () => (await state()).state === "stopped");
    expect(await state()).toMatchObject({ cause: "person", reason: "from the pool" });
  });

  it("has a copy of its log, and main's, on the storage node", async () => {
    const copy = (id: string) => join(storage.stateDir, "copies", `replica-${id}.db`);
    for (const node of [rack.main, pool]) await until(`${node.id} is copied`, () => existsSync(copy(node.id)));
    await until("the copy of the pool's log holds and has its rows", async () => {
      const found = await verifyFile({ path: copy(pool.id) });
      return found.ok && found.rows > 5;
    });
  });

  it("is stopped after its own restart, and waits for the next start while the others run", async () => {
    await run();
    const before = (await state()).epoch;
    process.kill(storage.pid, "SIGKILL");
    await until("main knows no more of it", async () => (await state()).nodes.some((node) => node.nodeId === storage.id && node.state === "unconfirmed"));
    expect(await state()).toMatchObject({ state: "run", epoch: before });
    const again = await startAosd(storage.stateDir, ["--lan-host", "127.0.0.1", "--lan-port", "0", "--loopback-port", "0", "--roles", "storage"]);
    try {
      const of = async () => (await state()).nodes.find((node) => node.nodeId === storage.id)?.state;
      await until("it is back, and held", async () => (await of()) === "held");
      expect(await state()).toMatchObject({ state: "run", epoch: before });
      await rack.owner.ask((client) => client.breaker.start());
      await until("a start lets it in", async () => (await of()) === "open");
    } finally {
      await again.stop();
    }
  });
});
