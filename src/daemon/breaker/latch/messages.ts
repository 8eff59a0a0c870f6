import type { Group, GroupReport, StopReport } from "../custody/domain/group.ts";
import type { ButtonConfig } from "./button-port.ts";
import type { LeaseSession, PeerAddress, Refused } from "./channel.ts";
import type { Snapshot } from "./domain/rack-view.ts";
import type { LatchRefusal } from "./domain/rack-latch.ts";
import type { Trip } from "./domain/trip.ts";

/** What a stop came to. `onDisk: false`: the gate is closed and the disk has yet to take it. */
export interface TripAck {
  ok: true;
  epoch: number;
  onDisk: boolean;
}
export type CommandAnswer = { ok: true; epoch: number } | { ok: false; code: LatchRefusal };

/** Questions of the main thread and what the keeper answers to each. */
export interface Asks {
  trip: { ask: { n: number; trip: Trip; asked: number }; answer: TripAck };
  note: { ask: { reason: string }; answer: CommandAnswer };
  reset: { ask: { at: number | undefined; blocked: boolean }; answer: CommandAnswer };
  start: { ask: { at: number | undefined }; answer: CommandAnswer };
  exclude: { ask: { nodeId: string }; answer: CommandAnswer };
  session: { ask: object; answer: LeaseSession };
  refused: { ask: object; answer: Refused };
  members: { ask: { isMain: boolean; ids: readonly string[] }; answer: null };
  peer: { ask: { nodeId: string; at: PeerAddress }; answer: null };
  button: { ask: { config: ButtonConfig | null }; answer: null };
  track: { ask: { group: Group }; answer: null };
  end: { ask: { token: string }; answer: GroupReport | null };
  killAll: { ask: { upTo: number | undefined }; answer: StopReport };
  alive: { ask: object; answer: number };
  stop: { ask: object; answer: null };
}
export type AskName = keyof Asks;
export type ToKeeper = { [K in AskName]: { id: number; ask: K } & Asks[K]["ask"] }[AskName];

export type FromKeeper =
  | { say: "answer"; id: number; value: unknown }
  | { say: "failed"; id: number; message: string }
  | { say: "ready"; port: number }
  /** The gate that opened at epoch `since` has closed. */
  | { say: "closed"; since: number }
  /** `seen`: number of the last stop asked for by the main thread that is in it. */
  | { say: "snapshot"; snapshot: Snapshot; seen: number }
  | { say: "stop-report"; report: StopReport }
  /** The button was held for 5 s: the ordered shutdown is wanted. */
  | { say: "shutdown-wanted" }
  | { say: "log"; level: "debug" | "info" | "warn" | "error"; event: string; fields: Record<string, unknown> };

export interface ThreadData {
  stateDir: string;
  nodeId: string;
  host: string;
  port: number;
  isMain: boolean;
  /** The state folder has never been used before. */
  fresh: boolean;
  shared: SharedArrayBuffer;
}
