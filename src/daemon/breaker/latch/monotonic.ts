import { createClock, type Clock } from "../../kernel/clock.ts";

/** Monotonic milliseconds that mean the same in each thread of this process. `performance.now()` counts from each thread's own start. */
export const threadMono = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The kernel's clock with a monotonic time that threads share. */
export const createThreadClock = (): Clock => ({ ...createClock(), mono: threadMono });
