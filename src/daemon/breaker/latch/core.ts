import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Group } from "../custody/domain/group.ts";
import type { Channel, PeerAddress } from "./channel.ts";
import { createCommands } from "./commands.ts";
import type { Ack, Lease } from "./domain/messages.ts";
import { bootNode, hearLease, tickNode, tripNode, type NodeLatch } from "./domain/node-latch.ts";
import { bootRack, noteReason, sawEpoch, stopsRack, tripRack, type RackLatch } from "./domain/rack-latch.ts";
import type { Heard, Snapshot } from "./domain/rack-view.ts";
import { recordOf, rememberedFrom, sameRecord, type LatchRead, type LatchRecord } from "./domain/record.ts";
import { itselfTrip, type Cause, type Trip } from "./domain/trip.ts";
import { createFileWatch } from "./file-watch.ts";
import { createKilling, type ReaperPort } from "./killing.ts";
import type { CommandAnswer, FromKeeper, TripAck } from "./messages.ts";
import { createRoll } from "./domain/roll.ts";
import { rhythm } from "./rhythm.ts";
import type { Shared } from "./shared.ts";
import type { Store } from "./store.ts";

export interface CoreDeps {
  nodeId: string;
  isMain: boolean;
  read: LatchRead;
  /** Its `mono` is the threads' clock. */
  clock: Clock;
  log: Log;
  shared: Shared;
  store: Store;
  channel: Pick<Channel, "sendLease" | "sendAck" | "setPeer" | "dropPeer">;
  reaper: ReaperPort;
  say(event: FromKeeper): void;
}

