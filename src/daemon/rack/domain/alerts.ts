import type { Alert } from "../../../contract/rack.ts";
import {
  clockJumpMs,
  nodeRules,
  powerCut,
  upsRules,
  type AlertCode,
  type NodeFacts,
  type NodeRule,
  type Observation,
  type Params,
  type UpsRule,
  type Verdict,
} from "./alert-rules.ts";

export type { NodeFacts, Observation } from "./alert-rules.ts";

/** One condition of one subject, from its first bad look until it is cleared. Times are monotonic milliseconds. */
interface Track {
  key: string;
  code: AlertCode;
  nodeId: string | null;
  /** Tracks with the same id are one alert: nodes that went offline together. */
  id: string | null;
  badSince: number;
  raisedAt: number | null;
  fineSince: number | null;
  /** Set while a power cut answers for it. */
  cause: "own" | "power";
  params: Params;
}

export interface AlertState {
  tracks: readonly Track[];
  counter: number;
  acknowledged: readonly string[];
  /** Until when (monotonic) a condition is muted, by its key; outlives the alert, so that a flapping one stays quiet. */
  mutes: Readonly<Record<string, number>>;
  lates: Readonly<Record<string, readonly number[]>>;
  states: Readonly<Record<string, string>>;
  clock: { offset: number; jumpedAt: number | null } | null;
  cutUntil: number | null;
  cutNow: boolean;
  shown: readonly Alert[];
}

/** raised: a person should be told. cleared: it is over, or a worse alert of the same cause took its place. */
export type AlertEvent = { type: "raised"; alert: Alert } | { type: "cleared"; alert: Alert; because: "over" | "superseded" };
export interface AlertStep {
  state: AlertState;
  alerts: readonly Alert[];
  events: readonly AlertEvent[];
}

/** Nodes that go offline within this time of each other are one alert. */
const togetherMs = 10_000;
/** A node that went with the power gets this long to come back before its silence is its own matter. */
const aftermathMs = 180_000;
const lateWindowMs = 600_000;

export const noAlerts: AlertState = {
  tracks: [],
  counter: 0,
  acknowledged: [],
  mutes: {},
  lates: {},
  states: {},
  clock: null,
  cutUntil: null,
  cutNow: false,
  shown: [],
};

const keyOf = (code: AlertCode, nodeId: string | null) => `${code}/${nodeId ?? ""}`;

/** Takes one look at the rack and returns what should be known now, and what changed. */
export function observeAlerts(state: AlertState, look: Observation): AlertStep {
  const counted = count(state, look);
  const tracks = [...upsTracks(counted, look), ...nodeTracks(counted, look)];
  const next = settle({ ...counted, tracks }, look);
  const shown = show(next, look);
  const acknowledged = next.acknowledged.filter((id) => shown.some((alert) => alert.id === id));
  return { state: { ...next, acknowledged, shown }, alerts: shown, events: changes(state.shown, shown, next.tracks) };
}

/** Marks an alert as seen by a person; null when there is no such alert. */
export function acknowledgeAlert(state: AlertState, id: string): { state: AlertState; alert: Alert } | null {
  const found = state.shown.find((alert) => alert.id === id);
  if (found === undefined) return null;
  const alert = { ...found, acknowledged: true };
  return { state: { ...state, acknowledged: [...new Set([...state.acknowledged, id])], shown: state.shown.map((a) => (a.id === id ? alert : a)) }, alert };
}

/** Keeps a condition quiet for `minutes`, also if it goes and comes again; 0 ends that. Null when there is no such alert. */
export function muteAlert(state: AlertState, id: string, minutes: number, monoMs: number): { state: AlertState; alert: Alert } | null {
  const found = state.shown.find((alert) => alert.id === id);
  if (found === undefined) return null;
  const forMs = minutes * 60_000;
  const alert = { ...found, mutedForMs: forMs > 0 ? forMs : null };
  // By each of its conditions: what is left of a group that shrinks stays quiet.
  const keys = state.tracks.filter((track) => track.id === id).map((track) => track.key);
  const mutes = { ...state.mutes, ...Object.fromEntries(keys.map((key) => [key, monoMs + forMs])) };
  return { state: { ...state, mutes, shown: state.shown.map((a) => (a.id === id ? alert : a)) }, alert };
}

