import { admits, type NodeLatch } from "./domain/node-latch.ts";

/** Cells of the memory that the keeper and the main thread share: 64-bit integers, read and written by Atomics. */
const cell = { open: 0, since: 1, epoch: 2, deadlineUs: 3, tripsAsked: 4, tripsSeen: 5 } as const;
const cells = 6;

export const createSharedBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(cells * BigInt64Array.BYTES_PER_ELEMENT);

/**
 * The gate's state between the threads. Only the keeper opens. Any thread closes, by asking for a trip: until the keeper
 * has seen as many as were asked for, the gate is closed. A lease that has ended closes by itself, also when the keeper is dead.
 */
export function openShared(buffer: SharedArrayBuffer) {
  const view = new BigInt64Array(buffer);
  const read = (at: number) => Number(Atomics.load(view, at));
  const write = (at: number, value: number) => void Atomics.store(view, at, BigInt(Math.trunc(value)));
  return {
    /** Keeper only. Closing comes first and opening last, so that no other order can be seen. */
    publish(node: Pick<NodeLatch, "open" | "since" | "epoch" | "deadline">): void {
      if (!node.open) write(cell.open, 0);
      write(cell.since, node.since);
      write(cell.epoch, node.epoch);
      write(cell.deadlineUs, node.deadline * 1000);
      if (node.open) write(cell.open, 1);
    },
    /** Closes now; returns the number to hand to the keeper with the trip. */
    askTrip: (): number => Number(Atomics.add(view, cell.tripsAsked, 1n)) + 1,
    /** Keeper only: all trips up to `n` have closed the latch itself. */
    sawTrip: (n: number): void => write(cell.tripsSeen, Math.max(n, read(cell.tripsSeen))),
    tripsSeen: (): number => read(cell.tripsSeen),
    /** The latch as it holds at this moment; `mono` in milliseconds of the threads' clock decides about the deadline. */
    state(): Pick<NodeLatch, "open" | "since" | "epoch" | "deadline"> {
      const open = read(cell.open) === 1 && read(cell.tripsAsked) === read(cell.tripsSeen);
      return { open, since: read(cell.since), epoch: read(cell.epoch), deadline: read(cell.deadlineUs) / 1000 };
    },
    admits(epoch: number, mono: number): boolean {
      return admits(this.state(), epoch, mono);
    },
  };
}
export type Shared = ReturnType<typeof openShared>;
