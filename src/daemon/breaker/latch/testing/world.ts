import type { Clock } from "../../../kernel/clock.ts";
import { silentLog } from "../../../kernel/log.ts";
import type { PeerAddress } from "../channel.ts";
import { createCore, type Core } from "../core.ts";
import type { Ack, Lease } from "../domain/messages.ts";
import { viewOf, type Snapshot } from "../domain/rack-view.ts";
import type { LatchRead, LatchRecord } from "../domain/record.ts";
import type { Trip } from "../domain/trip.ts";
import type { CommandAnswer } from "../messages.ts";
import { createSharedBuffer, openShared } from "../shared.ts";
import type { Store } from "../store.ts";

/** Lets every promise that can go on do so. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const WALL = 1_790_000_000_000;
const address: PeerAddress = { host: "127.0.0.1", port: 1, key: "", session: "" };

/** A clock for all nodes that moves when it is told to. */
function createTime() {
  let mono = 1000;
  const timers = new Set<{ due: number; task(): void }>();
  return {
    mono: () => mono,
    /** For one run of one node: its timers end with it. */
    clock(alive: () => boolean): Clock {
      const after = (ms: number, task: () => void) => {
        const timer = { due: mono + Math.max(0, ms), task: () => (alive() ? task() : undefined) };
        timers.add(timer);
        return () => void timers.delete(timer);
      };
      return { now: () => WALL + Math.floor(mono), mono: () => mono, after, every: () => () => {} };
    },
    /** Moves on, timer by timer; `each` runs after each of them. */
    async advance(ms: number, each: () => Promise<void>): Promise<void> {
      const until = mono + ms;
      for (;;) {
        const next = [...timers].filter((one) => one.due <= until).toSorted((a, b) => a.due - b.due)[0];
        if (!next) break;
        timers.delete(next);
        mono = Math.max(mono, next.due);
        next.task();
        await each();
      }
      mono = until;
      await each();
    },
  };
}

/** A disk that takes what it is given when it is told to. */
function createDisk() {
  let read: LatchRead = { kind: "fresh" };
  let stuck = false;
  return {
    read: () => read,
    damage: (): void => void (read = { kind: "unreadable", why: "garbage" }),
    stick: (to: boolean): void => void (stuck = to),
    /** The store of one run. */
    store(clock: Clock, alive: () => boolean) {
      let wanted: { revision: number; record: LatchRecord } | undefined;
      let done = 0;
      const waiting = new Set<() => void>();
      const store: Store = {
        save(record) {
          wanted = { revision: (wanted?.revision ?? 0) + 1, record };
          return wanted.revision;
        },
        onDisk: () => wanted === undefined || done === wanted.revision,
        why: () => (wanted === undefined || done === wanted.revision ? null : "writing"),
        whenSaved: (revision, withinMs) =>
          new Promise((resolve) => {
            const look = () => {
              if (done < revision) return;
              waiting.delete(look);
              cancel();
              resolve(true);
            };
            const cancel = clock.after(withinMs, () => {
              waiting.delete(look);
              resolve(false);
            });
            waiting.add(look);
            look();
          }),
        spoilt: () => Promise.resolve(null),
        stop() {},
      };
      return {
        store,
        /** What was asked for reaches the disk, unless it hangs. */
        flush(): boolean {
          if (stuck || !alive() || wanted === undefined || done === wanted.revision) return false;
          read = { kind: "record", record: wanted.record };
          done = wanted.revision;
          for (const look of waiting) look();
          return true;
        },
      };
    },
  };
}

/** `session`: the boots of both ends, since a new key comes with each; letters under an older one are not read. */
type Letter = { to: string; from: string; session: string } & ({ kind: "lease"; lease: Lease } | { kind: "ack"; ack: Ack });

