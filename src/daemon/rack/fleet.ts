import type { NodeView, Pulse, Sample } from "../../contract/rack.ts";
import type { Link, Target } from "../access/dial.ts";
import type { Access } from "../access/service.ts";
import type { Issued } from "../access/issued.ts";
import type { Trust } from "../access/trust.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";
import { missedBeats, nodeState, offlineAfterMissed } from "./domain/node-state.ts";
import type { FoundList } from "./discovery/found.ts";
import { followPeer, type PeerLink } from "./peer-link.ts";
import type { Member, Store } from "./store.ts";

/** What main knows of a member right now, beside its stored record. */
interface Live {
  member: Member;
  link: PeerLink;
  pulse: Pulse | null;
  beatAt: number | null;
  sample: Sample | null;
  sampleAt: number | null;
  /** Longest wait between beats within the present second, for the history. */
  worstGapMs: number;
  offlineSince: number | null;
  foundBy: "mdns" | "static";
  savedAt: number;
  followedAt: number;
}

export interface FleetDeps {
  store: Store;
  trust: Trust;
  issued: Issued;
  access: Pick<Access, "enrol">;
  found: FoundList;
  clock: Clock;
  log: Log;
  random: () => number;
  /** Samples that came in from a member, for the rings. */
  onSamples(nodeId: string, samples: readonly Sample[]): void;
  /** Instant of the last sample held of a node. */
  lastSampleAt(nodeId: string): number;
  /** A connection to a member came up; `signal` aborts when it ends. */
  onLink(nodeId: string, link: Link, host: string, signal: AbortSignal): void;
  onChange(): void;
  onLost(): void;
}

const SAVE_LAST_MS = 60_000;
const RACK_UNITS = 48;
const FIRST_BEAT_MS = 5000;

