import type { NodeView, Sample, UnknownReason } from "../../../contract/rack.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { cpuPercent, cpuTimes, disk, linuxModel, memory, networkBytes, osName, temperature, type CpuTimes, type NetworkBytes } from "./host.ts";
import { startMacmon, type MacReading } from "./macmon.ts";

const KEEP = 900;
const SLOW_MS = 10_000;
/** A tick aims a little into its second, so that a timer that fires a millisecond early doesn't hit the second before. */
const INTO_SECOND_MS = 60;

export interface SamplerDeps {
  clock: Clock;
  log: Log;
  /** Folder whose disk is measured. */
  dir: string;
  platform?: NodeJS.Platform;
  /** The tool that tells power and temperature on a Mac. */
  macmon?: string;
}

/**
 * Measures this machine once a second, each sample labelled with its wall-clock second. A second is skipped only when the
 * event loop stood still for longer than it. What nobody can read is "unknown", with a reason.
 */
export function createSampler({ clock, log, dir, platform = process.platform, macmon = "macmon" }: SamplerDeps) {
  const kept: Sample[] = [];
  const listeners = new Set<(sample: Sample) => void>();
  let cpuBefore: CpuTimes | undefined;
  let netBefore: (NetworkBytes & { at: number }) | undefined;
  let latestAt = 0;
  let slowAt = -Infinity;
  let heat: Sample["temperatureC"] = "unknown";
  let model = platform === "linux" ? linuxModel() : "unknown";
  let mac: { current(): MacReading | undefined; stop(): void } | undefined;
  let running = false;
  let cancel = () => {};

  const slow = async () => {
    if (clock.mono() - slowAt < SLOW_MS) return;
    const first = slowAt === -Infinity;
    slowAt = clock.mono();
    if (platform === "linux") heat = temperature();
    else await fromLibrary(first);
  };
  /** Other systems: systeminformation knows them. Loaded at the first need; it says 0 or null where it means unknown. */
  const fromLibrary = async (first: boolean) => {
    const library = await import("systeminformation");
    if (mac?.current()?.temperatureC === undefined) {
      const { main } = await library.cpuTemperature();
      heat = typeof main === "number" && main > 0 ? main : "unknown";
    }
    if (first) model = (await library.system()).model || "unknown";
  };
  const network = (): { rx: Sample["networkRxBytesPerS"]; tx: Sample["networkTxBytesPerS"] } => {
    const now = networkBytes();
    const before = netBefore;
    const at = clock.mono();
    netBefore = now ? { ...now, at } : undefined;
    if (!now || !before || at - before.at < 200) return { rx: "unknown", tx: "unknown" };
    const perS = (a: number, b: number) => Math.max(0, Math.round(((b - a) * 1000) / (at - before.at)));
    return { rx: perS(before.rx, now.rx), tx: perS(before.tx, now.tx) };
  };
  const measure = async (second: number): Promise<Sample> => {
    const times = cpuTimes();
    const cpu = cpuPercent(cpuBefore, times);
    cpuBefore = times;
    const [store] = await Promise.all([disk(dir), slow().catch((error: unknown) => log.debug("health.slow-failed", { error }))]);
    const ram = memory();
    const net = network();
    const power = mac?.current();
    return {
      at: second,
      cpuPercent: cpu,
      memoryUsedBytes: ram.used,
      memoryTotalBytes: ram.total,
      diskUsedBytes: store.used,
      diskTotalBytes: store.total,
      temperatureC: power?.temperatureC ?? heat,
      powerW: power?.powerW ?? "unknown",
      networkRxBytesPerS: net.rx,
      networkTxBytesPerS: net.tx,
      rssBytes: process.memoryUsage.rss(),
      beatGapMs: "unknown",
    };
  };
  const plan = (last: number) => {
    const now = clock.now();
    const next = Math.max(Math.floor(now / 1000) * 1000 + 1000, last === 0 ? 0 : last > now ? 0 : last + 1000);
    cancel = clock.after(Math.max(5, Math.min(1100, next + INTO_SECOND_MS - now)), () => {
      // Late by up to a second still counts for its own second.
      const due = clock.now() - next < 1000 + INTO_SECOND_MS && clock.now() >= next ? next : Math.floor(clock.now() / 1000) * 1000;
      measure(due)
        .then((sample) => {
          kept.push(sample);
          if (kept.length > KEEP) kept.splice(0, kept.length - KEEP);
          latestAt = clock.mono();
          for (const listener of listeners) listener(sample);
          return undefined;
        })
        .catch((error: unknown) => log.warn("health.sample-failed", { error }));
      if (running) plan(due);
    });
  };

  return {
    start() {
      running = true;
      cpuBefore = cpuTimes();
      netBefore = undefined;
      if (platform === "darwin") mac = startMacmon({ clock, log, command: macmon });
      plan(0);
      return () => {
        running = false;
        cancel();
        mac?.stop();
      };
    },
    latest: (): Sample | null => kept.at(-1) ?? null,
    latestAgeMs: (): number | null => (kept.length === 0 ? null : clock.mono() - latestAt),
    /** Samples taken after the one of that instant, in the order in which they were taken: a clock that went back neither hides new ones nor brings old ones again. */
    since(at: number): readonly Sample[] {
      const index = kept.findLastIndex((sample) => sample.at === at);
      if (index >= 0) return kept.slice(index + 1);
      const newest = kept.at(-1)?.at ?? 0;
      // Whoever asks holds a second that this clock has not reached: those taken since it went back.
      if (at > newest) return kept.slice(1 + kept.findLastIndex((sample, place) => sample.at > (kept[place + 1]?.at ?? Infinity)));
      return kept.filter((sample) => sample.at > at);
    },
    onSample(listener: (sample: Sample) => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    facts: () => ({ model, os: osName() }),
    unknowns(): NodeView["unknowns"] {
      const last = kept.at(-1);
      const why = (value: unknown, reason: UnknownReason) => (last === undefined ? "not-yet" : value === "unknown" ? reason : undefined);
      const found = {
        cpuPercent: why(last?.cpuPercent, "not-yet"),
        memoryUsedBytes: why(last?.memoryUsedBytes, "read-failed"),
        diskUsedBytes: why(last?.diskUsedBytes, "read-failed"),
        temperatureC: why(last?.temperatureC, platform === "darwin" ? "needs-macmon" : "no-sensor"),
        powerW: why(last?.powerW, platform === "darwin" ? "needs-macmon" : "not-supported"),
        networkRxBytesPerS: why(last?.networkRxBytesPerS, platform === "linux" ? "not-yet" : "not-supported"),
        networkTxBytesPerS: why(last?.networkTxBytesPerS, platform === "linux" ? "not-yet" : "not-supported"),
        beatGapMs: why("unknown", "not-supported"),
      } satisfies Record<string, UnknownReason | undefined>;
      return Object.fromEntries(Object.entries(found).filter(([, reason]) => reason !== undefined));
    },
  };
}
