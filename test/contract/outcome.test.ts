import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actsOf, startBreakerHouse, type BreakerHouse } from "./support/breaker.ts";
import { openDoor, type Door } from "./support/breaker-door.ts";
import { refusalOf, until } from "./support/house.ts";

/** An act whose end nobody wrote down: the aosd is killed while its tool runs. */
let house: BreakerHouse;
const slow = { tool: "fs.write", args: { path: "정리.md", text: "x" } };
const open = (): Promise<Door> => openDoor(house.owner(), house.node(), { "fs.write": { command: join(house.workspace, "slow"), args: [], network: "none" } });

beforeAll(async () => {
  house = await startBreakerHouse("outcome");
  await house.setLevel(3);
  writeFileSync(join(house.workspace, "slow"), "#!/bin/sh\necho $$ > pid.txt\nwhile :; do date +%s%N > alive.txt; sleep 0.05; done\n", { mode: 0o755 });
});
afterAll(() => house.end());

const state = () => house.owner().ask((client) => client.breaker.state());
const alive = () => readFileSync(join(house.workspace, "alive.txt"), "utf8");

test("an act that was cut by kill -9 is unknown afterwards, and nothing goes on before a person has said what became of it", async () => {
  await house.run();
  const door = await open();
  const lost = door.act(slow).catch((error: unknown) => error);
  const before = await until("a tool that runs", 10_000, () => {
    try {
      return alive();
    } catch {
      return undefined;
    }
  });
  expect(before).not.toBe("");
  await house.restart("SIGKILL");
  expect(await lost).toBeInstanceOf(Error);

  const view = await state();
  expect(view).toMatchObject({ state: "stopped", cause: "boot", unknownOutcomes: 1, interrupted: [{ agent: "main", state: "unknown" }] });
  const [act] = view.interrupted.map((one) => one.act);
  if (act === undefined) throw new Error("no act");
  expect((await actsOf(house.owner())).get(act)).toMatchObject({ decision: "allow", outcome: "unknown" });
  // The tool went with its daemon.
  const last = alive();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(alive()).toBe(last);

  await until("a reset that waits for the outcome alone", 10_000, async () => (await state()).checks.filter(({ ok }) => !ok).length === 1);
  expect((await state()).checks.filter(({ ok }) => !ok)).toMatchObject([{ code: "outcome-known", act, why: "unknown-outcome" }]);
  expect((await state()).mayReset).toBe(false);
  expect(await refusalOf(house.owner().ask((client) => client.breaker.reset()))).toMatchObject({ code: "breaker.reset-blocked", data: { left: 1 } });
  expect(await refusalOf(house.owner().ask((client) => client.breaker.start()))).toMatchObject({ code: "breaker.not-ready" });
  expect(await refusalOf(house.owner().ask((client) => client.breaker.settle({ act: "another", outcome: "done" })))).toMatchObject({
    code: "breaker.not-found",
  });

  // It stays unknown over another restart.
  await house.restart("SIGTERM");
  expect(await state()).toMatchObject({ unknownOutcomes: 1, interrupted: [{ act }] });

  await house.owner().ask((client) => client.breaker.settle({ act, outcome: "not-done", note: "looked: only half of it was there" }));
  expect(await state()).toMatchObject({ unknownOutcomes: 0, interrupted: [] });
  expect((await actsOf(house.owner())).get(act)).toMatchObject({ outcome: "not-done" });
  expect(await refusalOf(house.owner().ask((client) => client.breaker.settle({ act, outcome: "done" })))).toMatchObject({ code: "breaker.not-found" });
  await house.run();
  expect((await state()).state).toBe("run");
  expect(await house.owner().ask((client) => client.breaker.activity.verify())).toMatchObject({ ok: true });
});

test("an act that a person's stop cut short is known: it was stopped", async () => {
  await house.run();
  const door = await open();
  const running = door.act(slow);
  const before = alive();
  await until("a tool that runs", 10_000, () => alive() !== before);
  await house.owner().ask((client) => client.breaker.trip({ reason: "test" }));
  expect(await running).toMatchObject({ decision: "allow", outcome: "stopped" });
  await until("no process left", 5000, async () => (await state()).nodes.every(({ processes }) => processes !== "unknown" && processes.alive === 0));
  const last = alive();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(alive()).toBe(last);
  expect(await state()).toMatchObject({ unknownOutcomes: 0 });
});