function count(state: AlertState, look: Observation): AlertState {
  const offset = look.nowMs - look.monoMs;
  const jumped = state.clock !== null && offset < state.clock.offset - clockJumpMs;
  const lates: Record<string, readonly number[]> = {};
  for (const node of look.nodes) {
    const before = (state.lates[node.id] ?? []).filter((at) => look.monoMs - at < lateWindowMs);
    const became = node.state === "late" && state.states[node.id] === "online";
    lates[node.id] = became ? [...before, look.monoMs].slice(-32) : before;
  }
  const cutNow = powerCut(look.ups);
  return {
    ...state,
    lates,
    states: Object.fromEntries(look.nodes.map((node) => [node.id, node.state])),
    clock: { offset, jumpedAt: jumped ? look.monoMs : (state.clock?.jumpedAt ?? null) },
    cutNow,
    cutUntil: cutNow ? look.monoMs + aftermathMs : state.cutUntil,
    mutes: Object.fromEntries(Object.entries(state.mutes).filter(([, until]) => until > look.monoMs)),
  };
}

function upsTracks(state: AlertState, look: Observation): Track[] {
  return Object.entries<UpsRule>(upsRules).flatMap(([code, rule]) => {
    const params: Params = {
      minutes: look.ups.runtimeSeconds === "unknown" ? "unknown" : Math.floor(look.ups.runtimeSeconds / 60),
      charge: look.ups.chargePercent,
    };
    return advance(state, code as AlertCode, null, rule, rule.judge(look.ups), params, look.monoMs);
  });
}

function nodeTracks(state: AlertState, look: Observation): Track[] {
  const jumpedAt = state.clock?.jumpedAt ?? null;
  return look.nodes.flatMap((node: NodeFacts) => {
    const counted = { lateTimes: state.lates[node.id]?.length ?? 0, sinceClockJumpMs: jumpedAt === null ? null : look.monoMs - jumpedAt };
    return Object.entries<NodeRule>(nodeRules).flatMap(([code, rule]) =>
      advance(state, code as AlertCode, node.id, rule, rule.judge(node, look, counted), rule.params(node, look), look.monoMs),
    );
  });
}

/** Moves one condition on: idle -> pending -> raised -> idle. */
function advance(
  state: AlertState,
  code: AlertCode,
  nodeId: string | null,
  rule: UpsRule | NodeRule,
  verdict: Verdict,
  params: Params,
  monoMs: number,
): Track[] {
  const key = keyOf(code, nodeId);
  const track = state.tracks.find((one) => one.key === key);
  if (track === undefined || track.raisedAt === null) {
    if (verdict !== "bad") return [];
    const pending = track ?? { key, code, nodeId, id: null, badSince: monoMs, raisedAt: null, fineSince: null, cause: "own" as const, params };
    return [{ ...pending, params, raisedAt: monoMs - pending.badSince >= rule.forMs ? monoMs : null }];
  }
  if (verdict === "bad") return [{ ...track, params, fineSince: null }];
  if (verdict === "between") return [{ ...track, fineSince: null }];
  const fineSince = track.fineSince ?? monoMs;
  return monoMs - fineSince >= rule.clearForMs ? [] : [{ ...track, fineSince }];
}

