import type { Level } from "../../../../contract/breaker.ts";
import { keep } from "./bounded.ts";
import type { Agent, Ceiling, Context, GateState, Span } from "./state.ts";
import type { InjectionBand } from "./types.ts";

const MOST_CONTEXTS = 512;
const MOST_SPANS = 1024;
const MOST_AGENTS = 1024;
const DEEPEST_FAMILY = 8;
/** What a child took over from its parent holds for all its tasks. */
const INHERITED = "*";

const keyOf = (agent: string, task: string | null) => `${agent}\0${task ?? ""}`;
export const contextKey = keyOf;

/** What untrusted text makes of an agent's acts. */
export interface Taint {
  tainted: boolean;
  band: InjectionBand;
  urgent: boolean;
  sensitive: boolean;
}

const worst = (a: InjectionBand, b: InjectionBand): InjectionBand =>
  a === "high" || b === "high" ? "high" : a === "medium" || b === "medium" ? "medium" : "none";

/** The context of an agent's task; made when it isn't there. A tainted one is never forgotten silently. */
export function contextOf(state: GateState, key: string): Context {
  const found = state.contexts.get(key);
  if (found) return found;
  if (state.contexts.size >= MOST_CONTEXTS) {
    const clean = oldestClean(state.contexts);
    if (clean !== undefined) state.contexts.delete(clean);
    else {
      state.crowded = true;
      const [oldest] = state.contexts.keys();
      if (oldest !== undefined) state.contexts.delete(oldest);
    }
  }
  const fresh: Context = { spans: new Map(), overflow: false, sensitive: false, calls: [], stoppedUntil: null };
  state.contexts.set(key, fresh);
  return fresh;
}

function oldestClean(contexts: GateState["contexts"]): string | undefined {
  for (const [key, one] of contexts) if (one.spans.size === 0 && !one.overflow && !one.sensitive && one.stoppedUntil === null) return key;
  return undefined;
}

/** Untrusted text came into the context. */
export function addSpan(context: Context, id: string, span: Span): void {
  if (context.spans.size >= MOST_SPANS && !context.spans.has(id)) context.overflow = true;
  else context.spans.set(id, span);
}

/** Spans left the agent's context, in all its tasks. Nothing else clears them. */
export function dropSpans(state: GateState, agent: string, ids: readonly string[]): void {
  for (const [key, context] of state.contexts) if (key.startsWith(`${agent}\0`)) for (const id of ids) context.spans.delete(id);
}

export function taintOf(state: GateState, agent: string, task: string | null): Taint {
  const taint: Taint = { tainted: state.crowded, band: "none", urgent: false, sensitive: false };
  for (const key of [keyOf(agent, task), keyOf(agent, INHERITED)]) {
    const context = state.contexts.get(key);
    if (context === undefined) continue;
    taint.tainted ||= context.spans.size > 0 || context.overflow;
    taint.sensitive ||= context.sensitive;
    for (const span of context.spans.values()) {
      taint.band = worst(taint.band, span.band);
      taint.urgent ||= span.urgent;
    }
  }
  return taint;
}

/**
 * Notes who started an agent. The first time a parent is named, its taint is copied and its standing becomes a ceiling: a child never exceeds
 * what its parent might do when it spawned. A parent once named stays, whatever later acts say.
 */
export function joinFamily(state: GateState, agent: string, parent: string | null, task: string | null, level: Level): Agent {
  const found = state.agents.get(agent);
  const known = found ?? { parents: [], ceilings: [], root: agent };
  if (parent === null || parent === agent || known.parents.includes(parent)) return known;
  const above = state.agents.get(parent);
  // A ring of parents would never end.
  if (above?.root === agent) return known;
  const tasks = state.contexts.has(keyOf(parent, task))
    ? [keyOf(parent, task), keyOf(parent, INHERITED)]
    : [...state.contexts.keys()].filter((key) => key.startsWith(`${parent}\0`));
  let tainted = state.crowded;
  const own = contextOf(state, keyOf(agent, INHERITED));
  for (const key of tasks) {
    const context = state.contexts.get(key);
    if (context === undefined) continue;
    tainted ||= context.spans.size > 0 || context.overflow;
    own.overflow ||= context.overflow;
    own.sensitive ||= context.sensitive;
    for (const [id, span] of context.spans) addSpan(own, id, span);
  }
  const ceiling: Ceiling = { level, tainted };
  const ceilings = [...known.ceilings, ceiling, ...(above?.ceilings ?? [])];
  const kept = ceilings.length <= DEEPEST_FAMILY ? ceilings : [strictest(ceilings)];
  return keep(state.agents, agent, { parents: [...known.parents, parent].slice(-DEEPEST_FAMILY), ceilings: kept, root: above?.root ?? parent }, MOST_AGENTS);
}

/** One ceiling below all of them, for families too long to keep. */
const strictest = (all: readonly Ceiling[]): Ceiling => ({
  level: all.reduce<Level>((least, one) => (one.level < least ? one.level : least), 5),
  tainted: all.some((one) => one.tainted),
});
