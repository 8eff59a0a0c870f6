import { spawn, type ChildProcess } from "node:child_process";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { fromTxt, SERVICE_TYPE, toTxt, type Announcement, type Discovery, type DiscoveryEvents } from "./port.ts";

const RESTART_MS = 2000;
const RESOLVE_MS = 4000;

interface Deps {
  clock: Clock;
  log: Log;
  events: DiscoveryEvents;
  /** The system's client; another path only in tests. */
  command?: string;
}

/** A line of `dns-sd -B`: `14:32:01.123  Add  2  4  local.  _aosnode._tcp.  NAME`. */
export function parseBrowseLine(line: string): { change: "add" | "remove"; name: string } | undefined {
  const match = /^\s*[\d:.]+\s+(Add|Rmv)\s+\S+\s+\d+\s+\S+\s+_aosnode\._tcp\.\s+(.+?)\s*$/.exec(line);
  return match?.[2] === undefined ? undefined : { change: match[1] === "Add" ? "add" : "remove", name: match[2] };
}

/** Host and port in the text of `dns-sd -L`: `NAME._aosnode._tcp.local. can be reached at aos-x.local.:7443 (interface 4)`, then a line of TXT. */
export function parseResolve(text: string): { host: string; port: number; txt: Record<string, string> } | undefined {
  const reached = /can be reached at (\S+?)\.?:(\d{1,5}) /.exec(text);
  if (!reached?.[1] || reached[2] === undefined) return undefined;
  const after = text.slice(reached.index).split("\n").slice(1).join("\n");
  const txt: Record<string, string> = {};
  for (const [, key, value] of after.matchAll(/(?:^|\s)([a-z]+)=((?:\\.|[^\s\\])*)/g))
    if (key !== undefined && value !== undefined) txt[key] = value.replace(/\\(.)/g, "$1");
  return { host: reached[1], port: Number(reached[2]), txt };
}

/** macOS: the system's own responder through `/usr/bin/dns-sd`, one supervised child each for announcing and browsing. Not verified on hardware. */
export function createDnsSdDiscovery({ clock, log, events, command = "/usr/bin/dns-sd" }: Deps): Discovery {
  const children = new Set<ChildProcess>();
  const names = new Map<string, string>();
  let announcement: Announcement | undefined;
  let announcing: ChildProcess | undefined;
  let running = false;
  let failed = false;

  const child = (args: string[], onLine: (line: string) => void, onEnd: () => void): ChildProcess => {
    const started = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    children.add(started);
    let rest = "";
    started.stdout.setEncoding("utf8");
    started.stdout.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = (lines.pop() ?? "").slice(-4096);
      for (const line of lines) onLine(line);
    });
    started.on("error", (error) => {
      failed = true;
      log.warn("discovery.dns-sd-failed", { error });
    });
    started.on("close", () => {
      children.delete(started);
      onEnd();
    });
    return started;
  };
  const again = (task: () => void) => {
    if (running) clock.after(RESTART_MS, task);
  };
  const publish = () => {
    if (!running || !announcement) return;
    const a = announcement;
    const mine = child(
      ["-R", `${a.name} ${a.id}`, `_${SERVICE_TYPE}._tcp`, "local", String(a.port), ...Object.entries(toTxt(a)).map(([key, value]) => `${key}=${value}`)],
      () => {},
      () => {
        if (announcing === mine) again(publish);
      },
    );
    announcing = mine;
  };
  const resolve = (name: string) => {
    let text = "";
    const asking = child(
      ["-L", name, `_${SERVICE_TYPE}._tcp`, "local"],
      (line) => {
        text += `${line}\n`;
        const found = parseResolve(text);
        const sighting = found && Object.keys(found.txt).length > 0 ? fromTxt(found.txt, found.port, [found.host]) : undefined;
        if (!sighting) return;
        names.set(name, sighting.id);
        events.up(sighting);
        asking.kill();
      },
      () => {},
    );
    clock.after(RESOLVE_MS, () => asking.kill());
  };
  const browse = () => {
    if (!running) return;
    child(
      ["-B", `_${SERVICE_TYPE}._tcp`, "local"],
      (line) => {
        const change = parseBrowseLine(line);
        if (!change) return;
        failed = false;
        if (change.change === "add") resolve(change.name);
        else {
          const id = names.get(change.name);
          if (id !== undefined) events.down(id);
        }
      },
      () => again(browse),
    );
  };

  return {
    adapter: "dns-sd",
    start() {
      running = true;
      publish();
      browse();
    },
    stop() {
      running = false;
      for (const one of children) one.kill();
      return Promise.resolve();
    },
    announce(next) {
      if (JSON.stringify(next) === JSON.stringify(announcement)) return;
      announcement = next;
      const old = announcing;
      announcing = undefined;
      old?.kill();
      publish();
    },
    rescan() {
      for (const name of names.keys()) resolve(name);
    },
    state: () => (!running ? "off" : failed ? "blocked" : "listening"),
  };
}
