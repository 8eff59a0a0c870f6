import { connect } from "node:net";
import type { UpsView } from "../../../contract/rack.ts";
import { createClock } from "../../kernel/clock.ts";
import { silentLog } from "../../kernel/log.ts";
import { createNutUps, type NutOptions } from "./nut.ts";

/** The real client on the real clock, and everything that it told, with the time at which it did. */
export function watchNut(options: Pick<NutOptions, "port"> & Partial<NutOptions>) {
  const clock = createClock();
  const ups = createNutUps({ clock, log: silentLog, random: () => 0, host: "127.0.0.1", ups: null, login: null, tls: "off", ...options });
  const told: { at: number; view: UpsView }[] = [];
  const waiting = new Set<() => void>();
  ups.onChange((view) => {
    told.push({ at: clock.mono(), view });
    for (const look of waiting) look();
  });
  const stop = ups.start();
  return {
    told,
    current: ups.current,
    stop,
    /** Resolves with the first view (from now on, or the present one) that fits; rejects with the last view after `withinMs`. */
    until(fits: (view: UpsView) => boolean, withinMs = 10_000): Promise<{ at: number; view: UpsView }> {
      const { promise, resolve, reject } = Promise.withResolvers<{ at: number; view: UpsView }>();
      const look = () => {
        const view = ups.current();
        if (fits(view)) resolve({ at: clock.mono(), view });
      };
      waiting.add(look);
      const timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms; last: ${JSON.stringify(ups.current())}`)), withinMs);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
  };
}

/** Asks a server for the status every 20 ms on a line of its own: notes when each new status could be had. */
export function watchStatus(port: number, ups: string) {
  const changes: { at: number; status: string }[] = [];
  const socket = connect({ host: "127.0.0.1", port });
  let rest = "";
  const ask = () => socket.write(`GET VAR ${ups} ups.status\n`);
  let timer: NodeJS.Timeout | undefined;
  socket.on("connect", ask);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    rest += chunk.toString("utf8");
    const end = rest.indexOf("\n");
    if (end < 0) return;
    const status = /"([^"]*)"/.exec(rest.slice(0, end))?.[1] ?? "";
    rest = rest.slice(end + 1);
    if (status !== changes.at(-1)?.status) changes.push({ at: performance.now(), status });
    timer = setTimeout(ask, 20);
  });
  return {
    changes,
    stop() {
      clearTimeout(timer);
      socket.destroy();
    },
  };
}