/** The keeper: owns the latch of this node, and on main that of the rack. Runs in a thread of its own; every entry is one step, closing first. */
export function createCore({ nodeId, isMain, read, clock, log, shared, store, channel, reaper, say }: CoreDeps) {
  const now = () => ({ mono: clock.mono(), at: clock.now() });
  const remembered = rememberedFrom(read, { nodeId, at: clock.now() });
  const roll = createRoll();
  let node: NodeLatch = bootNode(nodeId, remembered);
  let rack: RackLatch | null = isMain ? bootRack(remembered, nodeId, clock.now()) : null;
  let button: Snapshot["button"] = { state: "none", reason: null, heardAt: null };
  let saved: { record: LatchRecord; revision: number } | undefined;
  let since = now();
  let leaseAt: number | null = null;
  let beatAt = clock.mono();
  let stopAt: number | null = null;
  let closeTookMs: number | "unknown" = "unknown";
  let repeatUntil = 0;
  let drawnAt = 0;
  let drawing = false;
  let ended = false;
  let [cancelBeat, cancelDeadline] = [() => {}, () => {}];

  const byItself = (cause: Cause, reason: string | null) => itselfTrip(cause, reason, nodeId, clock.now());
  const killing = createKilling({
    reaper,
    onReport(report) {
      say({ say: "stop-report", report });
      tell();
    },
    onError(error) {
      log.error("latch.kill-failed", { error: String(error) });
      tell();
    },
  });
  const ackOf = (): Ack => ({
    open: node.open,
    held: node.held,
    epoch: node.epoch,
    mono: clock.mono(),
    own: node.own,
    cause: node.trip.cause,
    onDisk: store.onDisk(),
    processes: killing.processes(),
  });
  /** Main's own gate, as one of the nodes; always just heard. */
  const selfHeard = (): Heard => ({ nodeId, ack: ackOf(), ackAt: Number.POSITIVE_INFINITY, closeTookMs });
  const snapshot = (): Snapshot => ({
    nodeId,
    rack,
    node,
    heard: [selfHeard(), ...roll.list()],
    button,
    onDisk: store.onDisk(),
    diskWhy: store.why(),
    since,
    leaseAt,
  });
  const drawNow = () => {
    drawnAt = clock.mono();
    say({ say: "snapshot", snapshot: snapshot(), seen: shared.tripsSeen() });
  };
  const draw = () => {
    if (drawing || ended) return;
    drawing = true;
    clock.after(0, () => {
      drawing = false;
      drawNow();
    });
  };
  const tell = () => {
    if (!rack) channel.sendAck(ackOf());
    draw();
  };
  const setNode = (next: NodeLatch) => {
    node = next;
    shared.publish(node);
  };
  const leaseSelf = (latch: RackLatch) => {
    const lease: Lease = { epoch: latch.epoch, state: latch.state, echo: clock.mono(), heard: node.trips, excluded: false, cause: latch.trip.cause };
    setNode(hearLease(node, lease, now()));
  };
  const setRack = (next: RackLatch) => {
    rack = next;
    if (next.state !== "run") leaseSelf(next);
  };
  const save = () => {
    const record = recordOf(rack, node);
    if (!saved || !sameRecord(saved.record, record)) saved = { record, revision: store.save(record) };
  };
  const mayRenew = () => button.state === "none" || (button.state === "run" && button.heardAt !== null && clock.mono() - button.heardAt <= rhythm.buttonSilent);
  const broadcast = () => {
    const latch = rack;
    if (latch && (latch.state !== "run" || mayRenew())) for (const id of roll.ids()) channel.sendLease(id, roll.lease(id, latch));
  };
  const stateNow = () => rack?.state ?? (node.open ? "run" : "stopped");

  /** Tells a thread that was kept from running from a network that was silent. Milliseconds. */
  const lateness = () => ({ sinceBeatMs: clock.mono() - beatAt, sinceLeaseMs: leaseAt === null ? null : clock.mono() - leaseAt });
  /** One step: closes in memory, begins to write, tells the others, tells the daemon, kills. `asked`: when the stop was asked for. */
  const step = (change: () => void, { asked = clock.mono(), answer = false } = {}) => {
    const before = { node, rack, state: stateNow() };
    change();
    // What main's own gate decided by itself stops the rack.
    if (rack && node.own) setRack(tripRack(rack, node.own.trip));
    const state = stateNow();
    const closed = before.node.open && !node.open;
    if (before.state !== state) since = now();
    if (before.state !== "stopped" && state === "stopped") {
      stopAt = asked;
      closeTookMs = closed ? Math.max(0, clock.mono() - asked) : "unknown";
      roll.forgetTimes();
    }
    if (state === "run" && before.state !== "run") killing.forget();
    save();
    const moved = rack?.epoch !== before.rack?.epoch || rack?.state !== before.rack?.state || rack?.excluded !== before.rack?.excluded;
    const owned = node.own !== null && node.own !== before.node.own;
    const matters = moved || closed || owned;
    if (matters) repeatUntil = clock.mono() + rhythm.repeatFor;
    if (moved) broadcast();
    if (!rack && (closed || owned || answer)) channel.sendAck(ackOf());
    if (closed) say({ say: "closed", since: before.node.since });
    if (closed) log.warn("latch.closed", { cause: node.trip.cause, ...lateness() });
    if (closed || (!node.open && matters)) clock.after(0, () => killing.kill(node.held));
    if (node.open && node.deadline !== before.node.deadline) {
      cancelDeadline();
      cancelDeadline = clock.after(Math.max(0, node.deadline - clock.mono()) + 1, beat);
    }
    if (matters || before.state !== state || node.open !== before.node.open || rack?.trip !== before.rack?.trip) {
      draw();
      schedule();
    }
  };
  const trip = (what: Trip, asked?: number) =>
    step(
      () => {
        if (rack) setRack(tripRack(rack, what));
        else setNode(tripNode(node, what));
      },
      asked === undefined ? {} : { asked },
    );

  const fileWatch = createFileWatch({
    clock,
    store,
    watched: () => node.open || rack?.state === "ready",
    onSpoilt: (why) => trip(byItself("unreadable", why)),
  });
  const beat = () => {
    if (ended) return;
    step(() => {
      setNode(tickNode(node, now()));
      if (rack?.state !== "run" || node.own) return;
      if (mayRenew()) leaseSelf(rack);
      else setRack(tripRack(rack, byItself("button-silent", button.reason)));
    });
    beatAt = clock.mono();
    broadcast();
    if (!rack && node.own) channel.sendAck(ackOf());
    fileWatch.beat();
    if (clock.mono() - drawnAt >= rhythm.draw && (node.open || roll.ids().length > 0)) draw();
    schedule();
  };
  const schedule = () => {
    cancelBeat();
    if (ended) return;
    const unheard = () => (rack ? roll.unheard(rack) : node.own !== null);
    const ms = clock.mono() < repeatUntil && unheard() ? rhythm.repeat : stateNow() === "run" ? rhythm.renew : rhythm.idle;
    cancelBeat = clock.after(ms, beat);
  };
  const commands = createCommands({
    mono: clock.mono,
    rack: () => rack,
    snapshot,
    record: (latch) => recordOf(latch, node),
    writeAhead: (record, withinMs) => store.whenSaved((saved = { record, revision: store.save(record) }).revision, withinMs),
    writeBack() {
      saved = undefined;
      save();
    },
    whenSaved: (withinMs) => store.whenSaved(saved?.revision ?? 0, withinMs),
    set(next) {
      step(() => setRack(next));
      if (next.state === "run") beat();
    },
    saw(epoch) {
      if (rack) rack = sawEpoch(rack, epoch);
    },
  });

  shared.publish(node);
  if (rack) setRack(rack);
  save();
  draw();
  schedule();

  return {
    ...commands,
    note(reason: string): CommandAnswer {
      if (rack) return commands.note(reason);
      step(() => setNode({ ...node, trip: noteReason(node.trip, reason) }));
      draw();
      return { ok: true, epoch: node.epoch };
    },
    lease(lease: Lease): void {
      if (rack) return;
      leaseAt = clock.mono();
      step(() => setNode(hearLease(node, lease, now())), { answer: true });
    },
    ack(id: string, ack: Ack): void {
      if (!rack) return;
      rack = sawEpoch(rack, Math.max(ack.epoch, ack.held));
      const heard = roll.hear(id, ack, { mono: clock.mono(), stopAt, rack });
      if (!heard) return;
      if (heard.trip && stopsRack(rack, heard.trip)) trip(heard.trip.trip);
      else if (heard.hurry && mayRenew()) channel.sendLease(id, roll.lease(id, rack));
      if (heard.changed) draw();
    },
    /** Closes, then answers once the stop is on disk, or after a second without it. */
    async trip(n: number, what: Trip, asked: number): Promise<TripAck> {
      trip(what, asked);
      shared.sawTrip(n);
      const epoch = rack?.epoch ?? node.epoch;
      return { ok: true, epoch, onDisk: await store.whenSaved(saved?.revision ?? 0, rhythm.diskWait) };
    },
    members(main: boolean, ids: readonly string[]): void {
      step(() => {
        if (main && !rack) {
          const stop = node.open ? null : node.trip;
          node = { ...node, own: null };
          setRack(bootRack({ epoch: Math.max(node.epoch, node.held), stop, also: node.also }, nodeId, clock.now()));
        } else if (!main && rack) {
          rack = null;
          setNode(tripNode(node, byItself("lost-lease", "no-longer-main")));
        }
      });
      for (const id of roll.set(main ? ids.filter((one) => one !== nodeId) : [], clock.mono())) channel.dropPeer(id);
      draw();
    },
    peer(id: string, at: PeerAddress): void {
      if (!rack || !roll.has(id)) return;
      channel.setPeer(id, at);
      roll.anew(id);
      channel.sendLease(id, roll.lease(id, rack));
    },
    /** The button as its reader knows it, also at each frame. What isn't RUN stops; a press while stopped is one more stop. */
    button(next: Snapshot["button"]): void {
      const before = button;
      button = next;
      const running = stateNow() !== "stopped";
      if (next.state === "stop" && (running || before.state !== "stop")) trip(byItself("button", next.reason));
      else if (next.state === "unknown" && running) trip(byItself("button-silent", next.reason));
      if (before.state !== next.state || before.reason !== next.reason) draw();
    },
    track(group: Group): void {
      reaper.track(group);
      if (!shared.admits(group.epoch, clock.mono())) killing.kill(group.epoch);
    },
    diskChanged: tell,
    drawNow,
    stop(): void {
      ended = true;
      cancelBeat();
      cancelDeadline();
      setNode({ ...node, open: false });
    },
  };
}
export type Core = ReturnType<typeof createCore>;