/** Real keepers (their core) on a network, disks and a clock that a test moves: whatever can be lost, late, twice or out of order is. */
export function createWorld(names: readonly string[]) {
  const main = names[0] ?? "";
  const time = createTime();
  const letters: Letter[] = [];
  const cut = new Set<string>();
  const disks = new Map(names.map((name) => [name, createDisk()]));
  interface Running {
    boot: number;
    core: Core;
    shared: ReturnType<typeof openShared>;
    flush(): boolean;
    snapshot(): Snapshot | undefined;
    closes: number;
    opens: number;
  }
  const running = new Map<string, Running>();
  const boots = new Map<string, number>();

  const session = (from: string, to: string) => `${boots.get(from) ?? 0}-${boots.get(to) ?? 0}`;
  const boot = (name: string): void => {
    const disk = disks.get(name);
    if (running.has(name) || !disk) return;
    const number = (boots.get(name) ?? 0) + 1;
    boots.set(name, number);
    const alive = () => running.get(name)?.boot === number || !booted;
    let booted = false;
    const clock = time.clock(alive);
    const { store, flush } = disk.store(clock, alive);
    const shared = openShared(createSharedBuffer());
    let snapshot: Snapshot | undefined;
    const core = createCore({
      nodeId: name,
      isMain: name === main,
      read: disk.read(),
      clock,
      log: silentLog,
      shared,
      store,
      channel: {
        sendLease: (to, lease) => letters.push({ kind: "lease", to, from: name, session: session(name, to), lease }) > 0,
        sendAck: (ack) => letters.push({ kind: "ack", to: main, from: name, session: session(name, main), ack }) > 0,
        setPeer() {},
        dropPeer() {},
      },
      reaper: { track() {}, killAll: () => Promise.resolve({ groups: [], ms: 0 }), tracked: () => [] },
      say(event) {
        if (event.say === "snapshot") snapshot = event.snapshot;
      },
    });
    running.set(name, { boot: number, core, shared, flush, snapshot: () => snapshot, closes: 0, opens: 0 });
    booted = true;
    const mainCore = running.get(main)?.core;
    if (!mainCore) return;
    mainCore.members(
      true,
      names.filter((one) => one !== main),
    );
    // A new link to main, with a new key: letters under the old one are no longer read.
    for (const other of names) if (other !== main && running.has(other) && (other === name || name === main)) mainCore.peer(other, address);
  };
  const deliver = (letter: Letter): void => {
    const to = running.get(letter.to);
    if (!to || cut.has(letter.to) || cut.has(letter.from) || letter.session !== session(letter.from, letter.to) || !running.has(letter.from)) return;
    if (letter.kind === "lease") to.core.lease(letter.lease);
    else to.core.ack(letter.from, letter.ack);
  };

  return {
    names,
    main,
    mono: time.mono,
    cut,
    boot,
    alive: (name: string) => running.has(name),
    /** As by kill -9. What was not on disk is gone. */
    crash: (name: string): void => void running.delete(name),
    damage: (name: string) => disks.get(name)?.damage(),
    stick: (name: string, to: boolean) => disks.get(name)?.stick(to),
    flush: (name: string) => running.get(name)?.flush() ?? false,
    /** Hands over the letter at `index` (wraps around), which stays when `twice`. */
    deliver(index: number, { twice }: { twice: boolean }): void {
      const at = letters.length === 0 ? -1 : index % letters.length;
      const letter = letters[at];
      if (!letter) return;
      if (!twice) letters.splice(at, 1);
      deliver(letter);
    },
    lose(index: number): void {
      if (letters.length > 0) letters.splice(index % letters.length, 1);
    },
    /** Time passes; `well`: on a good network with good disks, otherwise nothing arrives and nothing is written. */
    advance: (ms: number, { well }: { well: boolean }) =>
      time.advance(ms, async () => {
        await settled();
        for (let round = 0; well && round < 50; round++) {
          const all = letters.splice(0);
          for (const letter of all) deliver(letter);
          const wrote = names.map((name) => running.get(name)?.flush() ?? false);
          await settled();
          if (all.length === 0 && !wrote.includes(true)) break;
        }
      }),
    open: (name: string) => running.get(name)?.shared.admits(running.get(name)?.shared.state().epoch ?? -1, time.mono()) ?? false,
    since: (name: string) => running.get(name)?.shared.state().since ?? 0,
    epoch: (name: string) => running.get(name)?.shared.state().epoch ?? 0,
    admits: (name: string, epoch: number) => running.get(name)?.shared.admits(epoch, time.mono()) ?? false,
    bootOf: (name: string) => boots.get(name) ?? 0,
    view(name: string) {
      const one = running.get(name);
      const snapshot = one?.snapshot();
      // As the daemon's side of the keeper does: the gate is what the shared memory says now.
      return snapshot && viewOf({ ...snapshot, node: { ...snapshot.node, ...one?.shared.state() } }, [], time.mono());
    },
    trip(name: string, trip: Partial<Trip> = {}): void {
      const one = running.get(name);
      if (!one) return;
      const n = one.shared.askTrip();
      void one.core.trip(n, { cause: "person", by: null, via: "ipc", reason: null, nodeId: name, at: WALL, ...trip }, time.mono());
    },
    button: (state: Snapshot["button"]) => running.get(main)?.core.button(state),
    reset: (at?: number): Promise<CommandAnswer> | undefined => running.get(main)?.core.reset({ at, blocked: false }),
    start: (at?: number): Promise<CommandAnswer> | undefined => running.get(main)?.core.start(at),
    exclude: (name: string): CommandAnswer | undefined => running.get(main)?.core.exclude(name),
  };
}
export type World = ReturnType<typeof createWorld>;