/** Gives raised tracks their cause and their id. Every node that is offline by the time one of them is told joins it. */
function settle(state: AlertState, look: Observation): AlertState {
  const inCut = state.cutNow || (state.cutUntil !== null && look.monoMs < state.cutUntil);
  let counter = state.counter;
  const fresh = (code: AlertCode, nodeId: string | null) => `${code}-${nodeId === null ? "" : `${nodeId}-`}${(counter += 1)}`;
  const telling = state.tracks.some((track) => track.code === "node-offline" && track.raisedAt === look.monoMs);
  const known = state.tracks.findLast(
    (track) =>
      track.code === "node-offline" && track.id !== null && track.cause === "own" && track.raisedAt !== null && look.monoMs - track.raisedAt < togetherMs,
  );
  let group = known?.id ?? null;
  const tracks = state.tracks.map((track): Track => {
    if (track.code !== "node-offline") return track.raisedAt !== null && track.id === null ? { ...track, id: fresh(track.code, track.nodeId) } : track;
    const raisedAt = track.raisedAt ?? (telling ? look.monoMs : null);
    if (raisedAt === null) return track;
    // Told already and long before the cut: not the cut's doing.
    if (inCut && (track.cause === "power" || track.id === null || (state.cutNow && look.monoMs - raisedAt < togetherMs)))
      return { ...track, raisedAt, id: null, cause: "power" };
    if (track.id !== null && track.cause === "own") return track;
    group ??= fresh(track.code, null);
    return { ...track, raisedAt: track.cause === "power" ? look.monoMs : raisedAt, id: group, cause: "own" };
  });
  return { ...state, tracks, counter };
}

function show(state: AlertState, look: Observation): readonly Alert[] {
  const raised = state.tracks.filter((track) => track.raisedAt !== null);
  const has = (code: AlertCode, nodeId: string | null) => raised.some((track) => track.code === code && track.nodeId === nodeId);
  const silenced = (track: Track) =>
    (track.code === "on-battery" && has("low-battery", null)) ||
    (track.code === "ups-unreachable" && has("low-battery", null)) ||
    (track.code === "disk-nearly-full" && has("disk-full", track.nodeId)) ||
    track.id === null;
  const groups = Map.groupBy(
    raised.filter((track) => !silenced(track)),
    (track) => track.id ?? "",
  );
  const withPower = raised.filter((track) => track.cause === "power").flatMap((track) => track.nodeId ?? []);
  return [...groups]
    .map(([id, members]) => alertOf(id, members, withPower, state, look))
    .toSorted((a, b) => rank[b.severity] - rank[a.severity] || b.forMs - a.forMs);
}

const rank = { notice: 0, attention: 1, failure: 2 } as const;

function alertOf(id: string, members: readonly Track[], withPower: readonly string[], state: AlertState, look: Observation): Alert {
  const [first] = members;
  if (first === undefined) throw new Error("an alert without a track");
  const nodeIds = members.flatMap((track) => track.nodeId ?? []);
  const nodeId = nodeIds.length === 1 ? (nodeIds[0] ?? null) : null;
  const power = first.code === "on-battery" || first.code === "low-battery";
  const forMs = Math.max(0, ...members.map((track) => look.monoMs - track.badSince));
  // As quiet as the least quiet of its conditions: a node that joins a muted group is news.
  const muted = Math.min(...members.map((track) => state.mutes[track.key] ?? 0));
  return {
    id,
    code: first.code,
    severity: ruleOf(first.code).severity,
    nodeId,
    params:
      members.length === 1 ? first.params : { ...first.params, name: members.map((track) => String(track.params["name"])).join(", "), count: members.length },
    since: Math.max(0, Math.round(look.nowMs - forMs)),
    forMs,
    acknowledged: state.acknowledged.includes(id),
    mutedForMs: muted > look.monoMs ? muted - look.monoMs : null,
    covers: power ? [...withPower] : nodeIds,
  };
}

const rules: Readonly<Record<AlertCode, UpsRule | NodeRule>> = { ...upsRules, ...nodeRules };
const ruleOf = (code: AlertCode) => rules[code];

function changes(before: readonly Alert[], after: readonly Alert[], tracks: readonly Track[]): AlertEvent[] {
  const gone = before.filter((alert) => !after.some((one) => one.id === alert.id));
  const come = after.filter((alert) => !before.some((one) => one.id === alert.id));
  return [
    ...gone.map((alert): AlertEvent => ({
      type: "cleared",
      alert,
      because: tracks.some((track) => track.code === alert.code && (alert.nodeId === null || track.nodeId === alert.nodeId)) ? "superseded" : "over",
    })),
    ...come.map((alert): AlertEvent => ({ type: "raised", alert })),
  ];
}
