import { describe, expect, it } from "vitest";
import type { BreakerView } from "../../contract/breaker.ts";
import type { Clock } from "./clock.ts";
import { createConsoleStore, createStoreSink } from "./store.ts";
import { createTrip } from "./trip.ts";

const view = (state: BreakerView["state"]) => ({ state }) as unknown as BreakerView;
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** A rack that answers, refuses or hangs, and a clock that is wound by hand. */
function scene(trip: () => Promise<BreakerView>, tripHere: () => Promise<{ closed: true; onDisk: boolean }>) {
  let now = 0;
  const timers: { at: number; call: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (ms, call) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
    every: () => () => {},
  };
  const store = createConsoleStore(clock.now);
  const sink = createStoreSink(store, clock.now);
  const calls = { trip: 0, here: 0 };
  const stop = createTrip({
    client: {
      breaker: {
        trip: () => ((calls.trip += 1), trip()),
        tripHere: () => ((calls.here += 1), tripHere()),
      },
    },
    store,
    clock,
  });
  const wind = async (ms: number) => {
    now += ms;
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.call();
    }
    await settle();
  };
  return { store, sink, stop, wind, calls };
}
const never = () => new Promise<never>(() => {});
const gone = () => Promise.reject(new Error("gone"));
const closed = () => Promise.resolve({ closed: true as const, onDisk: true });

describe("a stop asked for on the screen", () => {
  it("says stopping, and stopped only once the rack has answered", async () => {
    let answer: (view: BreakerView) => void = () => {};
    const { store, stop } = scene(() => new Promise((resolve) => (answer = resolve)), never);
    store.setState({ link: { kind: "live" } });
    stop();
    expect(store.getState().tripping.kind).toBe("asking");
    expect(store.getState().breaker).toBeNull();
    answer(view("stopped"));
    await settle();
    expect(store.getState().tripping.kind).toBe("none");
    expect(store.getState().breaker?.state).toBe("stopped");
  });

  it("tells the aosd at hand when the rack doesn't answer, and claims no more than that", async () => {
    const { store, stop, wind, calls } = scene(never, closed);
    store.setState({ link: { kind: "live" } });
    stop();
    await wind(100);
    expect(calls.here).toBe(0);
    await wind(900);
    expect(calls.here).toBe(1);
    expect(store.getState().tripping).toMatchObject({ kind: "here", onDisk: true });
  });

  it("tells the aosd at hand at once when the link is known to be down", async () => {
    const { store, stop, wind } = scene(gone, closed);
    stop();
    await wind(0);
    expect(store.getState().tripping.kind).toBe("here");
  });

  it("says that nobody heard it, and sends it again when the link comes back", async () => {
    const { store, stop, wind, calls } = scene(gone, gone);
    stop();
    await wind(0);
    expect(store.getState().tripping.kind).toBe("unsent");
    store.setState({ link: { kind: "live" } });
    expect(calls.trip).toBe(2);
  });

  it("is not sent again when it has become history", async () => {
    const { store, stop, wind, calls } = scene(gone, gone);
    stop();
    await wind(0);
    await wind(61_000);
    store.setState({ link: { kind: "live" } });
    expect(calls.trip).toBe(1);
  });

  it("a view that still says run doesn't end the asking; one that says stopped does", async () => {
    const { store, sink, stop } = scene(never, never);
    store.setState({ link: { kind: "live" } });
    stop();
    sink.breaker(view("run"));
    expect(store.getState().tripping.kind).toBe("asking");
    sink.breaker(view("stopped"));
    expect(store.getState().tripping.kind).toBe("none");
  });
});