/** The members of the rack as main sees them: linked, beating, remembered. Empty on every other node. */
export async function openFleet(deps: FleetDeps) {
  const { store, trust, clock, log, found } = deps;
  const live = new Map<string, Live>();

  const targets = (member: Member): Target[] => {
    const seen = found.targets(member.id);
    return member.address === null ? seen : [...seen, { host: member.address, port: member.port }];
  };
  const save = (entry: Live) => {
    entry.savedAt = clock.mono();
    store.save(entry.member).catch((error: unknown) => log.warn("fleet.save-failed", { node: entry.member.id, error }));
  };
  const onPulse = (entry: Live, pulse: Pulse, from: { target: Target; certFp: string }) => {
    const now = clock.mono();
    if (entry.beatAt !== null) entry.worstGapMs = Math.max(entry.worstGapMs, now - entry.beatAt);
    const restarted = entry.pulse !== null && entry.pulse.bootId !== pulse.bootId;
    const moved = entry.member.address !== from.target.host || entry.member.port !== from.target.port || entry.member.certFp !== from.certFp;
    entry.beatAt = now;
    entry.offlineSince = null;
    const { samples, ...last } = pulse;
    entry.pulse = pulse;
    entry.foundBy = found.announced(entry.member.id) && found.get(entry.member.id)?.foundBy === "mdns" ? "mdns" : entry.foundBy;
    // There is one main: a member that calls itself so is not believed.
    const roles = pulse.roles.filter((role) => role !== "main");
    entry.member = { ...entry.member, roles, address: from.target.host, port: from.target.port, certFp: from.certFp, last };
    const newest = samples.at(-1);
    // Before its second beat nobody knows a gap.
    const gap = entry.worstGapMs > 0 ? Math.round(entry.worstGapMs) : "unknown";
    if (newest) {
      entry.sample = { ...newest, beatGapMs: gap };
      entry.sampleAt = now;
      deps.onSamples(
        entry.member.id,
        samples.map((sample) => ({ ...sample, beatGapMs: sample === newest ? gap : sample.beatGapMs })),
      );
      entry.worstGapMs = 0;
    }
    if (moved || restarted || clock.mono() - entry.savedAt > SAVE_LAST_MS) save(entry);
    if (restarted) log.info("fleet.node-restarted", { node: entry.member.id });
    deps.onChange();
  };
  const follow = (member: Member) => {
    const entry: Live = {
      member,
      pulse: null,
      beatAt: null,
      sample: null,
      sampleAt: null,
      worstGapMs: 0,
      offlineSince: null,
      foundBy: "static",
      savedAt: clock.mono(),
      followedAt: clock.mono(),
      link: followPeer({
        id: member.id,
        trust,
        issued: deps.issued,
        clock,
        log,
        random: deps.random,
        targets: () => targets(entry.member),
        after: () => deps.lastSampleAt(member.id),
        onPulse: (pulse, from) => onPulse(entry, pulse, from),
        onLink: (link, host, signal) => deps.onLink(member.id, link, host, signal),
        onLost: deps.onLost,
      }),
    };
    live.set(member.id, entry);
    return entry;
  };
  const need = (id: string): Live => {
    const entry = live.get(id);
    if (!entry) throw fault("rack.node-not-found", { nodeId: id });
    return entry;
  };
  /** Lowest place for a unit of two, below the switch. */
  const freePlace = (taken: readonly Member[]) => {
    for (let from = 2; from < RACK_UNITS; from += 2)
      if (!taken.some((m) => m.unit && m.unit.from < from + 2 && from < m.unit.from + m.unit.height)) return { from, height: 2 };
    return null;
  };

  if (trust.isMain()) for (const member of await store.members()) if (member.id !== trust.id) follow(member);

  const age = (at: number | null) => (at === null ? null : clock.mono() - at);
  /** A member that has not come since main started counts as silent once it had time to. */
  const neverCame = (entry: Live) => {
    const waited = clock.mono() - entry.followedAt;
    return waited > FIRST_BEAT_MS ? waited : null;
  };
  const view = (entry: Live): NodeView => {
    const { member, pulse } = entry;
    const last = pulse ?? member.last;
    const beatAgeMs = age(entry.beatAt);
    return {
      id: member.id,
      name: member.name,
      roles: [...member.roles],
      state: nodeState({ paired: true, announced: found.announced(member.id), lastBeatAgeMs: beatAgeMs ?? neverCame(entry), planned: plannedOf(last) }),
      self: false,
      foundBy: entry.foundBy,
      beatAgeMs,
      missedBeats: beatAgeMs === null ? 0 : Math.min(missedBeats(beatAgeMs), 1_000_000),
      address: member.address,
      port: member.port,
      fingerprint: member.fingerprint,
      certFp: member.certFp,
      certNotAfter: last?.certNotAfter ?? null,
      serial: last?.serial ?? "",
      model: last?.model ?? "unknown",
      os: last?.os ?? "unknown",
      version: last?.version ?? "unknown",
      pid: last?.pid ?? null,
      upMs: pulse && beatAgeMs !== null ? pulse.upMs + beatAgeMs : null,
      lastRestart: last?.lastRestart ?? null,
      sample: entry.sample,
      sampleAgeMs: age(entry.sampleAt),
      unknowns: last?.unknowns ?? {},
      services: last?.services ?? [],
      unit: member.unit,
    };
  };

  return {
    views: (): NodeView[] => [...live.values()].map(view),
    has: (id: string) => live.has(id),
    members: (): { id: string; name: string; roles: readonly string[] }[] => [...live.values()].map(({ member: { id, name, roles } }) => ({ id, name, roles })),
    /** How long each silent member has been so; updated by the caller's tick. */
    offlineForMs(id: string): number | null {
      const entry = live.get(id);
      if (!entry) return null;
      const silent = entry.beatAt === null ? neverCame(entry) !== null : missedBeats(clock.mono() - entry.beatAt) >= offlineAfterMissed;
      if (!silent) entry.offlineSince = null;
      else entry.offlineSince ??= clock.mono();
      return age(entry.offlineSince);
    },
    seen(id: string) {
      const entry = live.get(id);
      if (entry && !entry.link.connected()) entry.link.wake();
    },
    /** Pairs the node at an address into the rack and begins to follow it. */
    async add(address: string, code: string, roles: Parameters<Access["enrol"]>[2], selfUnit: Member["unit"]) {
      const joined = await deps.access.enrol(address, code, roles);
      live.get(joined.nodeId)?.link.stop();
      const others = [...live.values()].map((e) => e.member).filter((m) => m.id !== joined.nodeId);
      const self = selfUnit ? [{ unit: selfUnit } as Member] : [];
      const member: Member = {
        id: joined.nodeId,
        name: joined.name,
        roles: joined.roles,
        address: joined.target.host,
        port: joined.target.port,
        fingerprint: joined.fingerprint,
        certFp: null,
        unit: live.get(joined.nodeId)?.member.unit ?? freePlace([...others, ...self]),
        last: null,
        addedAt: clock.now(),
      };
      await store.save(member);
      follow(member);
      log.info("fleet.node-added", { node: member.id });
      deps.onChange();
      return { nodeId: member.id, name: member.name, fingerprint: member.fingerprint };
    },
    async update(id: string, change: Partial<Pick<Member, "name" | "unit">>) {
      const entry = need(id);
      const next = { ...entry.member, ...change };
      await store.save(next);
      entry.member = next;
      deps.onChange();
      return view(entry);
    },
    /** Takes a node out: its certificates are revoked, everybody is told, it is forgotten. */
    async remove(id: string) {
      const entry = need(id);
      await deps.issued.revoke({ kind: "node", id });
      for (const other of live.values()) other.link.sendRevocations();
      await store.remove(id);
      await entry.link.release();
      entry.link.stop();
      live.delete(id);
      log.warn("fleet.node-removed", { node: id });
      deps.onChange();
    },
    sendRevocations() {
      for (const entry of live.values()) entry.link.sendRevocations();
    },
    occupant: (from: number, height: number, except: string) =>
      [...live.values()].map((e) => e.member).find((m) => m.id !== except && m.unit && m.unit.from < from + height && from < m.unit.from + m.unit.height),
    stop() {
      for (const entry of live.values()) entry.link.stop();
    },
  };
}
export type Fleet = Awaited<ReturnType<typeof openFleet>>;

function plannedOf(last: Omit<Pulse, "samples"> | null): "stopped" | "shutting-down" | "off-planned" | null {
  return last?.state === "stopped" || last?.state === "shutting-down" || last?.state === "off-planned" ? last.state : null;
}
