import type { NodeView, Pulse, Sample } from "../../contract/rack.ts";
import type { NodeRole } from "../../contract/values.ts";
import type { Trust } from "../access/trust.ts";
import type { Clock } from "../kernel/clock.ts";
import { beatEveryMs } from "./domain/node-state.ts";

/** This machine's own measuring, as the rack needs it. */
export interface Health {
  latest(): Sample | null;
  /** Samples after an instant, oldest first. */
  since(at: number): readonly Sample[];
  /** Monotonic age of the latest sample. */
  latestAgeMs(): number | null;
  facts(): { model: string; os: string };
  unknowns(): NodeView["unknowns"];
}

export interface SelfDeps {
  trust: Trust;
  health: Health;
  clock: Clock;
  bootId: string;
  lastRestart: Pulse["lastRestart"];
  name: () => string;
  roles: () => readonly NodeRole[];
  version: string;
  lanPort: () => number;
}

/** Samples that one heartbeat carries at the most. */
const MAX_SAMPLES = 600;

/** This node as it shows itself: to its own screens, and beat by beat to main. */
export function createSelf(deps: SelfDeps, unit: () => NodeView["unit"]) {
  const { trust, health, clock } = deps;
  const born = clock.mono();
  const pulseEnds = new Set<() => void>();
  let stopped: "running" | "stopped" = "running";

  const services = (): NodeView["services"] => [{ name: "aosd", state: "running", forMs: clock.mono() - born }];
  const view = (): NodeView => {
    const facts = health.facts();
    const sample = health.latest();
    return {
      id: trust.id,
      name: deps.name(),
      roles: [...deps.roles()],
      state: stopped === "stopped" ? "stopped" : "online",
      self: true,
      foundBy: "self",
      beatAgeMs: 0,
      missedBeats: 0,
      address: "127.0.0.1",
      port: deps.lanPort(),
      fingerprint: trust.fingerprint,
      certFp: trust.certFp(),
      certNotAfter: trust.certNotAfter(),
      serial: trust.serial,
      model: facts.model,
      os: facts.os,
      version: deps.version,
      pid: process.pid,
      upMs: clock.mono() - born,
      lastRestart: deps.lastRestart,
      sample,
      sampleAgeMs: health.latestAgeMs(),
      unknowns: health.unknowns(),
      services: services(),
      unit: unit(),
    };
  };

  return {
    view,
    stopped: () => stopped === "stopped",
    /** Beats for main: every 500 ms one, with the samples it has not had; a last one says that this node stops by plan. */
    async *pulse(after: number, signal: AbortSignal | undefined): AsyncGenerator<Pulse> {
      let seq = 0;
      let sent = after;
      let end = () => {};
      const ended = () => end();
      pulseEnds.add(ended);
      signal?.addEventListener("abort", ended);
      try {
        while (!signal?.aborted) {
          const samples = health.since(sent).slice(0, MAX_SAMPLES);
          sent = samples.at(-1)?.at ?? sent;
          const { self: _self, foundBy: _found, ...self } = view();
          yield {
            nodeId: self.id,
            bootId: deps.bootId,
            seq: seq++,
            state: self.state,
            roles: self.roles,
            name: self.name,
            serial: self.serial,
            model: self.model,
            os: self.os,
            version: self.version,
            pid: process.pid,
            upMs: self.upMs ?? 0,
            certNotAfter: self.certNotAfter,
            lastRestart: deps.lastRestart,
            unknowns: self.unknowns,
            services: self.services,
            samples: [...samples],
          };
          if (stopped === "stopped") return;
          await new Promise<void>((resolve) => {
            end = resolve;
            clock.after(beatEveryMs, resolve);
          });
        }
      } finally {
        pulseEnds.delete(ended);
        signal?.removeEventListener("abort", ended);
      }
    },
    /** The last heartbeat says that this node stops by plan. */
    stop() {
      stopped = "stopped";
      for (const end of pulseEnds) end();
    },
  };
}
