import type { Processes } from "./messages.ts";
import type { Trip } from "./trip.ts";

/** An outcome that somebody has to look at before a reset. */
export interface Blocker {
  id: string;
  /** For people: what was being done. */
  title: string;
}

/** One line of what a reset waits for. `why` is a code: `pressed`, `silent`, `writing`, `disk-full`, `not-acknowledged`. */
export type ResetCheck =
  | { check: "button-released"; ok: boolean; why: string | null }
  | { check: "on-disk"; ok: boolean; why: string | null }
  | { check: "nodes-acknowledged"; ok: boolean; waiting: readonly { nodeId: string; ackAgeMs: number | "unknown"; mayExclude: boolean }[] }
  | { check: "outcomes-known"; ok: boolean; blockers: readonly Blocker[] };

/** `held`: closed until the next start. `unconfirmed`: nobody has heard what it does; its lease ends by itself within 500 ms. */
export type NodeLatchState = "open" | "closed" | "unconfirmed" | "held" | "excluded";

export interface NodeLatchView {
  nodeId: string;
  state: NodeLatchState;
  epoch: number | "unknown";
  ackAgeMs: number | "unknown";
  /** From the stop to main's knowing that this gate is closed. */
  closeTookMs: number | "unknown";
  processes: Processes | "unknown";
  onDisk: boolean | "unknown";
  cause: Trip["cause"] | "unknown";
}

/** The physical button: `none` is enrolled; `run` is heard; `stop` is pressed or at fault; `unknown` is not heard. */
export interface ButtonView {
  state: "none" | "run" | "stop" | "unknown";
  reason: string | null;
  ageMs: number | "unknown";
}

export interface LatchView {
  state: "run" | "stopped" | "ready";
  epoch: number;
  cause: Trip["cause"];
  by: Trip["by"];
  via: Trip["via"];
  reason: string | null;
  /** Node where it began. */
  from: string;
  /** Wall-clock milliseconds of the present stop, or of the last one. */
  trippedAt: number;
  /** Wall-clock milliseconds at which the present state began. */
  at: number;
  /** How long the present state has lasted. */
  forMs: number;
  also: readonly Trip[];
  onDisk: boolean;
  /** Why the latch is not on disk: `writing`, `disk-full`, `read-only`, `failed`; null when it is. */
  diskWhy: string | null;
  checks: readonly ResetCheck[];
  mayReset: boolean;
  mayStart: boolean;
  nodes: readonly NodeLatchView[];
  button: ButtonView;
  /** Who renews RUN: main by itself, main while the button says so, or nobody. On a member: `main`, with the lease's age. */
  authority: { kind: "main" | "button" | "none"; leaseAgeMs: number | "unknown" };
}
