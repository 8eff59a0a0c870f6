import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/fakes/electron/clock.ts";
import { heldByAnother, type AosdProcess, type Endpoint } from "./aosd-process.ts";
import { createSupervisor, supervisorTimes, type AosdState } from "./supervisor.ts";

/** An aosd that does what the test says. */
function createChild(pid: number) {
  const serving = Promise.withResolvers<Endpoint>();
  const exited = Promise.withResolvers<{ code: number | null; reason: string }>();
  const signals: string[] = [];
  const process: AosdProcess = {
    pid,
    serving: serving.promise,
    exited: exited.promise,
    signal(name) {
      signals.push(name);
      if (name === "SIGKILL" || !child.stubborn) exited.resolve({ code: name === "SIGKILL" ? null : 0, reason: name });
    },
  };
  const child = {
    process,
    signals,
    stubborn: false,
    serve: () => serving.resolve({ socket: `/run/${String(pid)}.sock`, pid }),
    exit: (code: number | null) => exited.resolve({ code, reason: `code ${String(code)}` }),
  };
  return child;
}

function setup() {
  const time = createFakeClock();
  const children: ReturnType<typeof createChild>[] = [];
  const states: AosdState[] = [];
  let holder: Endpoint | null = null;
  let answering = false;
  const supervisor = createSupervisor({
    launch: () => {
      const child = createChild(children.length + 1);
      children.push(child);
      return child.process;
    },
    holder: () => Promise.resolve(holder),
    answers: () => Promise.resolve(answering),
    clock: time.clock,
    random: () => 0.5,
    log: () => undefined,
    onChange: (state) => states.push(state),
  });
  const last = () => {
    const child = children.at(-1);
    if (child === undefined) throw new Error("none was launched");
    return child;
  };
  return {
    supervisor,
    time,
    children,
    states,
    last,
    kinds: () => states.map((state) => state.kind),
    hold: (endpoint: Endpoint | null, answers: boolean) => {
      holder = endpoint;
      answering = answers;
    },
  };
}

describe("the supervisor", () => {
  test("starts an aosd, says when it serves, and stops it with SIGTERM", async () => {
    const { supervisor, time, last, kinds } = setup();
    const stop = supervisor.start();
    await time.settle();
    last().serve();
    await time.settle();
    expect(await supervisor.serving(0, new AbortController().signal)).toEqual({ socket: "/run/1.sock", pid: 1 });
    await stop();
    expect([last().signals, kinds()]).toEqual([["SIGTERM"], ["starting", "serving", "stopped"]]);
    expect(time.waiting()).toBe(0);
  });

  test("kills an aosd that does not stop within ten seconds, and not before", async () => {
    const { supervisor, time, last } = setup();
    const stop = supervisor.start();
    await time.settle();
    last().stubborn = true;
    last().serve();
    await time.settle();
    const stopped = stop();
    await time.move(supervisorTimes.killAfterMs - 1);
    expect(last().signals).toEqual(["SIGTERM"]);
    await time.move(1);
    await stopped;
    expect(last().signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  test("starts it again after a crash, later each time", async () => {
    const { supervisor, time, children, last, states } = setup();
    const stop = supervisor.start();
    await time.settle();
    for (let crash = 1; crash <= 4; crash++) {
      last().serve();
      await time.settle();
      last().exit(1);
      await time.settle();
      const waiting = states.at(-1);
      expect(waiting).toMatchObject({ kind: "waiting", attempt: crash, forMs: 500 * 2 ** (crash - 1), reason: "code 1" });
      await time.move(500 * 2 ** (crash - 1) - 1);
      expect(children).toHaveLength(crash);
      await time.move(1);
      expect(children).toHaveLength(crash + 1);
    }
    await stop();
  });

  test("gives up after six crashes in two minutes; restarting begins with a fresh budget", async () => {
    const { supervisor, time, children, last, kinds, states } = setup();
    supervisor.start();
    for (let crash = 0; crash <= supervisorTimes.crashes; crash++) {
      await time.settle();
      last().exit(1);
      await time.settle();
      const state = states.at(-1);
      if (state?.kind === "waiting") await time.move(state.forMs);
    }
    expect([kinds().at(-1), children.length]).toEqual(["given-up", supervisorTimes.crashes + 1]);
    await time.move(600_000);
    expect(children).toHaveLength(supervisorTimes.crashes + 1);
    await expect(supervisor.serving(1000, new AbortController().signal)).rejects.toThrow("given up");
    await supervisor.restart();
    await time.settle();
    expect([kinds().at(-1), children.length]).toEqual(["starting", supervisorTimes.crashes + 2]);
    await supervisor.stop();
  });

  test("a crash after a long healthy time costs nothing of the budget", async () => {
    const { supervisor, time, last, states } = setup();
    const stop = supervisor.start();
    for (let day = 0; day < 20; day++) {
      await time.settle();
      last().serve();
      await time.move(supervisorTimes.healthyAfterMs);
      last().exit(1);
      await time.settle();
      expect(states.at(-1)).toMatchObject({ kind: "waiting", attempt: 1 });
      await time.move(500);
    }
    await stop();
  });

  test("an aosd that does not serve within thirty seconds is stopped and started again", async () => {
    const { supervisor, time, children, kinds } = setup();
    const stop = supervisor.start();
    await time.move(supervisorTimes.servingWithinMs);
    expect(children[0]?.signals).toEqual(["SIGTERM"]);
    await time.move(500);
    expect([children.length, kinds().includes("serving")]).toEqual([2, false]);
    await stop();
  });

  test("uses the aosd that holds the state folder, never stops it, and starts its own once that one is gone", async () => {
    const { supervisor, time, children, last, states, hold } = setup();
    hold({ socket: "/run/other.sock", pid: 99 }, true);
    const stop = supervisor.start();
    await time.settle();
    last().exit(heldByAnother);
    await time.settle();
    expect(states.at(-1)).toEqual({ kind: "serving", endpoint: { socket: "/run/other.sock", pid: 99 }, own: false });
    await time.move(10_000);
    expect(children).toHaveLength(1);
    hold(null, false);
    await time.move(3_000);
    expect([children.length, states.at(-1)]).toEqual([2, { kind: "starting", attempt: 1 }]);
    await stop();
  });

  test("a holder that does not answer is waited for with back-off", async () => {
    const { supervisor, time, last, states, hold } = setup();
    hold({ socket: "/run/dead.sock", pid: 99 }, false);
    const stop = supervisor.start();
    await time.settle();
    last().exit(heldByAnother);
    await time.settle();
    expect(states.at(-1)).toMatchObject({ kind: "waiting", forMs: 500 });
    await stop();
  });

  test("whoever waits for it is told when it is late, or when they leave", async () => {
    const { supervisor, time } = setup();
    const stop = supervisor.start();
    const late = supervisor.serving(1000, new AbortController().signal);
    const leaving = new AbortController();
    const left = supervisor.serving(100_000, leaving.signal);
    await Promise.all([expect(late).rejects.toThrow("does not serve yet"), time.move(1000)]);
    leaving.abort();
    await expect(left).rejects.toThrow("does not serve yet");
    await stop();
  });

  test("stopping while it waits to start again starts nothing", async () => {
    const { supervisor, time, children, last, kinds } = setup();
    const stop = supervisor.start();
    await time.settle();
    last().exit(1);
    await time.settle();
    await stop();
    await time.move(60_000);
    expect([children.length, kinds().at(-1), time.waiting()]).toEqual([1, "stopped", 0]);
  });
});
