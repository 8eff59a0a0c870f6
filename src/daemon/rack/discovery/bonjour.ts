import type { EventEmitter } from "node:events";
import { networkInterfaces } from "node:os";
import { Bonjour, Service, type Browser } from "bonjour-service";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { fromTxt, SERVICE_TYPE, toTxt, type Announcement, type Discovery, type DiscoveryEvents } from "./port.ts";

const SCAN_MS = 10_000;
const RESCAN_MIN_MS = 2000;
const INTERFACE_POLL_MS = 2000;
/** Not answering for this long means gone: three scans and some grace. */
const FORGET_MS = 35_000;
/** A node that changes its announcement says goodbye first; it is gone only when it stays away. */
const GOODBYE_MS = 2000;
/** Own announcement not heard by then: multicast doesn't leave this machine. */
const BLOCKED_MS = 4000;

/** The browser's and the service's insides that its types hide; its sockets raise errors that nobody else catches. */
type Inside = { server: { mdns: EventEmitter } };
type Records = { records(): { type: string; name: string; ttl: number; data: unknown }[] };

/** The set of interfaces and addresses as one string; a change means that the multicast sockets are deaf. */
export const interfaceSignature = (): string =>
  Object.entries(networkInterfaces())
    .flatMap(([name, list]) => (list ?? []).map((a) => `${name}=${a.address}`))
    .toSorted()
    .join(" ");

/**
 * mDNS by bonjour-service, around its known defects: one service a process; names made unique by the node id (no probing);
 * `host` always `<name>.local`; a fresh browser for each scan (a kept one misses new addresses and TXT, and its expiry drops live
 * services), with liveness counted here; the whole instance made anew when the interfaces change; socket errors caught.
 */
export function createBonjourDiscovery({
  clock,
  log,
  events,
  signature = interfaceSignature,
}: {
  clock: Clock;
  log: Log;
  events: DiscoveryEvents;
  signature?: () => string;
}): Discovery {
  const seen = new Map<string, { at: number; leaving: boolean }>();
  let bonjour: Bonjour | undefined;
  let browser: Browser | undefined;
  let service: Service | undefined;
  let announcement: Announcement | undefined;
  let interfaces = "";
  let scannedAt = -Infinity;
  let startedAt = 0;
  let heardSelf = false;
  let failed = false;
  let narrowed = false;
  let stops: (() => void)[] = [];

  const trouble = (error: unknown) => {
    failed = true;
    log.warn("discovery.multicast-failed", { error });
  };
  const open = () => {
    interfaces = signature();
    failed = false;
    heardSelf = false;
    startedAt = clock.mono();
    bonjour = new Bonjour({}, trouble);
    (bonjour as unknown as Inside).server.mdns.on("error", trouble);
    publish();
    scan();
  };
  const close = (goodbye: boolean): Promise<void> => {
    const old = bonjour;
    browser?.stop();
    browser = undefined;
    service = undefined;
    bonjour = undefined;
    if (!old) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        old.destroy();
        resolve();
      };
      if (!goodbye) {
        end();
        return;
      }
      const cancel = clock.after(500, end);
      old.unpublishAll(() => {
        cancel();
        end();
      });
    });
  };
  const publish = () => {
    if (!bonjour || !announcement) return;
    const a = announcement;
    if (a.loopbackOnly && !narrowed) {
      narrowed = true;
      announceLoopbackOnly(`aos-${a.id}.local`);
    }
    service = bonjour.publish({ name: `${a.name} ${a.id}`, type: SERVICE_TYPE, port: a.port, host: `aos-${a.id}.local`, txt: toTxt(a), probe: false });
    service.on("error", trouble);
  };
  const scan = () => {
    if (!bonjour) return;
    scannedAt = clock.mono();
    browser?.stop();
    browser = bonjour.find({ type: SERVICE_TYPE }, (found) => {
      const sighting = fromTxt((found.txt ?? {}) as Record<string, unknown>, found.port, found.addresses ?? []);
      if (!sighting) return;
      if (sighting.id === announcement?.id) heardSelf = true;
      seen.set(sighting.id, { at: clock.mono(), leaving: false });
      events.up(sighting);
    });
    browser.on("down", (found: Service) => {
      const sighting = fromTxt((found.txt ?? {}) as Record<string, unknown>, found.port, []);
      const entry = sighting && seen.get(sighting.id);
      if (!entry || !sighting) return;
      entry.leaving = true;
      stops.push(
        clock.after(GOODBYE_MS, () => {
          if (seen.get(sighting.id)?.leaving) forget(sighting.id);
        }),
      );
      soon();
    });
  };
  const forget = (id: string) => {
    if (seen.delete(id)) events.down(id);
  };
  const soon = () => {
    const wait = Math.max(200, RESCAN_MIN_MS - (clock.mono() - scannedAt));
    stops.push(clock.after(wait, scan));
    if (stops.length > 200) stops = stops.slice(-100);
  };
  const tick = () => {
    for (const [id, entry] of seen) if (clock.mono() - entry.at > FORGET_MS) forget(id);
    if (signature() !== interfaces) {
      log.info("discovery.interfaces-changed");
      void close(false).then(open);
    } else if (clock.mono() - scannedAt > SCAN_MS) scan();
  };

  return {
    adapter: "bonjour",
    start() {
      open();
      stops.push(clock.every(INTERFACE_POLL_MS, tick), clock.after(700, scan), clock.after(2500, scan));
    },
    async stop() {
      for (const stop of stops) stop();
      stops = [];
      await close(true);
    },
    announce(next) {
      if (JSON.stringify(next) === JSON.stringify(announcement)) return;
      announcement = next;
      if (!bonjour) return;
      const old = service;
      if (old?.stop) old.stop(publish);
      else publish();
    },
    rescan: soon,
    state() {
      if (!bonjour) return "off";
      if (failed) return "blocked";
      // Only one that announces itself can tell by its own echo; a desktop listens and can't know.
      if (heardSelf || announcement === undefined) return "listening";
      return clock.mono() - startedAt > BLOCKED_MS ? "blocked" : "starting";
    },
  };
}

/**
 * bonjour-service announces the addresses of every interface, and does so inside `publish`; for a listener on the loopback
 * address only, those would not answer. So the method that makes the records is wrapped, for that host alone.
 */
function announceLoopbackOnly(host: string): void {
  const prototype = Service.prototype as unknown as Records;
  const original = prototype.records;
  prototype.records = function records(this: Records & { host: string }) {
    const all = original.call(this);
    return this.host === host
      ? [...all.filter((record) => record.type !== "A" && record.type !== "AAAA"), { name: host, type: "A", ttl: 120, data: "127.0.0.1" }]
      : all;
  };
}
